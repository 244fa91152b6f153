"""Limits and counters of the real binary: by OpenLDAP's tools, python-ldap, and beside a slapd with the same limits."""

import contextlib
import resource
import shutil
import socket
import statistics
import time
import unittest

from . import abuse, ber, client, fixtures, servers
from .fixtures import PEOPLE, SUFFIX, run_tool, search

EVERYBODY = ("present", "objectClass")
SOMEBODY = f"uid=ssha512,{PEOPLE}"
SPARE_DESCRIPTORS = 200


@contextlib.contextmanager
def configured(text):
    """A server with a configuration, serving ldif/people.ldif."""
    folder = servers.temporary_folder("limits")
    try:
        (folder / "peopled.json5").write_text(text)
        with servers.Peopled(fixtures.PEOPLE_LDIF, options=["--config", folder / "peopled.json5"]) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def refusals(server, name):
    return abuse.counters(server.port)[f"cn={name},cn=Refusals,cn=Monitor"]


class BesideSlapd(unittest.TestCase):
    """The same limits for both, and the same answers."""
    def answers(self, port, asked):
        with client.Connection(port) as connection:
            found = [connection.search(SUFFIX, 2, EVERYBODY, ["1.1"], size_limit=size) for size in asked]
        return [(each.code, len(each.entries)) for each in found]

    @contextlib.contextmanager
    def both(self, ours, theirs):
        class Limited(servers.Slapd):
            def configuration_text(self, *given):
                text = super().configuration_text(*given).replace("sizelimit size.prtotal=unlimited\n", "")
                return text.replace("sizelimit unlimited\n", f"sizelimit {theirs}\n")

        with configured(f"{{ limits: {{ size: {ours} }} }}") as peopled, Limited(fixtures.PEOPLE_LDIF) as slapd:
            yield peopled, slapd

    def compare(self, ours, theirs, asked=(0, 1, 5, 10, 11, 2**31 - 1)):
        with self.both(ours, theirs) as (peopled, slapd):
            expected = self.answers(slapd.port, asked)
            self.assertEqual(self.answers(peopled.port, asked), expected)
        return expected

    def test_one_size_for_all(self):
        found = self.compare("10", "10")
        self.assertEqual(found[0], (4, 10))

    def test_soft_and_hard_sizes(self):
        found = self.compare("{ soft: 5, hard: 10 }", "size.soft=5 size.hard=10")
        self.assertEqual([found[0], found[4]], [(4, 5), (4, 10)])

    def test_soft_alone_with_no_hard_limit(self):
        self.compare("{ soft: 5, hard: 0 }", "size.soft=5 size.hard=unlimited", (0, 1, 11))

    def test_pages_end_at_the_hard_limit(self):
        def pages(port):
            with client.Connection(port) as connection:
                return [(found.code, len(found.entries), count)
                        for found, count in (connection.paged(size, SUFFIX, 2, EVERYBODY, ["1.1"]) for size in (4, 6, 50))]

        with self.both("{ soft: 5, hard: 10 }", "size.soft=5 size.hard=10 size.prtotal=hard") as (peopled, slapd):
            self.assertEqual(pages(peopled.port), pages(slapd.port))

    def test_entries_looked_at(self):
        """slapd counts before it begins, peopled as it goes: both end with adminLimitExceeded (11)."""
        with self.both("0, examined: 20", "unlimited size.unchecked=20") as (peopled, slapd):
            self.assertEqual(self.answers(slapd.port, (0, 10)), [(11, 0), (11, 0)])
            self.assertEqual(self.answers(peopled.port, (0, 10)), [(11, 20), (4, 10)])


class Rules(unittest.TestCase):
    CONFIGURATION = f"""{{ limits: {{ size: 7, rules: [
        {{ who: {{ dn: "UID = ssha512, {PEOPLE}" }}, size: 0 }},
        {{ who: {{ listeners: ["ldap://nowhere"] }}, size: 1 }},
        {{ who: "authenticated", size: {{ soft: 3, hard: 30 }} }},
        {{ who: {{ identity: "anonymous", addresses: ["127.0.0.0/8"] }}, examined: 50, size: 100 }} ] }},
        listeners: [{{ url: "ldap://nowhere" }}] }}"""

    def test_who_asks_decides(self):
        # --listen takes the place of the listeners that the rules name: the one there is has another name.
        text = self.CONFIGURATION.replace("ldap://nowhere", "URL")
        with self.assertRaises(servers.ServerFailed) as refused, configured(text):
            pass
        self.assertIn("there is no listener URL", str(refused.exception))

    def test_dn_authenticated_and_address(self):
        lines = self.CONFIGURATION.splitlines()
        text = "\n".join(line for line in lines if "nowhere" not in line)
        text = text.rstrip().rstrip(",") + " }"
        with configured(text) as server:
            with client.Connection(server.port) as connection:

                def found(**options):
                    result = connection.search(SUFFIX, 2, EVERYBODY, ["1.1"], **options)
                    return result.code, len(result.entries)

                self.assertEqual(found(), (11, 50), "anonymous, from here: so many entries looked at")
                self.assertEqual(found(size_limit=20), (4, 20))
                self.assertEqual(connection.bind(SOMEBODY, "ssha512-demo").code, 0)
                self.assertEqual(found()[0], 0, "the first rule counts")
                self.assertEqual(connection.bind(f"uid=clear,{PEOPLE}", "clear-demo").code, 0)
                self.assertEqual([found(), found(size_limit=30), found(size_limit=31)], [(4, 3), (4, 30), (4, 30)])
            status, entries, error = search(server.url, "-z", "0", "(objectClass=*)", "1.1")
            self.assertEqual((status, len(entries)), (11, 50), error)
            self.assertIn("Administrative limit exceeded", error)
            self.assertGreaterEqual(refusals(server, "Examined"), 2)
            self.assertIn("reason=Examined", server.log_text())


class Connections(unittest.TestCase):
    def test_an_address_has_so_many(self):
        with configured("{ limits: { connectionsOfAddress: 20 } }") as server:
            held = [client.Connection(server.port) for _ in range(20)]
            for each in held:
                self.assertEqual(each.extended(client.WHO_AM_I).code, 0)
            refused = client.Connection(server.port)
            self.assertEqual(refused.receive()[0], 0, "a notice of disconnection")
            with self.assertRaises(client.Disconnected):
                refused.receive()
            held.pop().close()
            time.sleep(0.5)
            with client.Connection(server.port) as again:
                self.assertEqual(again.extended(client.WHO_AM_I).code, 0)
            for each in held[:10]:
                each.close()
            time.sleep(0.5)
            self.assertEqual(refusals(server, "Connections of Address"), 1)
            self.assertIn("connections", server.log_text())

    def test_deadlines(self):
        with configured("{ limits: { message: 1, idle: 2, write: 1 } }") as server:
            slow, silent, deaf = (socket.create_connection(("127.0.0.1", server.port)) for _ in range(3))
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            request = ber.sequence(ber.integer(1), client.search_request(SUFFIX, 2, EVERYBODY))
            deaf.settimeout(0.5)
            with contextlib.suppress(OSError):
                for _ in range(2_000):
                    deaf.sendall(request)
            slow.settimeout(5)
            begun = time.monotonic()
            with contextlib.suppress(OSError):
                for octet in request * 10:
                    slow.sendall(bytes((octet, )))
                    slow.settimeout(0.1)
                    with contextlib.suppress(TimeoutError):
                        if slow.recv(1000):
                            break
            self.assertLess(time.monotonic() - begun, 4, "one octet after the other does not put it off")
            silent.settimeout(5)
            self.assertEqual(silent.recv(1), b"")
            for name in ("Message Deadline", "Idle", "Write Deadline"):
                self.assertGreaterEqual(refusals(server, name), 1, name)
            for each in (slow, silent, deaf):
                each.close()

    def test_five_thousand_idle_connections_leave_a_search_alone(self):
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
        count = min(10_000, limits[1] - SPARE_DESCRIPTORS)
        with configured("{ limits: { connectionsOfAddress: 0 } }") as server, contextlib.ExitStack() as held:
            held.callback(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
            asking = held.enter_context(client.Connection(server.port))

            def median():
                times = []
                for _ in range(300):
                    before = time.perf_counter()
                    self.assertEqual(len(asking.search(PEOPLE, 2, ("equal", "uid", b"ssha512")).entries), 1)
                    times.append(time.perf_counter() - before)
                return statistics.median(times)

            alone = median()
            private, _ = abuse.private_memory(server.process.pid)
            for _ in range(count):
                held.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=20))
            deadline = time.monotonic() + 20
            while abuse.counters(server.port)["cn=Current,cn=Connections,cn=Monitor"] < count:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.1)
            among, after = median(), abuse.private_memory(server.process.pid)[0]
            print(f"{count} idle connections: a search takes {among * 1e6:.0f} us, {alone * 1e6:.0f} us without them; "
                  f"{(after - private) / count:.2f} KiB each")
            self.assertGreaterEqual(count, 5_000 if limits[1] >= 5_000 + SPARE_DESCRIPTORS else 0)
            self.assertLess(among, 4 * alone + 0.001)
            self.assertLess((after - private) / count, 12)


class Rates(unittest.TestCase):
    def test_who_is_too_fast_is_answered_later(self):
        with configured("{ limits: { requestsPerSecond: { connection: 50 } } }") as server:
            with client.Connection(server.port) as connection:
                request = client.search_request(PEOPLE, 2, ("equal", "uid", b"ssha512"), ["uid"])
                begun = time.monotonic()
                for _ in range(150):
                    connection.send(request)
                codes = [connection.search_result().code for _ in range(150)]
                self.assertEqual(set(codes), {0})
                self.assertGreater(time.monotonic() - begun, 1.5)
            self.assertGreater(refusals(server, "Held for Rate"), 0)


class Monitor(unittest.TestCase):
    def test_as_tools_read_it(self):
        with configured("{}") as server:
            self.assertEqual(search(server.url)[0], 0)
            status, out, error = run_tool("ldapsearch", "-x", "-LLL", "-H", server.url, "-b", "", "-s", "base", "monitorContext")
            self.assertIn("monitorContext: cn=Monitor", out)
            status, entries, error = search(server.url, "(objectClass=monitorOperation)", "+", base="cn=Operations,cn=Monitor")
            self.assertEqual(status, 0, error)
            found = {dn.split(",")[0]: attributes for dn, attributes in entries}
            self.assertEqual(found["cn=Search"]["monitorOpCompleted"], [b"2"])
            self.assertEqual(found["cn=Search"]["monitorOpInitiated"], [b"3"], "the one that asks is under way")
            self.assertEqual(set(found) - {"cn=Operations"},
                             {f"cn={name}" for name in "Bind Unbind Search Compare Modify Modrdn Add Delete Abandon Extended".split()})
            status, entries, _ = search(server.url, "(objectClass=monitorCounterObject)", "+", base="cn=Statistics,cn=Monitor")
            self.assertEqual((status, len(entries)), (0, 5))
            status, _, _ = run_tool("ldapcompare", "-x", "-H", server.url, "cn=Monitor", "objectClass:monitorServer")
            self.assertEqual(status, 6)

    def test_by_python_ldap(self):
        import ldap
        with configured("{}") as server:
            connection = ldap.initialize(server.url)
            names = connection.search_s("cn=Monitor", ldap.SCOPE_ONELEVEL, "(cn=*)", ["cn"])
            self.assertIn("cn=Refusals,cn=Monitor", [dn for dn, _ in names])
            (_, connections), = connection.search_s("cn=Current,cn=Connections,cn=Monitor", ldap.SCOPE_BASE,
                                                    "(objectClass=*)", ["monitorCounter"])
            self.assertEqual(connections, {"monitorCounter": [b"1"]})
            connection.unbind_s()

    def test_is_there_for_readers_only(self):
        with configured('{ monitor: { readers: [{ dn: "cn=nobody,dc=example,dc=edu" }] } }') as server:
            self.assertEqual(search(server.url, base="cn=Monitor")[0], 32)


class Mistakes(unittest.TestCase):
    def test_are_told_with_the_key(self):
        folder = servers.temporary_folder("limits")
        try:
            for text, mention in (
                ("{ limits: { size: { soft: 9, hard: 3 } } }", "limits.size: soft, 9 (0 is no limit), is more than hard, 3"),
                ("{ limits: { size: 'x' } }", "limits.size: expected a whole number"),
                ("{ limits: { rules: [{ who: 'anonimous' }] } }", "limits.rules[0].who: \"anonimous\": expected everybody"),
                ("{ limits: { rules: [{ who: { dn: 'no dn' } }] } }", "limits.rules[0].who: no dn is no DN"),
                ("{ limits: { rules: [{ who: { addresses: ['10.0.0.1/8'] } }] } }", "10.0.0.1/8 is no address or network"),
                ("{ limits: { rules: [{ who: 'anonymous', sizes: 5 }] } }", "did you mean \"size\"?"),
                ("{ limits: { controls: 33 } }", "limits.controls: 33 is not within 1 to 32"),
                ("{ monitor: { reader: [] } }", "did you mean \"readers\"?"),
            ):
                (folder / "peopled.json5").write_text(text)
                ended = servers.run_peopled("check", "--config", folder / "peopled.json5", "--data", folder / "data")
                self.assertNotEqual(ended.returncode, 0)
                self.assertIn(mention, ended.stderr.decode())
        finally:
            shutil.rmtree(folder, ignore_errors=True)
