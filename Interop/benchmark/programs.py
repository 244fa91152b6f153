"""What the benchmark is made of: its people, its C programs, and one measurement by the load generator."""

import os
import signal
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from suite import ber, client, servers

HERE = Path(__file__).parent
FOLDER = servers.WORKSPACE / "benchmark"
PEOPLE = "ou=People,dc=example,dc=edu"


class Failed(Exception):
    """A measurement that could not be made, or whose answers were wrong; the text says why."""


def build(folder=FOLDER, programs=("load", "floor"), shared=()):
    """Compiles C programs, and libraries to be preloaded, into a folder."""
    compiler = shutil.which("cc") or shutil.which("clang")
    folder.mkdir(parents=True, exist_ok=True)
    options = ["-O2", "-Wall", "-Wextra", "-Werror"]
    for name in programs:
        libraries = ["-lssl", "-lcrypto"] if name == "load" else []
        subprocess.run([compiler, *options, "-o", folder / name, HERE / f"{name}.c", *libraries], check=True)
    for name in shared:
        library = [*options, "-shared", "-fPIC", "-o", folder / f"{name}.so", HERE / f"{name}.c", "-ldl"]
        subprocess.run([compiler, *library], check=True)


@dataclass(frozen=True)
class People:
    """So many of the people that generate-people.py makes of a seed."""

    count: int
    seed: int = 0
    folder: Path = FOLDER

    @property
    def load_arguments(self):
        return ["-n", self.count, "-s", self.seed]

    def ldif(self):
        """The path of their LDIF, passwords included; made once."""
        path = self.folder / f"people-{self.count}-seed-{self.seed}.ldif"
        if not path.exists():
            unfinished = path.with_suffix(f".{os.getpid()}")
            command = [HERE / "generate-people.py", self.count, "--passwords", "--seed", self.seed]
            with open(unfinished, "wb") as out:
                subprocess.run([sys.executable, *map(str, command)], stdout=out, check=True)
            unfinished.rename(path)
        return path


@dataclass(frozen=True)
class Load:
    """What one run of the load generator found; latencies in microseconds."""

    requests: int
    rate: float
    entry_rate: float
    p50: int
    p99: int
    slowest: int
    cpu: float  # the server's own microseconds a request, the kernel's part included


def cpu_seconds(process_id):
    """What all threads of a process used, also those that ended, from its CPU clock (clock_getcpuclockid(3))."""
    return time.clock_gettime(~process_id << 3 | 2)


class Generator:
    """The load generator at work on a server; `result` waits for its end."""
    def __init__(self, server, people, mode, seconds, depth=1, connections=8, requests=None, program=FOLDER / "load",
                 is_tls=False):
        self.process_id, self.mode = server.process.pid, mode
        amount = ["-N", requests] if requests else ["-t", seconds]
        options = (["-x"] if isinstance(server, Floor) else []) + (["-T"] if is_tls else [])
        command = [program, "-p", server.port, "-c", connections, "-d", depth, *amount, *people.load_arguments]
        self.cpu = cpu_seconds(self.process_id)
        self.process = subprocess.Popen([*map(str, command), *options, mode],
                                        stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE,
                                        text=True)

    def result(self, least=1):
        """What it found; it must have had at least so many answers, and all of them right."""
        out, errors = self.process.communicate()
        used = cpu_seconds(self.process_id) - self.cpu
        found = dict(word.split("=") for word in out.split())
        if not found or found["wrong"] != "0" or int(found["requests"]) < least:
            raise Failed(f"load {self.mode}: {out}{errors}")
        requests, seconds = int(found["requests"]), float(found["seconds"])
        return Load(requests, requests / seconds,
                    int(found["entries"]) / seconds, int(found["p50"]), int(found["p99"]), int(found["max"]),
                    used / max(requests, 1) * 1e6)

    def stop(self):
        """Ends it now."""
        self.process.terminate()
        return self.result(least=0)


def load(*arguments, **options):
    """One measurement, from beginning to end."""
    return Generator(*arguments, **options).result()


class Floor:
    """The program that answers without looking anything up; `octets` is how long a message with an entry is."""
    def __init__(self, octets, program=FOLDER / "floor"):
        self.octets, self.program = octets, program

    def __enter__(self):
        self.port = servers.free_port()
        self.process = subprocess.Popen([self.program, str(self.port), str(self.octets)])
        time.sleep(0.2)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def entry_octets(server, people, sample=500):
    """How long a server's SearchResultEntry messages are on the average, to a messageID of three octets, for `eq`."""
    total = 0
    with client.Connection(server.port) as connection:
        for index in range(sample):
            uid = f"u{index * people.count // sample:07d}"
            connection.send(client.search_request(PEOPLE, 2, ("equal", "uid", uid.encode())))
            octets, tag = received_octets(connection)
            if tag != 0x64:
                raise Failed(f"{uid} is not there")
            total += octets - len(ber.integer(connection.message_id)) + 3
            received_octets(connection)
    return round(total / sample)


def received_octets(connection):
    """The length of the next message, and the tag of its operation."""
    while not (head := ber.header(connection.buffer)) or len(connection.buffer) < head[2]:
        connection.buffer += connection.socket.recv(65536)
    operation = ber.header(connection.buffer, ber.header(connection.buffer, head[1])[2])
    del connection.buffer[:head[2]]
    return head[2], operation[0]


class Peopled(servers.Peopled):
    """peopled over a data directory, with as many reactors as chosen (0 is its default, one a core), and access rules."""
    def __init__(self, *ldif, data=None, reactors=0, environment=None, access=None):
        super().__init__(*ldif, data=data, environment=environment)
        settings = [f"limits: {{ reactors: {reactors} }}"] if reactors else []
        settings += [f"access: {access}"] if access else []
        if settings:
            configuration = self.folder / "benchmark.json5"
            configuration.write_text("{ " + ", ".join(settings) + " }\n")
            self.options = ["--config", str(configuration)]

    def apply(self, path):
        """One run of `peopled apply`."""
        ended = servers.run_peopled("apply", "--data", self.data, path)
        if ended.returncode != 0:
            raise Failed("peopled apply: " + ended.stderr.decode(errors="replace"))


def interrupted(*_):
    raise KeyboardInterrupt


def end_on_signals():
    """SIGTERM ends the benchmark as SIGINT does: with its servers stopped and what was measured printed."""
    signal.signal(signal.SIGTERM, interrupted)
