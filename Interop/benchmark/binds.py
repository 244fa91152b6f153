"""Simple binds a second by how the password is stored: the same password of one person in each scheme, hashed by peopled
itself with its default cost, verified each time, and remembered."""

import statistics

from suite import servers

from .programs import PEOPLE, Failed, People, load
from .report import quantity, table

# peopled's names of schemes; the costs are its defaults.
SCHEMES = ["SSHA", "SHA512-CRYPT", "BCRYPT", "YESCRYPT", "PBKDF2-SHA256", "ARGON2", "SCRAM-SHA-256"]
PASSWORD = "secret0000000"  # as the load generator has it of the first person


def estimate(chosen):
    return (len(SCHEMES) + 2) * (chosen.rounds * (chosen.seconds + 0.2) + 3)


def hashed(scheme):
    made = servers.run_peopled("password", "hash", "--scheme", scheme, input=PASSWORD.encode() + b"\n")
    if made.returncode != 0:
        return None
    return made.stdout.decode().strip()


def served(run, stored, cache):
    """A server of one person with one stored password."""
    run.copies += 1
    ldif = run.folder / f"binds-{run.copies}.ldif"
    suffix = PEOPLE.split(",", 1)[1]
    ldif.write_text(f"dn: {suffix}\nobjectClass: domain\ndc: example\n\n"
                    f"dn: {PEOPLE}\nobjectClass: organizationalUnit\nou: People\n\n"
                    f"dn: uid=u0000000,{PEOPLE}\nobjectClass: inetOrgPerson\nuid: u0000000\ncn: u\nsn: u\n"
                    f"entryUUID: 00000000-0000-4000-8000-000000000000\nuserPassword: {stored}\n")
    configuration = run.folder / f"binds-{run.copies}.json5"
    configuration.write_text(
        f"{{ limits: {{ reactors: {run.chosen.reactors} }}, binds: {{ cache: {cache} }} }}\n")
    return servers.Peopled(ldif, options=["--config", str(configuration)])


def rates(run, server):
    """As many binds a round as the first few say to be done in its time; some schemes verify a handful a second."""
    def binds(requests):
        return load(server, People(1), "bindpw", 0, requests=requests, connections=run.chosen.connections)

    first = binds(run.chosen.connections)
    requests = max(run.chosen.connections, round(first.rate * run.chosen.seconds))
    return [binds(requests) for _ in range(run.chosen.rounds)]


def measure(run, report):
    rows = []
    for scheme in SCHEMES:
        stored = hashed(scheme)
        if stored is None:
            run.say(f"{scheme}: not here")
            continue
        run.say(scheme)
        with served(run, stored, cache=0) as server:
            rows.append(row(f"{scheme} {shown(stored)}".strip(), rates(run, server)))
    run.say("remembered")
    with served(run, hashed("YESCRYPT"), cache=60) as server:
        rows.append(row("YESCRYPT, remembered", rates(run, server)))
    if not rows:
        raise Failed("no scheme could be measured")
    report.section("Simple binds a second",
                   f"One person, {run.chosen.connections} connections; two threads verify what takes longer than 20 µs.",
                   table(["stored as", "binds /s", "CPU µs a bind", "p50, p99 µs"], rows))


def shown(stored):
    """A hash's parameters, without salt and hash."""
    if "$" not in stored:
        return ""
    if stored.startswith("{CRYPT}"):
        return "$".join(stored.split("$")[1:3])
    return stored.split("$")[0].split("}")[1].split(":")[0]


def row(label, measured):
    def middle(field):
        return quantity(statistics.median(getattr(each, field) for each in measured))

    return [label, middle("rate"), middle("cpu"), f"{middle('p50')}, {middle('p99')}"]
