"""How much one client slows the others: a search that looks at everybody, and a connection that never waits."""

import time

from .programs import Generator, load
from .report import ratios, spread, table

MOST_DELAY, TIMES_SLOWER = 5, 5
FLOOD_DEPTH = 256
HEAD_START = 0.3  # seconds in which the disturbance gets going


# Disturbances: a mode of the generator, and its depth.
SEARCH, FLOOD = ("worst", 1), ("eq", FLOOD_DEPTH)


def estimate(chosen):
    return chosen.rounds * 2 * (3 * chosen.seconds + 2 * HEAD_START + 0.3)


def beside(server, disturbed, people, disturbance, **options):
    """One measurement of `eq` while another generator disturbs a server, this one or another."""
    generator = Generator(disturbed, people, disturbance[0], 3600, depth=disturbance[1], connections=1)
    try:
        time.sleep(HEAD_START)
        return load(server, people, "eq", **options)
    finally:
        generator.stop()


def alternately(run, people, disturbance, connections):
    """eq alone, disturbed, and while another server is disturbed in the same way, round after round: three lists."""
    found = [], [], []
    with run.peopled(people) as server, run.peopled(people) as other:
        load(server, people, "eq", HEAD_START)
        for number in range(run.chosen.rounds):
            run.say(f"`{disturbance[0]}` at depth {disturbance[1]}, round {number + 1} of {run.chosen.rounds}")
            options = {"seconds": run.chosen.seconds, "connections": connections}
            found[0].append(load(server, people, "eq", **options))
            found[1].append(beside(server, server, people, disturbance, **options))
            found[2].append(beside(server, other, people, disturbance, **options))
    return found


def p99(found):
    return [each.p99 for each in found]


def row(name, found):
    return [name] + [spread([getattr(each, field) for each in found], "{:,.0f}")
                     for field in ("rate", "p50", "p99", "slowest")]


def measure(run, report):
    connections = run.chosen.connections
    search = alternately(run, run.large, SEARCH, connections)
    report.at_most(f"`eq` p99 beside an unselective search of {run.large.count:,} people, minus alone, ms", MOST_DELAY,
                   [(b - a) / 1000 for a, b in zip(p99(search[0]), p99(search[1]))])
    flood = alternately(run, run.people, FLOOD, 1)
    report.at_most(f"`eq` p99 of one connection beside one that pipelines {FLOOD_DEPTH} deep ÷ alone", TIMES_SLOWER,
                   ratios(p99(flood[1]), p99(flood[0])))
    elsewhere = "… while another process of peopled has that disturbance"
    rows = [
        row(f"{connections} connections alone", search[0]),
        row("… beside one that asks `(&(objectClass=person)(!(cn=*a*)))`, no limit, again and again", search[1]),
        row(elsewhere, search[2]),
        row("one connection alone", flood[0]),
        row(f"… beside one that keeps {FLOOD_DEPTH} requests under way", flood[1]),
        row(elsewhere, flood[2])
    ]
    report.section("Others' latency",
                   "Servers and generators share the cores. What a disturbance costs where it is another server's shows "
                   "how much of the delay is the machine's, not peopled's.",
                   table(["`eq`, depth 1", "rate /s", "p50 µs", "p99 µs", "slowest µs"], rows))
