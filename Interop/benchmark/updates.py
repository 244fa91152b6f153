"""Steady updates: 1,000 changes a second arrive, are made durable and served, while others search.

`peopled apply` takes a file of change records as one change and ends when they are durable, so each batch is a process
of its own, which holds the directory's lock. A batch is what has arrived since the one before it began, and at least
--batch changes: what arrives during a compaction goes together into the next. What a batch costs beside its changes (a
start, the journal read again, now and then a fold or a compaction) is in these figures.
"""

import statistics
import subprocess
import threading
import time
from dataclasses import dataclass

from suite import client, servers

from .programs import PEOPLE, Failed, load
from .report import spread, table

LEAST_KEPT, MOST_MILLISECONDS = 0.80, 50
CHANGES_A_SECOND = 1000
WINDOWS = 5
GIVE_UP = 10  # seconds until a change that nobody sees is a failure
POLL = 0.001


def estimate(chosen):
    return chosen.minute + WINDOWS * chosen.seconds + 5


@dataclass(frozen=True)
class Batch:
    changes: int
    waited: float  # seconds from the arrival of its first change until it was durable
    visible: float  # seconds from there until a search found it
    took: float  # seconds that apply took, folding and compaction included


class Writer(threading.Thread):
    """Applies a batch as each arrives, until told to stop, and looks when it can be seen."""
    def __init__(self, run, server, people, batch):
        super().__init__()
        self.changes, self.server, self.people, self.batch = run.changes, server, people, batch
        self.batches, self.failure = [], None
        self.stopping = threading.Event()

    def run(self):
        taken, begun = 0, time.monotonic()
        try:
            with client.Connection(self.server.port) as connection:
                while not self.stopping.is_set():
                    full = begun + (taken + self.batch) / CHANGES_A_SECOND
                    time.sleep(max(0, full - time.monotonic()))
                    count = int((time.monotonic() - begun) * CHANGES_A_SECOND) - taken
                    first = begun + taken / CHANGES_A_SECOND
                    self.batches.append(self.apply(count, first, connection))
                    taken += count
        except Exception as error:  # whatever it is, the measurement cannot go on: told by `finish`
            self.failure = error

    def apply(self, count, arrival, connection):
        path = self.changes.write(self.people, count)
        command = [servers.peopled_binary(), "apply", "--data", str(self.server.data), str(path)]
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        line = process.stderr.readline()
        durable = time.monotonic()
        if not line.startswith("applied"):
            raise Failed("peopled apply: " + line + process.stderr.read())
        visible = self.wait_until_visible(connection, durable)
        warnings = process.stderr.read()
        if process.wait() != 0 or warnings:
            raise Failed("peopled apply: " + warnings)
        return Batch(count, durable - arrival, visible - durable, time.monotonic() - started)

    def wait_until_visible(self, connection, since):
        """When a search first gave the batch's title."""
        wanted = [self.changes.last.encode()]
        while True:
            found = connection.search(PEOPLE, 2, ("equal", "uid", b"u0000000"), ["title"]).entries
            if found and found[0][1].get("title") == wanted:
                return time.monotonic()
            if time.monotonic() - since > GIVE_UP:
                raise Failed(f"a change was not seen {GIVE_UP} s after it was durable")
            time.sleep(POLL)

    def finish(self):
        self.stopping.set()
        self.join()
        if self.failure:
            raise Failed(str(self.failure))


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def measure(run, report):
    chosen, people = run.chosen, run.people
    with run.peopled(people, data=run.copy_of(people)) as server:
        load(server, people, "eq", 0.5)

        def rates(seconds, what):
            run.say(what)
            return [load(server, people, "eq", seconds, connections=chosen.connections).rate for _ in range(WINDOWS)]

        alone = rates(chosen.seconds, "eq without updates")
        writer = Writer(run, server, people, chosen.batch)
        started = time.monotonic()
        writer.start()
        try:
            updated = rates(chosen.minute / WINDOWS, f"eq with updates, {chosen.minute:g} s")
        finally:
            writer.finish()
        elapsed = time.monotonic() - started
        segments = len(list(server.data.rglob("*.segment")))
    describe(report, alone, updated, writer.batches, elapsed, segments)


def describe(report, alone, updated, batches, elapsed, segments):
    visible = [each.visible * 1000 for each in batches]
    sizes = [each.changes for each in batches]
    done = sum(sizes) / elapsed
    report.at_least(f"`eq` rate while {CHANGES_A_SECOND:,} changes a second come in ÷ without", LEAST_KEPT,
                    [each / statistics.median(alone) for each in updated])
    report.at_least("changes a second that became durable meanwhile", CHANGES_A_SECOND * 0.9, [done], "{:,.0f}")
    report.at_most("from durable to visible in a search, ms, p99", MOST_MILLISECONDS, [percentile(visible, 0.99)],
                   "{:.1f}")

    def row(name, values):
        return [name] + [f"{percentile(values, share):,.1f}" for share in (0.5, 0.99, 1)]

    report.section(
        "Steady updates",
        f"{CHANGES_A_SECOND:,} changes a second for {elapsed:.0f} s: {sum(sizes):,} changes, {done:,.0f} a second, by "
        f"{len(batches):,} runs of `peopled apply` with {spread(sizes, '{:,.0f}')} changes, which is what had arrived "
        f"since the run before; {segments} segment files at the end. `eq` at depth 1: {spread(alone, '{:,.0f}')} a second "
        f"without, {spread(updated, '{:,.0f}')} with updates.",
        table(["milliseconds", "p50", "p99", "longest"], [
            row("from durable to visible in a search", visible),
            row("from the arrival of a batch's first change until it is durable",
                [each.waited * 1000 for each in batches]),
            row("that apply took, folding and compaction included", [each.took * 1000 for each in batches])
        ]))
