"""How much one client slows the others: a search that looks at everybody, and a connection that never waits."""

import time

from .programs import Generator, load
from .report import ratios, spread, table

MOST_DELAY, TIMES_SLOWER = 5, 5
FLOOD_DEPTH = 256
HEAD_START = 0.3  # seconds in which the disturbance gets going


def estimate(chosen):
    return chosen.rounds * 2 * (2 * chosen.seconds + 2 * HEAD_START + 0.2)


def beside(server, people, disturbance, **options):
    """One measurement of `eq` while another generator disturbs: what eq had, and what the disturbance had."""
    generator = Generator(server, people, disturbance[0], 3600, depth=disturbance[1], connections=1)
    try:
        time.sleep(HEAD_START)
        return load(server, people, "eq", **options)
    finally:
        generator.stop()


def alternately(run, server, people, disturbance, connections):
    """eq alone and disturbed, round after round: two lists."""
    alone, disturbed = [], []
    for number in range(run.chosen.rounds):
        run.say(f"`{disturbance[0]}` at depth {disturbance[1]}, round {number + 1} of {run.chosen.rounds}")
        options = {"seconds": run.chosen.seconds, "connections": connections}
        alone.append(load(server, people, "eq", **options))
        disturbed.append(beside(server, people, disturbance, **options))
    return alone, disturbed


def row(name, found):
    return [name] + [spread([getattr(each, field) for each in found], "{:,.0f}")
                     for field in ("rate", "p50", "p99", "slowest")]


def measure(run, report):
    connections = run.chosen.connections
    with run.peopled(run.large) as server:
        load(server, run.large, "eq", HEAD_START)
        alone, disturbed = alternately(run, server, run.large, ("worst", 1), connections)
    delays = [(b.p99 - a.p99) / 1000 for a, b in zip(alone, disturbed)]
    report.at_most(f"`eq` p99 beside an unselective search of {run.large.count:,} people, minus alone, ms", MOST_DELAY,
                   delays)
    with run.peopled(run.people) as server:
        load(server, run.people, "eq", HEAD_START)
        single, flooded = alternately(run, server, run.people, ("eq", FLOOD_DEPTH), 1)
    report.at_most(f"`eq` p99 of one connection beside one that pipelines {FLOOD_DEPTH} deep ÷ alone", TIMES_SLOWER,
                   ratios([each.p99 for each in flooded], [each.p99 for each in single]))
    head = ["`eq`, depth 1", "rate /s", "p50 µs", "p99 µs", "slowest µs"]
    rows = [row(f"{connections} connections alone", alone),
            row("… beside one that asks `(&(objectClass=person)(!(cn=*a*)))`, no limit, again and again", disturbed),
            row("one connection alone", single), row(f"… beside one that keeps {FLOOD_DEPTH} requests under way", flooded)]
    report.section("Others' latency",
                   "The disturbing load generator shares the cores too: its time is in these figures as well.",
                   table(head, rows))
