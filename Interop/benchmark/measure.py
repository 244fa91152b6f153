"""Loads the same people into peopled and slapd, asks both and the floor by turns, and prints what was measured.

The load generator takes one core of what may be two, so rates depend on the machine: read the ratios, which are medians
over rounds of neighbouring measurements, and the server's own CPU time a request. Absolute numbers do not travel.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from suite import servers

HERE = Path(__file__).parent
PROGRAMS = servers.WORKSPACE / "benchmark"
MODES = "eq eq1 and base compare bind bindpw sub3 sub5 submiss suball presub page".split()
FLOOR_MODES = {"eq", "base", "compare", "bind"}
INDEXES = [
    "objectClass eq,pres", "uid,mail,employeeNumber,eduPersonPrincipalName,eduPersonUniqueId eq,pres,sub",
    "cn,sn,givenName,displayName,title eq,pres,sub"
]
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process_id):
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mebibytes(process_id):
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process_id}/status").read_text())
    return int(found.group(1)) // 1024


class Floor:
    def __enter__(self):
        self.port = servers.free_port()
        self.process = subprocess.Popen([PROGRAMS / "floor", str(self.port)])
        time.sleep(0.2)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def load(server, mode, depth, chosen):
    """One measurement: (requests a second, entries a second, server CPU microseconds a request)."""
    command = [
        PROGRAMS / "load", "-p", server.port, "-c", chosen.connections, "-d", depth, "-t", chosen.seconds, "-n",
        chosen.people, *(["-x"] if isinstance(server, Floor) else []), mode
    ]
    before = cpu_seconds(server.process.pid)
    ended = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    used = cpu_seconds(server.process.pid) - before
    found = dict(word.split("=") for word in ended.stdout.split())
    if ended.returncode != 0 or not found:
        sys.exit(f"{mode} against {type(server).__name__}: {ended.stdout}{ended.stderr}")
    requests = int(found["requests"])
    return float(found["rate"]), int(found["entries"]) / float(found["seconds"]), used / requests * 1e6


def spread(values, digits=2):
    middle = f"{statistics.median(values):.{digits}f}"
    return f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})" if len(values) > 1 else middle


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def row(mode, depth, rounds):
    """One line of the table from what the rounds measured: [{server name: (rate, entries, cpu)}]."""
    def rates(name):
        return [measured[name][0] for measured in rounds]

    has_floor = "floor" in rounds[0]
    cells = [
        mode,
        str(depth),
        number(statistics.median(rates("floor"))) if has_floor else "",
        number(statistics.median(rates("slapd"))),
        number(statistics.median(rates("peopled"))),
        spread([a / b for a, b in zip(rates("peopled"), rates("slapd"))])
    ]
    cells.append(spread([a / b for a, b in zip(rates("peopled"), rates("floor"))]) if has_floor else "")
    cells += [number(statistics.median([measured[name][2] for measured in rounds])) for name in ("slapd", "peopled")]
    return "| " + " | ".join(cells) + " |"


def generate(people):
    """The LDIF of that many people with passwords, made once."""
    path = PROGRAMS / f"people-{people}.ldif"
    if not path.exists():
        with open(path.with_suffix(".new"), "wb") as out:
            subprocess.run([sys.executable, HERE / "generate-people.py",
                            str(people), "--passwords"],
                           stdout=out,
                           check=True)
        path.with_suffix(".new").rename(path)
    return path


def timed(work):
    started = time.monotonic()
    made = work()
    return made, time.monotonic() - started


def size_of(folder):
    return sum(os.stat(path).st_blocks * 512 for path in Path(folder).rglob("*") if path.is_file()) / 1e6


def main():
    parser = argparse.ArgumentParser(prog="Interop/benchmark/run", description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--depths",
                        default="1,16",
                        help="requests outstanding on a connection (1,16); only eq takes more than the first")
    parser.add_argument("--modes", default=",".join(MODES), help="see the head of load.c")
    parser.add_argument("--imports-only", action="store_true", help="measure nothing but the imports")
    chosen = parser.parse_args()
    depths = [int(word) for word in chosen.depths.split(",")]
    ldif = generate(chosen.people)
    print(
        f"{chosen.people:,} people, {ldif.stat().st_size / 1e6:.0f} MB of LDIF; {chosen.connections} connections; "
        f"{chosen.rounds} rounds of {chosen.seconds:g} s; {os.cpu_count()} cores\n",
        flush=True)
    ours, our_time = timed(lambda: servers.Peopled(ldif))
    slapd, slapd_time = timed(lambda: servers.Slapd(ldif, indexes=INDEXES, quick=True))
    print(
        f"import: peopled {our_time:.2f} s, {size_of(ours.data):.0f} MB; slapadd -q {slapd_time:.1f} s, "
        f"{size_of(slapd.folder / 'db'):.0f} MB\n",
        flush=True)
    if chosen.imports_only:
        for server in (ours, slapd):
            shutil.rmtree(server.folder)
        return
    with ours, slapd, Floor() as floor:
        print(
            "| mode | depth | floor /s | slapd /s | peopled /s | peopled ÷ slapd | peopled ÷ floor | slapd CPU µs "
            "| peopled CPU µs |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        for mode in chosen.modes.split(","):
            for depth in depths if mode == "eq" else depths[:1]:
                contenders = {"slapd": slapd, "peopled": ours, **({"floor": floor} if mode in FLOOR_MODES else {})}
                rounds = [{name: load(server, mode, depth, chosen)
                           for name, server in contenders.items()} for _ in range(chosen.rounds)]
                print(row(mode, depth, rounds), flush=True)
        print(f"\nresident memory after it: peopled {resident_mebibytes(ours.process.pid)} MiB "
              f"(the index is mapped and counts here), slapd {resident_mebibytes(slapd.process.pid)} MiB")


if __name__ == "__main__":
    main()
