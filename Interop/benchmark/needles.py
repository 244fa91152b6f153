"""Needles of one and two letters, for which there is no trigram: `(cn=*a*)`, `(cn=*ar*)`, and pairs nobody has."""

from .programs import load
from .report import quantity, spread, table

MODES = ("sub1", "sub2", "sub2miss")
WARM_UP = 16  # requests


def estimate(chosen):
    return len(MODES) * 2 * (chosen.rounds * (chosen.seconds + 0.05) + 1)


def measure(run, report):
    chosen, rows = run.chosen, []
    for people in (run.people, run.large):
        with run.peopled(people) as server:
            for mode in MODES:
                run.say(f"{mode} of {people.count:,} people")
                load(server, people, mode, 0, connections=chosen.connections, requests=WARM_UP)
                found = [
                    load(server, people, mode, chosen.seconds, connections=chosen.connections)
                    for _ in range(chosen.rounds)
                ]
                rows.append([
                    mode, f"{people.count:,}", *(spread([getattr(each, name) for each in found], "{:,.0f}")
                                                 for name in ("rate", "p50", "p99")),
                    quantity(sorted(each.cpu for each in found)[len(found) // 2])
                ])
    report.section("Needles of one and two letters",
                   f"Substring searches of `cn`, size limit 10, {chosen.connections} connections, depth 1. `sub2miss` "
                   "asks for pairs of letters that stand beside each other in nobody's name.",
                   table(["mode", "people", "rate /s", "p50 µs", "p99 µs", "CPU µs"], rows))
