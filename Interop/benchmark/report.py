"""The document that a run prints: targets with what was measured beside them, then the figures behind them."""

import datetime
import os
import platform
import re
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

from suite import servers


def spread(values, form="{:.2f}"):
    """The median, and the lowest and highest where there are several: 0.93 (0.90–0.95)."""
    texts = [form.format(value) for value in (statistics.median(values), min(values), max(values))]
    return f"{texts[0]} ({texts[1]}–{texts[2]})" if len(values) > 1 else texts[0]


def quantity(value):
    """A rate or a time in as many digits as mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ratios(ours, theirs):
    """Those of neighbouring measurements, one after the other."""
    return [a / b for a, b in zip(ours, theirs)]


@dataclass
class Target:
    """One row of the first table. `limit` is what the median has to reach, or not to exceed."""

    what: str
    limit: float
    values: list
    is_at_least: bool
    form: str

    @property
    def is_met(self):
        middle = statistics.median(self.values)
        return middle >= self.limit if self.is_at_least else middle <= self.limit

    def row(self):
        sign = "≥" if self.is_at_least else "≤"
        cells = [self.what, f"{sign} {self.form.format(self.limit)}", spread(self.values, self.form)]
        return cells + ["yes" if self.is_met else "**no**"]


class Report:
    def __init__(self, title):
        self.title = title
        self.notes = []
        self.targets = []
        self.sections = []
        self.failures = []

    def at_least(self, what, limit, values, form="{:.2f}"):
        self.targets.append(Target(what, limit, values, True, form))

    def at_most(self, what, limit, values, form="{:.2f}"):
        self.targets.append(Target(what, limit, values, False, form))

    def note(self, text):
        """A paragraph above the first table."""
        self.notes.append(text)

    def section(self, title, *parts):
        """Paragraphs and tables under a heading of their own."""
        self.sections.append((title, parts))

    def failed(self, name, reason):
        self.failures.append(f"**{name} could not be measured**: {reason}")

    def text(self):
        met = sum(target.is_met for target in self.targets)
        parts = [f"## {self.title}", *self.notes, *self.failures]
        if self.targets:
            parts.append(f"{met} of {len(self.targets)} targets met; medians (lowest–highest) of the rounds.")
            parts.append(table(["what", "target", "measured", "met"], [target.row() for target in self.targets]))
        for title, content in self.sections:
            parts += [f"### {title}", *content]
        return "\n\n".join(parts) + "\n"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


# The machine and the versions


def output(*command):
    try:
        ended = subprocess.run(command, capture_output=True, text=True, env=servers.slapd_environment(), timeout=30)
    except OSError:
        return ""
    return ended.stdout + ended.stderr


def first(pattern, text, fallback="unknown"):
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1).strip() if found else fallback


def commit():
    git = ["git", "-C", str(servers.REPOSITORY)]
    name = output(*git, "rev-parse", "--short", "HEAD").strip() or "unknown"
    return name + (" with uncommitted changes" if output(*git, "status", "--porcelain", "-uno").strip() else "")


def machine():
    processors = Path("/proc/cpuinfo").read_text()
    memory = int(first(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text(), "0"))
    kind = "a virtual machine" if re.search(r"^flags.*\bhypervisor\b", processors, re.MULTILINE) else "a machine"
    model = first(r"^model name\s*:(.*)", processors, platform.machine())
    system = first(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text())
    return f"{os.cpu_count()} cores of {kind} ({model}, {memory / 2**20:.0f} GiB), Linux {platform.release()}, {system}"


def versions():
    swift = first(r"Swift version (\S+)", output("swift", "--version"))
    slapd = first(r"slapd ([\d.]+)", output(servers.slapd_program(), "-VV"))
    return f"Swift {swift}, slapd {slapd}"


def title():
    return f"{datetime.date.today().isoformat()}, commit {commit()}"
