"""Abuse of a running server by everything a hostile client may do, many at a time, while a good client goes on asking.

    Interop/abuse SECONDS [--seed N]      fails, and says why, where the server does not come out of it as it went in
"""

import argparse
import random
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from . import ber, client, fixtures, servers
from .fixtures import PEOPLE, SUFFIX

KINDS = "random mutate replay churn half leave deaf loris silent".split()
WARM_UP = 6
# Private memory that a server may have more after the abuse than after the warm-up: what its allocator keeps in reserve.
MOST_GROWTH = 12 * 1024  # KiB
MOST_LOG_LINES = 400  # a second
CONFIGURATION = """{ limits: { reactors: 2, message: 4, write: 4, idle: 4, connectionsOfAddress: 0, examined: 100000 } }"""


class Failed(Exception):
    """The server did not take it; the text says what was seen."""


def requests(seed):
    """Whole messages of every kind of request: as clients send them, and as they should not."""
    chosen = random.Random(seed)
    searches = [
        client.search_request(SUFFIX, 2, ("present", "objectClass")),
        client.search_request(PEOPLE, 1, ("equal", "uid", b"ssha512"), ["cn", "mail"]),
        client.search_request(SUFFIX, 0, ("present", "objectClass"), ["*", "+"]),
        client.search_request("", 0, ("present", "objectClass"), ["*", "+"]),
        client.search_request("cn=Subschema", 0, ("present", "objectClass"), ["+"]),
        client.search_request("cn=Monitor", 2, ("present", "objectClass"), ["*", "+"]),
        client.search_request(PEOPLE, 2, ("substrings", "cn", None, [b"a", b"e"], None), size_limit=5),
        client.search_request(PEOPLE, 2, ("not", ("extensible", "caseExactMatch", "cn", b"x", True))),
        client.search_request("uid=\\2a,,=", 2, ("greater", "uidNumber", b"20000")),
    ]
    letters = [b"a", b"e", b"i", b"n", b"r"]
    bombs = [
        client.search_request(PEOPLE, 2, ("or", [("equal", "uid", b"%d" % n) for n in range(15_000)])),
        client.search_request(PEOPLE, 2, ("or", [("equal", "uid", b"%d" % n) for n in range(100_000)])),
        client.search_request(PEOPLE, 2, nested(900)),
        client.search_request(PEOPLE, 2, nested(5_000)),
        client.search_request(PEOPLE, 2, ("substrings", "cn", None, [chosen.choice(letters) for _ in range(900)], None)),
        client.search_request(PEOPLE, 2, ("substrings", "cn", None, [b"a"] * 20_000, None)),
        client.search_request(PEOPLE, 0, ("present", "cn"), ["cn"] * 4_000),
        client.search_request(PEOPLE, 0, ("present", "cn"), [""] * 40_000),
        client.search_request("," * 60_000, 2, ("present", "cn")),
    ]
    binds = [
        bind("", ""), bind(f"uid=clear,{PEOPLE}", "wrong"), bind(f"uid=nobody,{PEOPLE}", "wrong"), bind("cn=x", ""),
        bind(f"uid=ssha512,{PEOPLE}", "x" * 5_000), ber.sequence(ber.integer(2), ber.octets(""), ber.octets("", 0x80), tag=0x60)
    ]
    others = [
        ber.sequence(ber.octets(f"uid=clear,{PEOPLE}"), ber.sequence(ber.octets("cn"), ber.octets("x")), tag=0x6E),
        ber.sequence(ber.octets(client.WHO_AM_I, 0x80), tag=0x77),
        ber.sequence(ber.octets("1.3.6.1.4.1.1466.20037", 0x80), tag=0x77),
        ber.sequence(ber.octets(client.CANCEL, 0x80), ber.octets(ber.sequence(ber.integer(7)), 0x81), tag=0x77),
        ber.octets(f"uid=clear,{PEOPLE}", 0x4A),
        *[ber.integer(number, 0x50) for number in range(6)],
    ]
    made = [message(chosen.randrange(1, 50), operation) for operation in (searches + binds + others) * 20 + bombs]
    for size in (0, 1, 50, -1, 2**31 - 1):
        for cookie in (b"", b"x", bytes(56), chosen.randbytes(56), chosen.randbytes(5_000)):
            made.append(message(3, searches[0], client.paged_control(size, cookie)))
    made.append(message(4, searches[1], *[client.control(f"1.2.3.{n}") for n in range(1_000)]))
    made.append(message(4, searches[1], client.control("1.2.3", critical=True)))
    chosen.shuffle(made)
    # The first is what those ask for who never read.
    return [message(1, searches[0]), *made]


def message(number, operation, *controls):
    parts = [ber.integer(number), operation] + ([ber.sequence(*controls, tag=0xA0)] if controls else [])
    return ber.sequence(*parts)


def bind(name, password):
    return ber.sequence(ber.integer(3), ber.octets(name), ber.octets(password, 0x80), tag=0x60)


def nested(depth):
    """So many nots around a filter, encoded from the inside out."""
    encoded = ber.octets("cn", 0x87)
    for _ in range(depth):
        encoded = ber.tlv(0xA2, encoded)
    return encoded


class GoodClient(threading.Thread):
    """Asks for somebody, over and over, and keeps how long it took; whatever goes wrong is kept too."""
    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.times, self.problem, self.ending = port, [], None, threading.Event()

    def run(self):
        try:
            with client.Connection(self.port, timeout=30) as connection:
                while not self.ending.wait(0.02):
                    before = time.monotonic()
                    found = connection.search(PEOPLE, 2, ("equal", "uid", b"ssha512"), ["uid"])
                    self.times.append(time.monotonic() - before)
                    if found.code != 0 or len(found.entries) != 1:
                        raise Failed(f"the good client got {found}")
        except Exception as problem:  # told by finish
            self.problem = problem

    def finish(self):
        self.ending.set()
        self.join(60)
        if self.problem:
            raise Failed(f"the good client's connection: {self.problem!r}")
        return self.times


def private_memory(process_id):
    """KiB that the process has to itself, and KiB resident with its files."""
    rollup = Path(f"/proc/{process_id}/smaps_rollup").read_text()
    return [int(re.search(rf"^{field}:\s+(\d+) kB", rollup, re.MULTILINE).group(1)) for field in ("Anonymous", "Rss")]


def counters(port):
    """What cn=Monitor has to say: {dn: number}."""
    with client.Connection(port) as connection:
        found = connection.search("cn=Monitor", 2, ("equal", "objectClass", b"monitorCounterObject"), ["monitorCounter"])
    return {dn: int(attributes["monitorCounter"][0]) for dn, attributes in found.entries}


def everything(port):
    """The whole directory, as it is served."""
    with client.Connection(port) as connection:
        found = connection.search(SUFFIX, 2, ("present", "objectClass"), ["*", "+"])
    if found.code != 0:
        raise Failed(f"a search of everything ended with {found.code}")
    return sorted(found.entries, key=lambda entry: entry[0])


def attack(program, folder, port, seconds, seed):
    """All kinds at a time; returns what they say they did."""
    running = [
        subprocess.Popen([program, str(port), str(seconds), str(seed + at), folder / "requests", kind],
                         stdout=subprocess.PIPE, text=True) for at, kind in enumerate(KINDS)
    ]
    said = []
    for each in running:
        out, _ = each.communicate(timeout=seconds + 60)
        if each.returncode != 0:
            raise Failed(f"the abuser ended with status {each.returncode}")
        said.append(out.strip())
    return said


def calm(port, patience=20):
    """Waits until nobody but the one who asks is connected."""
    deadline = time.monotonic() + patience
    while (left := counters(port)["cn=Current,cn=Connections,cn=Monitor"]) > 1:
        if time.monotonic() > deadline:
            raise Failed(f"{left} connections are left after the abuse")
        time.sleep(0.2)


def run(seconds, seed, say=print):
    """The whole of it; raises Failed where something is not as it should be."""
    folder = servers.temporary_folder("abuse")
    try:
        program = folder / "abuse"
        compiler = shutil.which("cc") or shutil.which("clang")
        subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, Path(__file__).with_name("abuse.c")],
                       check=True)
        made = requests(seed)
        (folder / "requests").write_bytes(b"".join(len(each).to_bytes(4, "big") + each for each in made))
        (folder / "peopled.json5").write_text(CONFIGURATION)
        with servers.Peopled(fixtures.PEOPLE_LDIF, options=["--config", folder / "peopled.json5"]) as server:
            say(f"seed {seed}: {len(made)} messages, {len(KINDS)} kinds of abuse, {WARM_UP} s and {seconds} s")
            before = everything(server.port)
            attack(program, folder, server.port, WARM_UP, seed + 1000)
            calm(server.port)
            started, resident = private_memory(server.process.pid)
            lines = server.log_text().count("\n")
            good = GoodClient(server.port)
            good.start()
            for each in attack(program, folder, server.port, seconds, seed):
                say("  " + each)
            times = good.finish()
            calm(server.port)
            ended, resident_now = private_memory(server.process.pid)
            written = server.log_text().count("\n") - lines
            say(f"private memory: {started} KiB after the warm-up, {ended} KiB at the end "
                f"(resident {resident} and {resident_now} KiB)")
            say(f"a good client meanwhile: {len(times)} searches, median {statistics.median(times) * 1000:.1f} ms, "
                f"longest {max(times) * 1000:.0f} ms; {written} lines logged")
            for dn, number in sorted(counters(server.port).items()):
                if "cn=Refusals" in dn and number:
                    say(f"  {dn.split(',')[0][3:]}: {number}")
            if everything(server.port) != before:
                raise Failed("the directory is not served as it was before")
            if ended - started > MOST_GROWTH:
                raise Failed(f"private memory grew by {ended - started} KiB")
            if written > MOST_LOG_LINES * (seconds + WARM_UP):
                raise Failed(f"{written} lines were logged: the log is an amplifier")
            if server.stop() != 0:
                raise Failed("the server did not end well")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(prog="Interop/abuse", description=__doc__.splitlines()[0])
    parser.add_argument("seconds", type=float)
    parser.add_argument("--seed", type=int, default=None)
    chosen = parser.parse_args()
    seed = chosen.seed if chosen.seed is not None else random.randrange(1 << 30)
    try:
        run(chosen.seconds, seed)
    except Failed as problem:
        sys.exit(f"seed {seed}: {problem}")
    print("passed")


if __name__ == "__main__":
    main()
