"""The feed: both agents, the load and whoever asks, on one machine; how long people and changes take from one to the other.

What a search finds is durable: a target publishes nothing before it is. Everything goes over mutual TLS on loopback.
"""

import re
import subprocess
import threading
import time
from pathlib import Path

from suite import agents

from . import changes
from .programs import PEOPLE, Failed, Generator, load
from .report import spread, table
from .updates import percentile

MOST_SNAPSHOT, MOST_CHANGELOG, MOST_PUSH, TIMES_SLOWER, MOST_PRIVATE = 4, 1, 100, 3, 1024
ASKED_FOR = """objectClass uid cn sn givenName displayName mail employeeNumber telephoneNumber title departmentNumber roomNumber l
    postalAddress preferredLanguage eduPersonPrincipalName eduPersonUniqueId eduPersonAffiliation eduPersonScopedAffiliation
    eduPersonEntitlement uidNumber gidNumber homeDirectory loginShell""".split()
UPDATES, CHANGES_A_SECOND, MARKED = 10_000, 1000, 20
POLL, GIVE_UP, REST = 0.002, 300, 3


def estimate(chosen):
    return chosen.imports * 40 + chosen.minute + chosen.large / 5000


class Pair(agents.Agents):
    """Both agents, of which the identity provider's has these people, and releases all that is asked for."""
    def __init__(self, people, update, every="1s"):
        super().__init__(update, every, name="benchmark-feed")
        self.count = people.count
        self.feed.configuration["registry"] = {"ldif": str(people.ldif()), "subject": "uid", "maximumRemoved": 100}
        self.service_provider.pop("attributes")
        self.service_provider["population"] = "(uid=*)"
        self.identity_provider.update({"attributes": ASKED_FOR, "subject": "uid", "rdn": "uid"})

    def title(self, connection, number):
        """The title of a person who is served; nothing of one who is not."""
        found = connection.search(PEOPLE, 2, ("equal", "uid", b"u%07d" % number), ["title"]).entries
        return found[0][1].get("title", [b""])[0].decode() if found else None

    def wait(self, what, condition):
        """Seconds until a condition holds that is given a connection."""
        begun = time.monotonic()
        with self.connection() as connection:
            while not condition(connection):
                if time.monotonic() - begun > GIVE_UP:
                    raise Failed(f"{what} took more than {GIVE_UP} s\n{self.logs()}")
                time.sleep(POLL)
        return time.monotonic() - begun

    def started(self):
        """peopled, from its start until the last of the people is served: seconds."""
        begun = time.monotonic()
        self.people.start()
        self.wait("the first snapshot", lambda connection: self.title(connection, self.count - 1) is not None)
        return time.monotonic() - begun

    def forget(self):
        """Takes away what peopled has."""
        self.people.stop()
        subprocess.run(["rm", "-rf", self.folder / "people-data"], check=True)

    def change(self, numbers, title):
        """Gives people a title, at the identity provider."""
        text = "\n".join(changes.record(number, title) for number in numbers) + "\n"
        done = self.feed.run("change", "-", input=text, timeout=GIVE_UP)
        if done.returncode != 0:
            raise Failed(f"peoplefeed change: {done.stderr}")


class PrivateMemory(threading.Thread):
    """The most that processes had to themselves while it ran: RssAnon of proc_pid_status(5), in MiB."""
    def __init__(self, *processes):
        super().__init__()
        self.files = [Path(f"/proc/{each.process.pid}/status") for each in processes]
        self.most = [0] * len(processes)
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.wait(0.05):
            for at, file in enumerate(self.files):
                try:
                    found = re.search(r"^RssAnon:\s+(\d+) kB", file.read_text(), re.MULTILINE)
                except OSError:
                    continue
                self.most[at] = max(self.most[at], int(found.group(1)) / 1024 if found else 0)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.join()


def measure(run, report):
    chosen = run.chosen
    snapshots, updates, disturbed = [], [], []
    with Pair(run.people, "changelog") as pair:
        run.say("the registry is read")
        pair.feed.start()
        for number in range(chosen.imports):
            run.say(f"first snapshot and changelog, {number + 1} of {chosen.imports}")
            snapshots.append(pair.started())
            updates.append(changelog(pair, f"Round {number}"))
            pair.forget()
    with Pair(run.people, "snapshot", every="1h") as pair:
        pair.feed.start()
        pair.started()
        for number in range(chosen.imports):
            run.say(f"eq beside a snapshot, {number + 1} of {chosen.imports}")
            disturbed.append(beside_a_snapshot(run, pair, f"Snapshot {number}"))
    # As a site would have it: asked each second whether anything is missing, the provider would prepare files all the time.
    with Pair(run.people, "subscription", every="15m") as pair:
        pair.feed.start()
        pair.started()
        time.sleep(REST)
        run.say(f"subscription, {chosen.minute:g} s")
        pushed = subscription(pair, chosen.minute)
    run.say(f"a snapshot of {run.large.count:,} people")
    describe(report, run, snapshots, updates, disturbed, [each * 1000 for each in pushed], memory(run.large))


def changelog(pair, title):
    """Changes that peopled missed while it was down, from when it is ready, which is when it calls, until the last of them is served:
    seconds."""
    numbers = range(min(UPDATES, pair.count))
    pair.people.stop()
    pair.change(numbers, title)
    time.sleep(REST)
    pair.people.start()
    begun = time.monotonic()
    pair.wait("the changelog", lambda connection: pair.title(connection, numbers[-1]) == title)
    return time.monotonic() - begun


def beside_a_snapshot(run, pair, title):
    """`eq` of one connection: p99 in microseconds at rest, and while a snapshot in which everybody has another title is prepared,
    fetched and published; and the seconds that this took."""
    pair.change(range(pair.count), title)
    time.sleep(REST)
    quiet = load(pair.people, run.people, "eq", run.chosen.seconds, connections=1)
    generator = Generator(pair.people, run.people, "eq", 3600, connections=1)
    try:
        begun = time.monotonic()
        asked = pair.people.run("resync", agents.IDP)
        if asked.returncode != 0:
            raise Failed(f"peopled resync: {asked.stderr}")
        pair.wait("the snapshot", lambda connection: pair.title(connection, pair.count - 1) == title)
        took = time.monotonic() - begun
    finally:
        busy = generator.stop()
    return quiet.p99, busy.p99, took


def memory(people):
    """The first snapshot of many: seconds, and the private memory of peoplefeed and of peopled at their most, in MiB."""
    with Pair(people, "snapshot", every="1h") as pair:
        pair.feed.start()
        pair.people.launch()
        with PrivateMemory(pair.feed, pair.people) as private:
            begun = time.monotonic()
            pair.people.wait_until_ready()
            pair.wait("the first snapshot", lambda connection: pair.title(connection, pair.count - 1) is not None)
            took = time.monotonic() - begun
        return took, *private.most


class Marks(threading.Thread):
    """Sends changes as they fall due, until told to stop: one in MARKED gives person 0 the change's number as a title."""
    def __init__(self, pair):
        super().__init__()
        self.pair, self.sent = pair, {}
        self.stopping = threading.Event()
        command = [pair.feed.program, "change", "--config", pair.feed.file, "-"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        text=True)

    def run(self):
        begun, number = time.monotonic(), 0
        with self.process.stdin as output:
            while not self.stopping.is_set():
                due = int((time.monotonic() - begun) * CHANGES_A_SECOND)
                lines = []
                while number < due:
                    person = 0 if number % MARKED == 0 else number * 7919 % self.pair.count or 1
                    lines.append(changes.record(person, f"Change {number:08d}"))
                    if person == 0:
                        self.sent[number] = begun + number / CHANGES_A_SECOND
                    number += 1
                output.write("\n".join(lines) + "\n")
                output.flush()
                time.sleep(0.005)

    def stop(self):
        self.stopping.set()
        self.join()
        complaints = self.process.stderr.read()
        if self.process.wait() != 0:
            raise Failed(f"peoplefeed change: {complaints}")


def subscription(pair, seconds):
    """How long each marked change took until a search found it or a later one: seconds."""
    marks, waits, last = Marks(pair), [], -1
    marks.start()
    try:
        with pair.connection() as connection:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                title = pair.title(connection, 0) or ""
                now = time.monotonic()
                number = int(title.split()[1]) if title.startswith("Change ") else last
                waits += [now - marks.sent[each] for each in range(last + 1, number + 1) if each in marks.sent]
                last = max(last, number)
                time.sleep(POLL)
            if end - marks.sent.get(last, 0) > 5:
                raise Failed(f"the last change seen is {last}\n{pair.logs()}")
    finally:
        marks.stop()
    return waits


def describe(report, run, snapshots, updates, disturbed, pushed, private):
    count = f"{run.people.count:,}"
    report.at_most(f"first snapshot of {count} people, from peopled's start until they are served, s", MOST_SNAPSHOT, snapshots)
    report.at_most(f"changelog of {min(UPDATES, run.people.count):,} updates, from the call until they are served, s",
                   MOST_CHANGELOG, updates)
    report.at_most(f"from a change at peoplefeed until a search sees it, while {CHANGES_A_SECOND:,} a second come, ms, p99",
                   MOST_PUSH, [percentile(pushed, 0.99)], "{:.1f}")
    report.at_most(f"`eq` p99 beside a snapshot in which all {count} people have changed ÷ at rest", TIMES_SLOWER,
                   [busy / quiet for quiet, busy, _ in disturbed])
    for name, most in zip(("peoplefeed", "peopled"), private[1:]):
        report.at_most(f"private memory of {name} during the first snapshot of {run.large.count:,} people, MiB, at most",
                       MOST_PRIVATE, [most], "{:,.0f}")
    report.section(
        "The feed",
        "Both agents, over mutual TLS on loopback, on the cores that the load generator has too. A start of peopled, with its "
        "`initialize`, is in the first figure. The first snapshot of "
        f"{run.large.count:,} people took {private[0]:.1f} s, and the snapshots that `eq` was measured beside "
        f"{spread([took for _, _, took in disturbed], '{:.1f}')} s.",
        table(["", "p50", "p99", "longest"], [
            ["from a change until a search sees it, ms"] + [f"{percentile(pushed, share):,.1f}" for share in (0.5, 0.99, 1)],
        ]),
        table(["`eq` of one connection, p99, µs", ""], [
            ["at rest", spread([quiet for quiet, _, _ in disturbed], "{:,.0f}")],
            ["beside a snapshot", spread([busy for _, busy, _ in disturbed], "{:,.0f}")],
        ]))
