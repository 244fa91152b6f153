"""Growth: the same requests of few people and of many, by turns; what of the rate is kept."""

import statistics

from .programs import load
from .report import quantity, ratios, spread, table

ROWS = {("eq", 16): 0.85, ("base", 16): 0.85, ("compare", 16): 0.85, ("and", 16): 0.85, ("sub3", 1): 0.60,
        ("sub5", 1): 0.60}


def estimate(chosen):
    return len(ROWS) * 2 * (chosen.rounds + 1) * (chosen.seconds + 0.05)


def measure(run, report):
    chosen, sizes = run.chosen, (run.people, run.large)
    found = {row: ([], []) for row in ROWS}
    with run.peopled(sizes[0]) as small, run.peopled(sizes[1]) as large:
        for number in range(chosen.rounds + 1):
            run.say(f"round {number} of {chosen.rounds}" if number else "warming up")
            for row, both in found.items():
                for server, people, measured in zip((small, large), sizes, both):
                    each = load(server, people, row[0], chosen.seconds, depth=row[1], connections=chosen.connections)
                    if number > 0:
                        measured.append(each.rate)
    rows = []
    for (mode, depth), (few, many) in found.items():
        kept = ratios(many, few)
        report.at_least(f"`{mode}`, depth {depth}: rate with {sizes[1].count:,} people ÷ with {sizes[0].count:,}",
                        ROWS[mode, depth], kept)
        rows.append([mode, depth, quantity(statistics.median(few)), quantity(statistics.median(many)), spread(kept)])
    head = ["mode", "depth", *(f"{people.count:,} people, /s" for people in sizes), "kept"]
    report.section("Growth", table(head, rows))
