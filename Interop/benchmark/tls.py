"""TLS: `eq` and full handshakes, peopled (OpenSSL) and slapd (Debian's, GnuTLS) by turns, with the same certificates."""

import contextlib
import statistics

from suite import certificates, servers

from .programs import load
from .report import quantity, ratios, spread, table

# (mode, depth, certificate, the least that peopled's rate is to be of slapd's)
ROWS = [("eq", 1, "ec", 2), ("eq", 16, "ec", 5), ("handshake", 1, "ec", 1), ("handshake", 1, "rsa", 1)]
KEYS = {"ec": certificates.ELLIPTIC, "rsa": ("rsa:2048", )}
WARM_UP = 0.3


class Secured:
    """A server's port for TLS, as the load generator is pointed at a server."""
    def __init__(self, server, port):
        self.process, self.port = server.process, port


def estimate(chosen):
    return len(ROWS) * 2 * (chosen.rounds * (chosen.seconds + 0.2) + WARM_UP) + 40


@contextlib.contextmanager
def certified():
    """The certificates by the kind of their keys, as paths."""
    authority = certificates.Authority()
    try:
        yield {kind: authority.issue(kind, key_type=key) for kind, key in KEYS.items()}
    finally:
        authority.remove()


class SecurePeopled(servers.Peopled):
    """peopled with a listener for each certificate."""
    def __init__(self, data, reactors, identities):
        super().__init__(data=data)
        self.ports = {kind: servers.free_port() for kind in identities}
        listeners = [f'{{ url: "{self.url}" }}']
        for kind, (certificate, key) in identities.items():
            url = f"ldaps://127.0.0.1:{self.ports[kind]}"
            listeners.append(f'{{ url: "{url}", certificate: "{certificate}", key: "{key}" }}')
        self.configuration = self.folder / "tls.json5"
        self.configuration.write_text(f"{{ listeners: [{', '.join(listeners)}], limits: {{ reactors: {reactors} }} }}\n")

    def start(self):
        self.options = ["--config", str(self.configuration)]
        return super().start(listens=False)

    def secured(self, kind):
        return Secured(self, self.ports[kind])


def secure_slapd(slapd, identity):
    """Has slapd, which knows one certificate, listen for TLS as well."""
    certificate, key = identity
    slapd.tls_port = servers.free_port()
    text = slapd.plain_configuration
    lines = f"threads 4\nTLSCertificateFile {certificate}\nTLSCertificateKeyFile {key}"
    slapd.configuration.write_text(text.replace("threads 4", lines, 1))
    slapd.url = f"ldap://127.0.0.1:{slapd.port} ldaps://127.0.0.1:{slapd.tls_port}"


def measure(run, report):
    found = {row: {"slapd": [], "peopled": []} for row in ROWS}
    slapd = run.slapd()
    slapd.plain_configuration = slapd.configuration.read_text()
    try:
        with certified() as identities, SecurePeopled(run.data(run.people), run.chosen.reactors, identities) as ours:
            for kind in KEYS:
                secure_slapd(slapd, identities[kind])
                slapd.start()
                rounds(run, kind, ours, slapd, found)
                slapd.stop()
    finally:
        slapd.__exit__()
    for row, measured in found.items():
        rates = {name: [each.rate for each in values] for name, values in measured.items()}
        report.at_least(f"{label(row)}: rate ÷ slapd's", row[3], ratios(rates["peopled"], rates["slapd"]))
    report.section("TLS, requests and full handshakes a second",
                   f"{run.people.count:,} people, {run.chosen.connections} connections, TLS 1.3 with AES-256-GCM; "
                   "certificates with a key on P-256 or of RSA with 2,048 bits.",
                   table(HEAD, [cells(row, measured) for row, measured in found.items()]))


def rounds(run, kind, ours, slapd, found):
    chosen = run.chosen
    for number in range(chosen.rounds + 1):
        run.say(f"{kind}, round {number} of {chosen.rounds}" if number else f"{kind}, warming up")
        for row in [row for row in ROWS if row[2] == kind]:
            for name, server in (("slapd", Secured(slapd, slapd.tls_port)), ("peopled", ours.secured(kind))):
                measured = load(server, run.people, row[0], chosen.seconds if number else WARM_UP, depth=row[1],
                                connections=chosen.connections, is_tls=True)
                if number:
                    found[row][name].append(measured)


def label(row):
    return f"`eq` over TLS, depth {row[1]}" if row[0] == "eq" else f"full handshakes, {row[2].upper()} key"


HEAD = ["what", "slapd /s", "peopled /s", "peopled ÷ slapd", "slapd CPU µs", "peopled CPU µs", "peopled p50, p99 µs"]


def cells(row, found):
    def middle(name, field):
        return quantity(statistics.median(getattr(each, field) for each in found[name]))

    ratio = spread(ratios([each.rate for each in found["peopled"]], [each.rate for each in found["slapd"]]))
    return [
        label(row), middle("slapd", "rate"), middle("peopled", "rate"), ratio, middle("slapd", "cpu"),
        middle("peopled", "cpu"), f"{middle('peopled', 'p50')}, {middle('peopled', 'p99')}"
    ]
