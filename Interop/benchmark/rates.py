"""Rates: peopled, slapd and the floor by turns, round after round; requests a second and the servers' CPU a request."""

import statistics

from .programs import Floor, entry_octets, load
from .report import quantity, ratios, spread, table

# (mode, depth, the floor's mode beside it)
ROWS = [("eq", 1, "eq"), ("eq", 16, "eq"), ("eq1", 1, "eq"), ("and", 1, "eq"), ("base", 1, "base"),
        ("compare", 1, "compare"), ("bind", 1, "bind"), ("sub3", 1, "eq"), ("sub5", 1, "eq"), ("submiss", 1, "eq"),
        ("suball", 1, None), ("presub", 1, None), ("page", 1, None), ("bindpw", 1, None)]
OF_THE_FLOOR = {
    ("eq", 1): 0.90, ("eq", 16): 0.65, ("eq1", 1): 0.85, ("and", 1): 0.85, ("base", 1): 0.85, ("compare", 1): 0.85,
    ("bind", 1): 0.85, ("sub3", 1): 0.60, ("sub5", 1): 0.60, ("submiss", 1): 0.75
}
OF_SLAPD = {("sub3", 1): 8, ("sub5", 1): 8, ("submiss", 1): 2}
ENTRIES_OF_SLAPD = {("suball", 1): 8, ("presub", 1): 8, ("page", 1): 5}
CPU_OF_THE_FLOOR = {("eq", 1): 1.3, ("eq", 16): 2.5}
WARM_UP = 0.3


def rows(chosen):
    """Those whose mode was chosen with --modes."""
    return [row for row in ROWS if not chosen.modes or row[0] in chosen.modes]


def estimate(chosen):
    runs = sum(3 if floor else 2 for _, _, floor in rows(chosen))
    return runs * (chosen.rounds * (chosen.seconds + 0.05) + WARM_UP) + 30


def measure(run, report):
    chosen, people = run.chosen, run.people
    with run.peopled(people) as ours, run.slapd() as slapd, Floor(entry_octets(ours, people)) as floor:
        contenders = {"floor": floor, "slapd": slapd, "peopled": ours}
        kept = {row: {name: [] for name in contenders if row[2] or name != "floor"} for row in rows(chosen)}
        for number in range(chosen.rounds + 1):
            run.say(f"round {number} of {chosen.rounds}" if number else "warming up")
            for row, found in kept.items():
                for name in found:
                    measured = one(contenders[name], people, row, chosen, WARM_UP if number == 0 else chosen.seconds)
                    if number > 0:
                        found[name].append(measured)
        octets = floor.octets
    for row, found in kept.items():
        compare(row, found, report)
    report.section("Rates, requests a second, and the servers' CPU time a request",
                   f"{people.count:,} people, {chosen.connections} connections. An entry's message takes {octets} "
                   "octets in peopled's answers and in the floor's. `suball`, `presub`, `page`: compared by entries.",
                   table(HEAD, [cells(row, found) for row, found in kept.items()]))


def one(server, people, row, chosen, seconds):
    mode = row[2] if isinstance(server, Floor) else row[0]
    return load(server, people, mode, seconds, depth=row[1], connections=chosen.connections)


def compare(row, found, report):
    """The targets of one row."""
    key, name = row[:2], f"`{row[0]}`, depth {row[1]}"
    rates = {server: [each.rate for each in measured] for server, measured in found.items()}
    entries = {server: [each.entry_rate for each in measured] for server, measured in found.items()}
    cpu = {server: [each.cpu for each in measured] for server, measured in found.items()}
    if key in OF_THE_FLOOR:
        report.at_least(f"{name}: rate ÷ floor's", OF_THE_FLOOR[key], ratios(rates["peopled"], rates["floor"]))
    if key in CPU_OF_THE_FLOOR:
        report.at_most(f"{name}: CPU a request ÷ floor's", CPU_OF_THE_FLOOR[key], ratios(cpu["peopled"], cpu["floor"]))
    if key in OF_SLAPD:
        report.at_least(f"{name}: rate ÷ slapd's", OF_SLAPD[key], ratios(rates["peopled"], rates["slapd"]))
    if key in ENTRIES_OF_SLAPD:
        report.at_least(f"{name}: entries a second ÷ slapd's", ENTRIES_OF_SLAPD[key],
                        ratios(entries["peopled"], entries["slapd"]))


HEAD = [
    "mode", "depth", "floor /s", "slapd /s", "peopled /s", "peopled ÷ slapd", "peopled ÷ floor", "floor CPU µs",
    "slapd CPU µs", "peopled CPU µs", "peopled p50, p99 µs"
]


def cells(row, found):
    """One line of the table of rates."""
    def middle(name, field):
        return quantity(statistics.median(getattr(each, field) for each in found[name])) if name in found else ""

    def ratio(name):
        if name not in found:
            return ""
        return spread(ratios([each.rate for each in found["peopled"]], [each.rate for each in found[name]]))

    names = ("floor", "slapd", "peopled")
    return [
        row[0], row[1], *(middle(name, "rate") for name in names), ratio("slapd"), ratio("floor"),
        *(middle(name, "cpu") for name in names), f"{middle('peopled', 'p50')}, {middle('peopled', 'p99')}"
    ]
