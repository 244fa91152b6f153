"""The differential test: one campus in two servers, the same operations sent to both, every answer compared.

    Interop/differential                                     3,000 searches of 250 people, of a new seed
    Interop/differential --people 100000 --count 1000        of a large directory: some half an hour
    Interop/differential --seed 4711 --show 50               a run again, with more of what differs

The data and the searches vary with the seed, which is printed. Ends with status 0 when at least 99 % of the answers
agree and every difference is of a kind that Interop/README.md explains.
"""

import argparse
import collections
import itertools
import random
import shutil
import sys
import time
import zlib
from dataclasses import dataclass, field
from urllib.parse import unquote

from . import campus, client, differences, searches, servers
from .names import canonical_dn, split

NAME_SYNTAX = {name.lower() for name in campus.NAMES} | {"entrydn", "subschemasubentry", "memberof", "roleoccupant"}

# peopled computes these for every entry that has them; slapd knows no numSubordinates, and has memberOf only by an
# overlay, with which test_differential.py compares it.
NOT_COMPARED = {"numSubordinates", "memberOf"}

# In a larger answer all names are compared, and the attributes of this many entries or a few more.
WHOLE_ANSWER = 2000
# So long may one answer take: slapd has no indexes here, so that it reads the whole of a large directory each time.
TIMEOUT = 600
# After so many pages the next ones are ten times as large: the pages of a large directory would never end.
PAGES_OF_A_SIZE = 20
PROGRESS_INTERVAL = 20


@dataclass
class Answer:
    """What of an answer is compared: everything but diagnostics and order."""

    code: int
    matched: object = None
    # canonical DN -> {attribute as returned: sorted values}, or None where these are not looked at
    entries: dict = field(default_factory=dict)
    references: list = field(default_factory=list)
    repeated: list = field(default_factory=list)  # DNs returned more than once
    referrals: list = field(default_factory=list)


def canonical_values(name, values):
    if name.split(";")[0].lower() in NAME_SYNTAX:
        return sorted(repr(canonical_dn(value.decode(errors="replace"))) for value in values)
    return sorted(values)


def canonical_url(url):
    """An LDAP URL (RFC 4516) with its name in canonical form, in parts."""
    parts = url.split("/", 3)
    name, _, rest = (parts[3] if len(parts) > 3 else "").partition("?")
    return "/".join(parts[:3]), canonical_dn(unquote(name)), rest


def canonical_urls(urls):
    return sorted(map(canonical_url, urls), key=str)


def to_answer(result, wanted=None):
    """What a result comes to; of a large one, the attributes of some of its entries, or of those wanted."""
    stride = max(1, len(result.entries) // WHOLE_ANSWER)
    answer = Answer(result.code,
                    canonical_dn(result.matched),
                    references=sorted(map(canonical_urls, result.references), key=str),
                    referrals=canonical_urls(result.referrals))
    for dn, attributes in result.entries:
        key = canonical_dn(dn)
        if key in answer.entries:
            answer.repeated.append(dn)
        if wanted is None:
            is_compared = stride == 1 or zlib.crc32(repr(key).encode()) % stride == 0
        else:
            is_compared = key in wanted
        answer.entries[key] = canonical_attributes(attributes) if is_compared else None
    return answer


def canonical_attributes(encoded):
    return {
        name: canonical_values(name, values)
        for name, values in client.parse_attributes(encoded).items() if name not in NOT_COMPARED
    }


def ask(connection, operation, wanted=None):
    if isinstance(operation, searches.Compare):
        answer = to_answer(connection.compare(operation.dn, operation.attribute, operation.value))
        # A URL without a name stands for the name asked for (RFC 4511 section 4.1.10); slapd leaves it out of compares.
        asked, absent = canonical_dn(operation.dn), ()
        answer.referrals = sorted(
            ((url[0], absent, url[2]) if url[1] in (asked, absent) else url for url in answer.referrals), key=str)
        return answer
    controls = [client.control(client.MANAGE_DSA_IT)] if operation.manage_dsa_it else []
    options = {
        "deref": operation.deref, "size_limit": operation.size_limit, "types_only": operation.types_only,
        "parse": client.split_entry
    }
    if not operation.page_size:
        return to_answer(
            connection.search(operation.base,
                              operation.scope,
                              operation.filter,
                              operation.attributes,
                              controls=controls,
                              **options), wanted)
    return to_answer(paged(connection, operation, controls, options), wanted)


def paged(connection, operation, controls, options):
    """All pages together; a page larger than asked for shows as a result code of its own."""
    cookie, entries, references, size = b"", [], [], operation.page_size
    for page in itertools.count(1):
        result = connection.search(operation.base,
                                   operation.scope,
                                   operation.filter,
                                   operation.attributes,
                                   controls=[*controls, client.paged_control(size, cookie)],
                                   **options)
        if len(result.entries) > size:
            result.code = -1
        size *= 10 if page % PAGES_OF_A_SIZE == 0 else 1
        entries, references = entries + result.entries, references + result.references
        cookie = client.page_cookie(result)
        if result.code != 0 or not cookie:
            result.entries, result.references = entries, references
            return result


def limited_difference(ours, theirs, operation, connections):
    """Where a size limit cut both answers short, which entries came is free: they must be among those there are."""
    if not (operation.size_limit and ours.code == theirs.code == 4):
        return False
    if len(ours.entries) != len(theirs.entries):
        return True
    unlimited = searches.Search(**{**vars(operation), "size_limit": 0})
    everything = ask(connections[1], unlimited, wanted={*ours.entries, *theirs.entries}).entries
    return any(everything.get(dn) != attributes for dn, attributes in [*ours.entries.items(), *theirs.entries.items()])


def differs(ours, theirs, operation, connections):
    if ours == theirs:
        return False
    if isinstance(operation, searches.Search) and operation.size_limit and ours.code == theirs.code == 4:
        return limited_difference(ours, theirs, operation, connections)
    return True


def describe(ours, theirs):
    """What differs, in a few lines."""
    lines = []
    for name in ("code", "matched", "references", "referrals", "repeated"):
        if getattr(ours, name) != getattr(theirs, name):
            lines.append(f"  {name}: ours {getattr(ours, name)!r}, slapd's {getattr(theirs, name)!r}")
    only_ours, only_theirs = set(ours.entries) - set(theirs.entries), set(theirs.entries) - set(ours.entries)
    for title, found in (("only ours", only_ours), ("only slapd's", only_theirs)):
        if found:
            lines.append(f"  {title} ({len(found)}): " + "; ".join(map(str, sorted(found, key=str)[:3])))
    both = {dn for dn in ours.entries if ours.entries[dn] is not None and theirs.entries.get(dn) is not None}
    changed = [dn for dn in both if ours.entries[dn] != theirs.entries[dn]]
    for dn in sorted(changed, key=str)[:2]:
        a, b = ours.entries[dn], theirs.entries[dn]
        for name in sorted(set(a) | set(b)):
            if a.get(name) != b.get(name):
                lines.append(f"  {dn} {name}: ours {str(a.get(name))[:200]}, slapd's {str(b.get(name))[:200]}")
    return "\n".join(lines)


@dataclass
class Outcome:
    seed: int
    asked: int = 0
    by_kind: collections.Counter = field(default_factory=collections.Counter)
    unexplained: list = field(default_factory=list)  # (operation, description)

    @property
    def differing(self):
        return sum(self.by_kind.values())

    @property
    def agreement(self):
        return 1 - self.differing / max(self.asked, 1)

    def summary(self):
        lines = [f"seed {self.seed}: {self.asked} operations, {self.agreement:.2%} agree, {self.differing} differ"]
        return "\n".join(lines + [f"  {count:5d}  {kind}" for kind, count in self.by_kind.most_common()])


def run(ours, theirs, made, count, show=0, url=""):
    """Asks both servers everything; each argument is a server that runs."""
    outcome = Outcome(made.seed)
    connections = [client.Connection(server.port, timeout=TIMEOUT) for server in (ours, theirs)]
    started = told = time.monotonic()
    for operation in searches.Generator(made.seed, made).operations(count):
        outcome.asked += 1
        try:
            answers = [ask(connection, operation) for connection in connections]
        except client.Disconnected as lost:
            lost.add_note(f"seed {made.seed}, operation {outcome.asked}: {operation.command(ours.url)}")
            for server in (ours, theirs):
                told = server.log_text()[-2000:] if hasattr(server, "log_text") else ""
                lost.add_note(f"{type(server).__name__}: status {server.process.poll()} {told}")
            raise
        if differs(*answers, operation, connections):
            kind = differences.explain(operation, *answers, made) or "unexplained"
            outcome.by_kind[kind] += 1
            if kind == "unexplained":
                outcome.unexplained.append((operation, describe(*answers)))
                if len(outcome.unexplained) <= show:
                    print(operation.command(url or ours.url), describe(*answers), sep="\n", flush=True)
        if time.monotonic() - told > PROGRESS_INTERVAL:
            told = time.monotonic()
            print(f"{outcome.asked} operations, {told - started:.0f} s", file=sys.stderr, flush=True)
    for connection in connections:
        connection.close()
    return outcome


BATCHES = 6


def altered(entry, random_):
    """The entry as it was before a change: without some attributes, and with a value that it has no more."""
    named = {pair.split("=")[0].strip().lower() for pair in split(split(entry.dn, ",")[0], "+")}
    kept = [(name, value) for name, value in entry.attributes if name.lower() in named
            | {"objectclass", "cn", "sn", "member", "aliasedobjectname", "ref"} or random_.random() < 0.7]
    return campus.Entry(entry.dn, kept + [("description", b"Not here any more")], entry.kind)


def change(dn, kind, attributes=()):
    """One change record (RFC 2849)."""
    return campus.ldif_entry(campus.Entry(dn, [("changetype", kind.encode()), *attributes]))


def through_changes(made, folder):
    """A first state as LDIF, and batches of change records that make the campus of it: many small segments, entries
    added, replaced and deleted."""
    random_ = random.Random(f"changes {made.seed}")
    start, batches = [], [[] for _ in range(BATCHES)]
    for entry in made.entries:
        fate = 1 if entry.kind == "container" else random_.random()
        batch = random_.choice(batches)
        if fate < 0.5:
            batch.append(change(entry.dn, "add", entry.attributes))
        if 0.3 <= fate < 0.5:
            batch[-1] = change(entry.dn, "delete") + "\n" + batch[-1]
            start.append(altered(entry, random_))
        elif fate >= 0.5:
            start.append(entry)
    for number in range(20):
        dn = f"uid=gone{number},{campus.PEOPLE}"
        start.append(
            campus.Entry(dn, [("objectClass", b"account"), ("uid", f"gone{number}".encode()),
                              ("description", b"research")]))
        random_.choice(batches).append(change(dn, "delete"))
    first = folder / "start.ldif"
    first.write_text("\n".join(map(campus.ldif_entry, start)))
    paths = []
    for number, batch in enumerate(batches):
        paths.append(folder / f"changes{number}.ldif")
        paths[-1].write_text("\n".join(batch))
    return first, paths


def compare_after_changes(seed, count, people=250, show=0):
    """The same, where peopled comes to hold the campus by change records, the last of them while it serves."""
    made = campus.make(seed, people)
    folder = servers.temporary_folder("differential")
    ldif = folder / "campus.ldif"
    ldif.write_text(made.ldif())
    try:
        first, changes = through_changes(made, folder)
        peopled = servers.Peopled(first)
        for path in changes[:-1]:
            apply(peopled, path)
        with servers.Slapd(ldif) as slapd, peopled:
            apply(peopled, changes[-1])
            time.sleep(1)
            return run(peopled, slapd, made, count, show)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def apply(peopled, path):
    applied = servers.run_peopled("apply", "--data", peopled.data, path)
    if applied.returncode != 0:
        raise servers.ServerFailed("peopled apply: " + applied.stderr.decode(errors="replace"))


def compare_servers(seed, count, people=250, against="slapd", show=0):
    """Builds the campus of a seed, loads both servers and runs the comparison."""
    made = campus.make(seed, people)
    folder = servers.temporary_folder("differential")
    ldif = folder / "campus.ldif"
    ldif.write_text(made.ldif())
    try:
        with servers.Slapd(ldif) as slapd:
            if against == "itself":
                # The generator's own check: a second slapd that holds what the first one exports.
                copy = folder / "slapcat.ldif"
                copy.write_bytes(slapd.export())
                with servers.Slapd(copy) as other:
                    return run(other, slapd, made, count, show)
            with servers.Peopled(ldif) as peopled:
                return run(peopled, slapd, made, count, show)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(prog="Interop/differential",
                                     description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="of data and searches; a random one is printed without it")
    parser.add_argument("--count", type=int, default=3000, help="searches (3000)")
    parser.add_argument("--people", type=int, default=250, help="people in the campus (250)")
    parser.add_argument("--against",
                        choices=("slapd", "itself"),
                        default="slapd",
                        help="itself: slapd with a second slapd")
    parser.add_argument("--through-changes", action="store_true", help="load half of it by peopled apply, in batches")
    parser.add_argument("--show", type=int, default=20, help="how many unexplained differences to print (20)")
    chosen = parser.parse_args()
    seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(10 ** 9)
    print(f"seed {seed}", flush=True)
    if chosen.through_changes:
        outcome = compare_after_changes(seed, chosen.count, chosen.people, chosen.show)
    else:
        outcome = compare_servers(seed, chosen.count, chosen.people, chosen.against, chosen.show)
    print(outcome.summary())
    sys.exit(0 if outcome.agreement >= 0.99 and not outcome.unexplained else 1)


if __name__ == "__main__":
    main()
