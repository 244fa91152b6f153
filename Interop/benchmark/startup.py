"""Start-up: from the start of the process to its "ready" line, the index in the page cache."""

import time

from .programs import Failed
from .report import spread, table

MOST_MILLISECONDS, TIMES_LONGER = 100, 2
RUNS = 5
JOURNAL_LIMIT = 1 << 20  # StorePolicy.journalLimit: a longer journal becomes a segment


def estimate(chosen):
    return 20


def milliseconds(run, people, data=None):
    """Of each start."""
    found = []
    for _ in range(RUNS + 1):
        server = run.peopled(people, data=data)
        started = time.monotonic()
        with server:
            found.append((time.monotonic() - started) * 1000)
    return found[1:]  # the first one may still read from the disk


def fill_journal(run, people):
    """A copy of the data whose journal is nearly as long as it gets, by changes: (its path, the journal's octets)."""
    data, octets, grown = run.copy_of(people), 0, 0
    with run.peopled(people, data=data) as server:
        while octets + 2 * grown < JOURNAL_LIMIT:
            server.apply(run.changes.write(people, 50))
            journals = list(data.rglob("*.journal"))
            if len(journals) != 1:
                raise Failed("a journal was folded before it was full")
            grown = journals[0].stat().st_size - octets
            octets += grown
    return data, octets


def measure(run, report):
    small, large = run.people, run.large
    run.say("starting over and over")
    found_small, found_large = milliseconds(run, small), milliseconds(run, large)
    run.say("filling the journal")
    data, octets = fill_journal(run, large)
    with_journal = milliseconds(run, large, data=data)
    report.at_most(f"start-up with {large.count:,} people, ms", MOST_MILLISECONDS, found_large, "{:.0f}")
    report.at_most(f"start-up with {large.count:,} people and a journal of {octets / 1024:.0f} KiB, ms",
                   MOST_MILLISECONDS, with_journal, "{:.0f}")
    middle = sorted(found_small)[len(found_small) // 2]
    report.at_most(f"start-up with {large.count:,} ÷ with {small.count:,}", TIMES_LONGER,
                   [each / middle for each in found_large])
    rows = [[f"{small.count:,}", "none", spread(found_small, "{:.1f}")],
            [f"{large.count:,}", "none", spread(found_large, "{:.1f}")],
            [f"{large.count:,}", f"{octets / 1024:.0f} KiB", spread(with_journal, "{:.1f}")]]
    report.section("Start-up", "From the start of the process to the line that says it is ready.",
                   table(["people", "journal", "ms"], rows))
