"""Memory: what peopled has to itself after a mixed load, and what an idle connection takes.

Private memory is `Anonymous` of /proc/PID/smaps_rollup: the heap, stacks, and pages of files that were written to. The
mapped index is page cache, which the system takes back when it needs it, and is not counted; neither are the kernel's
own socket buffers.
"""

import re
import resource
import socket
from pathlib import Path

from suite import ber, client

from .programs import PEOPLE, Failed, load
from .report import table

MIX = "eq eq1 and base compare bind sub3 sub5 submiss presub page suball".split()
MOST_PRIVATE, MOST_PER_CONNECTION = 64, 12
SPARE_DESCRIPTORS = 100


def estimate(chosen):
    return chosen.minute + chosen.idle / 2000 + 5


def kibibytes(process_id, field="Anonymous"):
    rollup = Path(f"/proc/{process_id}/smaps_rollup").read_text()
    return int(re.search(rf"^{field}:\s+(\d+) kB", rollup, re.MULTILINE).group(1))


def idle_connections(server, count):
    """So many connections that have bound and searched once, and now do nothing."""
    held = []
    bind = ber.sequence(ber.integer(1), ber.sequence(ber.integer(3), ber.octets(""), ber.octets("", 0x80), tag=0x60))
    search = ber.sequence(ber.integer(2), client.search_request(PEOPLE, 2, ("equal", "uid", b"u0000001")))
    for _ in range(count):
        made = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        for request in (bind, search):
            made.sendall(request)
            if not made.recv(65536):
                raise Failed(f"connection {len(held) + 1} was refused")
        held.append(made)
    return held


def measure(run, report):
    chosen, people = run.chosen, run.large
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1], ) * 2)
    count = min(chosen.idle, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE_DESCRIPTORS)
    with run.peopled(people) as server:
        process_id = server.process.pid
        started = kibibytes(process_id)
        for number, mode in enumerate(MIX):
            run.say(f"mixed load: {mode}, {number + 1} of {len(MIX)}")
            load(server, people, mode, chosen.minute / len(MIX), depth=4, connections=chosen.connections)
        served, resident = kibibytes(process_id), kibibytes(process_id, "Rss")
        run.say(f"opening {count:,} connections")
        held = idle_connections(server, count)
        connected = kibibytes(process_id)
        for each in held:
            each.close()
    report.at_most(f"private memory after {chosen.minute:g} s of mixed load on {people.count:,} people, MiB",
                   MOST_PRIVATE, [served / 1024], "{:.1f}")
    report.at_most(f"private memory of one of {count:,} idle connections, KiB", MOST_PER_CONNECTION,
                   [(connected - served) / count], "{:.2f}")
    rows = [["after the start", f"{started / 1024:.1f}"], ["after the mixed load", f"{served / 1024:.1f}"],
            [f"with {count:,} idle connections", f"{connected / 1024:.1f}"]]
    report.section("Private memory",
                   "`Anonymous` of /proc/PID/smaps_rollup: not the mapped index, which is page cache (resident with it "
                   f"after the load: {resident / 1024:,.0f} MiB), nor the kernel's socket buffers. Each of the idle "
                   "connections has bound and searched once.", table(["when", "MiB"], rows))
