"""Steady updates: 1,000 changes a second arrive, are made durable and served, while others search.

`peopled apply -` takes change records from standard input, makes those durable together that come together, and says how
many are ("durable COUNT"). Its own work, the server's for what it publishes, folding and compaction are in these figures.
"""

import statistics
import subprocess
import threading
import time
from dataclasses import dataclass

from suite import client, servers

from . import changes
from .programs import PEOPLE, Failed, load
from .report import spread, table

LEAST_KEPT, MOST_MILLISECONDS = 0.80, 50
CHANGES_A_SECOND = 1000
WINDOWS = 5
GIVE_UP = 10  # seconds until a change that nobody sees is a failure
POLL = 0.001
INTERVAL = 0.01  # seconds between two writes of the feed


def estimate(chosen):
    return chosen.minute + WINDOWS * chosen.seconds + 5


@dataclass(frozen=True)
class Batch:
    changes: int
    waited: float  # seconds from the arrival of its first change until it was durable
    visible: float  # seconds from there until a search found it


class Feed(threading.Thread):
    """Sends changes as they arrive, until told to stop: one in MARKED gives person 0 the change's number as a title."""
    MARKED = 20

    def __init__(self, output, people):
        super().__init__()
        self.output, self.people = output, people
        self.stopping = threading.Event()
        self.begun, self.sent = time.monotonic(), 0

    def run(self):
        with self.output:
            while not self.stopping.is_set():
                due = int((time.monotonic() - self.begun) * CHANGES_A_SECOND)
                self.output.write("\n".join(self.change(number) for number in range(self.sent, due)) + "\n")
                self.output.flush()
                self.sent = due
                time.sleep(INTERVAL)

    def change(self, number):
        # A prime step, so that the same people come again only when all have had their turn.
        person = 0 if number % self.MARKED == 0 else number * 7919 % self.people.count or 1
        return changes.record(person, f"Change {number:08d}")

    def arrival(self, number):
        return self.begun + number / CHANGES_A_SECOND

    def last_marked(self, count):
        """The number of the last change to person 0 among the first `count`."""
        return (count - 1) // self.MARKED * self.MARKED


class Writer(threading.Thread):
    """Feeds changes to `peopled apply -` until told to stop, and looks when those that became durable can be seen."""
    def __init__(self, server, people):
        super().__init__()
        self.server = server
        command = [servers.peopled_binary(), "apply", "--data", str(server.data), "-"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True)
        self.feed = Feed(self.process.stdin, people)
        self.batches, self.failure = [], None

    def run(self):
        try:
            self.feed.start()
            with client.Connection(self.server.port) as connection:
                before = 0
                for line in self.process.stdout:
                    durable, count = time.monotonic(), int(line.removeprefix("durable "))
                    visible = self.wait_until_visible(connection, self.feed.last_marked(count), durable)
                    self.batches.append(Batch(count - before, durable - self.feed.arrival(before), visible - durable))
                    before = count
        except Exception as error:  # whatever it is, the measurement cannot go on: told by `finish`
            self.failure = error

    def wait_until_visible(self, connection, number, since):
        """When a search first gave the change with a number, or a later one."""
        while True:
            found = connection.search(PEOPLE, 2, ("equal", "uid", b"u0000000"), ["title"]).entries
            title = found[0][1].get("title", [b""])[0].decode() if found else ""
            if title.startswith("Change ") and int(title.split()[1]) >= number:
                return time.monotonic()
            if time.monotonic() - since > GIVE_UP:
                raise Failed(f"a change was not seen {GIVE_UP} s after it was durable")
            time.sleep(POLL)

    def finish(self):
        self.feed.stopping.set()
        self.join()
        complaints = self.process.stderr.read()
        if self.failure or self.process.wait() != 0 or "warning" in complaints:
            raise Failed(f"{self.failure or 'peopled apply'}: {complaints}")


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
        started = time.monotonic()
        writer = Writer(server, people)
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
        f"one `peopled apply -` in {len(batches):,} batches of {spread(sizes, '{:,.0f}')} changes, which is what came "
        f"together; {segments} segment files at the end. `eq` at depth 1: {spread(alone, '{:,.0f}')} a second "
        f"without, {spread(updated, '{:,.0f}')} with updates.",
        table(["milliseconds", "p50", "p99", "longest"], [
            row("from durable to visible in a search", visible),
            row("from the arrival of a batch's first change until it is durable",
                [each.waited * 1000 for each in batches]),
        ]))
