"""Access rules: `eq` with none and under ten typical ones (rules.json5), by turns, one and sixteen requests at a time."""

import statistics

from .programs import HERE, load
from .report import quantity, ratios, spread, table

TARGET = 0.9
DEPTHS = (1, 16)
MODES = ("eq", "compare", "sub5")
WARM_UP = 0.3


def estimate(chosen):
    return 2 * len(DEPTHS) * len(MODES) * (chosen.rounds * (chosen.seconds + 0.05) + WARM_UP) + 15


def measure(run, report):
    chosen, people = run.chosen, run.people
    with run.peopled(people) as free, run.peopled(people, access=(HERE / "rules.json5").read_text()) as ruled:
        rows = {(mode, depth): {free: [], ruled: []} for mode in MODES for depth in DEPTHS}
        for number in range(chosen.rounds + 1):
            run.say(f"round {number} of {chosen.rounds}" if number else "warming up")
            for (mode, depth), found in rows.items():
                for server in found:
                    measured = load(server, people, mode, chosen.seconds if number else WARM_UP, depth=depth,
                                    connections=chosen.connections)
                    if number > 0:
                        found[server].append(measured)
    lines = []
    for (mode, depth), found in rows.items():
        rates = {server: [each.rate for each in measured] for server, measured in found.items()}
        if mode == "eq":
            report.at_least(f"`eq`, depth {depth}: rate under ten rules ÷ without", TARGET,
                            ratios(rates[ruled], rates[free]))
        cpu = [quantity(statistics.median(each.cpu for each in found[server])) for server in (free, ruled)]
        middles = [quantity(statistics.median(rates[server])) for server in (free, ruled)]
        lines.append([f"{mode} under ten rules", depth, *middles, spread(ratios(rates[ruled], rates[free])), *cpu])
    report.section("Access rules",
                   "The load generator's clients have not bound; the rules leave them most attributes of a person.",
                   table(["mode", "depth", "no rules /s", "ten rules /s", "ratio", "no rules CPU µs", "ten rules CPU µs"],
                         lines))
