"""Start-up: from the start of the process to its "ready" line, the index in the page cache."""

import time
from dataclasses import dataclass

from . import changes
from .programs import Failed, cpu_seconds
from .report import ratios, spread, table

MOST_MILLISECONDS, TIMES_LONGER = 100, 2
RUNS = 5
JOURNAL_LIMIT = 1 << 20  # StorePolicy.journalLimit: a longer journal becomes a segment


def estimate(chosen):
    return 20


@dataclass(frozen=True)
class Start:
    milliseconds: float
    cpu: float  # milliseconds too, of all threads together


def once(run, people, data=None):
    server = run.peopled(people, data=data)
    started = time.monotonic()
    with server:
        return Start((time.monotonic() - started) * 1000, cpu_seconds(server.process.pid) * 1000)


def fill_journal(run, people):
    """A copy of the data whose journal is nearly as long as it gets, by changes: (its path, the journal's octets)."""
    data, octets, grown = run.copy_of(people), 0, 0
    path = run.folder / "changes.ldif"
    with run.peopled(people, data=data) as server:
        while octets + 2 * grown < JOURNAL_LIMIT:
            path.write_text("\n".join(changes.record(person, "Dean") for person in range(50)))
            server.apply(path)
            journals = list(data.rglob("*.journal"))
            if len(journals) != 1:
                raise Failed("a journal was folded before it was full")
            grown = journals[0].stat().st_size - octets
            octets += grown
    return data, octets


def measure(run, report):
    small, large = run.people, run.large
    run.say("filling a journal")
    data, octets = fill_journal(run, large)
    found = {(small, None): [], (large, None): [], (large, data): []}
    for number in range(RUNS + 1):
        run.say(f"round {number} of {RUNS}" if number else "warming up")
        for (people, data), starts in found.items():
            start = once(run, people, data)
            if number > 0:  # the first one may still read from the disk
                starts.append(start)
    times = {key: [start.milliseconds for start in starts] for key, starts in found.items()}
    few, many, journal = times.values()
    name = f"start-up with {large.count:,} people"
    report.at_most(f"{name}, ms", MOST_MILLISECONDS, many, "{:.0f}")
    report.at_most(f"{name} and a journal of {octets / 1024:.0f} KiB, ms", MOST_MILLISECONDS, journal, "{:.0f}")
    report.at_most(f"{name} ÷ with {small.count:,}", TIMES_LONGER, ratios(many, few))
    rows = [[f"{people.count:,}", f"{octets / 1024:.0f} KiB" if data else "none",
             spread(times[people, data], "{:.1f}"), spread([start.cpu for start in starts], "{:.1f}")]
            for (people, data), starts in found.items()]
    report.section("Start-up", "From the start of the process to the line that says it is ready; CPU time until then.",
                   table(["people", "journal", "ms", "CPU ms"], rows))
