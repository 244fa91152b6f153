"""TLS: clients that we did not write, versions, resumption, client certificates, injection, reload, and abuse of the port."""

import hashlib
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import time
import unittest

from . import ber, certificates, client, fixtures, servers
from .fixtures import PEOPLE, SUFFIX, run_tool
from .servers import run_peopled
from .test_listeners import Case

START_TLS = "1.3.6.1.4.1.1466.20037"
SOMEBODY, PASSWORD = f"uid=ssha512,{PEOPLE}", "ssha512-demo"
AUTHORITY = None
SERVER = None
EVERYBODY = len(fixtures.parse_ldif(fixtures.PEOPLE_LDIF.read_text()))


def setUpModule():
    global AUTHORITY, SERVER
    AUTHORITY = certificates.Authority()
    SERVER = AUTHORITY.issue("server")


def tearDownModule():
    AUTHORITY.remove()


def context(minimum=None, maximum=None, identity=None, trusted=True):
    """A client's settings, of Python's ssl, which is OpenSSL."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if trusted:
        made.load_verify_locations(AUTHORITY.certificate)
    else:
        made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    if minimum:
        made.minimum_version = minimum
    if maximum:
        made.maximum_version = maximum
    if identity:
        made.load_cert_chain(*map(str, identity))
    return made


class TLSCase(Case):
    def listener(self, scheme="ldaps", more="", identity=None, settings=""):
        """A running server with one listener that has a certificate."""
        certificate, key = identity or SERVER
        self.port = servers.free_port()
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self.text = f"""{{ listeners: [{{ url: "{self.url}", certificate: "{certificate}", key: "{key}",
            {more} }}], {settings} }}"""
        self.process = self.serve("--config", self.configuration(self.text))
        return self.process

    def connect(self, settings=None, session=None, wraps=True):
        """Our own client, under TLS unless told otherwise."""
        made = client.Connection(self.port)
        self.addCleanup(made.close)
        if wraps:
            self.wrap(made, settings, session)
        return made

    def wrap(self, made, settings=None, session=None):
        made.socket = (settings or context()).wrap_socket(made.socket, server_hostname="localhost", session=session)

    def reload(self, process):
        reloads = self.log_text().count("event=reload")
        process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while self.log_text().count("event=reload") == reloads and time.monotonic() < deadline:
            time.sleep(0.02)

    def assert_serves(self):
        self.assertEqual(len(self.connect().search(SUFFIX, 2, ("present", "objectClass")).entries), EVERYBODY)


class OtherPeoplesClients(TLSCase):
    def tool(self, url, *words):
        return run_tool("ldapsearch", "-x", "-LLL", "-o", f"TLS_CACERT={AUTHORITY.certificate}", "-H", url, "-b", SUFFIX,
                        *words)

    def test_ldapsearch_over_ldaps(self):
        self.listener()
        status, out, err = self.tool(self.url, "-D", SOMEBODY, "-w", PASSWORD, "-s", "base")
        self.assertEqual((status, err), (0, ""))
        self.assertIn(f"dn: {SUFFIX}", out)

    def test_ldapsearch_with_start_tls(self):
        self.listener("ldap")
        status, out, err = self.tool(self.url, "-ZZ", "-D", SOMEBODY, "-w", PASSWORD)
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(len(fixtures.parse_ldif(out)), EVERYBODY)

    def test_ldapsearch_refuses_a_server_whose_authority_it_does_not_know(self):
        self.listener()
        status, _, _ = run_tool("ldapsearch", "-x", "-H", self.url, "-b", "", "-s", "base")
        self.assertEqual(status, 255)

    def test_a_right_password_without_tls_is_refused_all_the_same(self):
        self.listener("ldap")
        status, _, err = self.tool(self.url, "-D", SOMEBODY, "-w", PASSWORD)
        self.assertEqual(status, 13, err)

    def test_python_ldap(self):
        import ldap
        for scheme in ("ldap", "ldaps"):
            self.listener(scheme)
            made = ldap.initialize(self.url)
            made.set_option(ldap.OPT_X_TLS_CACERTFILE, str(AUTHORITY.certificate))
            made.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
            if scheme == "ldap":
                made.start_tls_s()
            made.simple_bind_s(SOMEBODY, PASSWORD)
            self.assertEqual(made.whoami_s(), f"dn:{SOMEBODY}")
            self.assertEqual(len(made.search_s(SUFFIX, ldap.SCOPE_SUBTREE)), EVERYBODY)
            made.unbind_s()

    def test_ldap3(self):
        import ldap3
        tls = ldap3.Tls(ca_certs_file=str(AUTHORITY.certificate), validate=ssl.CERT_REQUIRED)
        for scheme in ("ldap", "ldaps"):
            self.listener(scheme)
            server = ldap3.Server(self.url, tls=tls)
            made = ldap3.Connection(server, SOMEBODY, PASSWORD)
            made.open()
            if scheme == "ldap":
                self.assertTrue(made.start_tls())
            self.assertTrue(made.bind())
            self.assertTrue(made.search(SUFFIX, "(objectClass=*)"))
            self.assertEqual(len(made.entries), EVERYBODY)
            made.unbind()

    def s_client(self, *words, input=b""):
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-CAfile", AUTHORITY.certificate, *words]
        ended = subprocess.run(list(map(str, command)), input=input, capture_output=True, timeout=20)
        return ended.returncode, (ended.stdout + ended.stderr).decode(errors="replace")

    def test_s_client_gets_tls_1_2_and_1_3_and_nothing_older(self):
        self.listener()
        for version, accepted in (("-tls1", False), ("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)):
            status, said = self.s_client(version, "-cipher", "ALL:@SECLEVEL=0")
            self.assertEqual(status == 0 and "Verify return code: 0 (ok)" in said, accepted, said)

    def test_s_client_gets_no_renegotiation_and_no_compression(self):
        self.listener()
        opened = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-tls1_2"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        time.sleep(0.5)
        opened.stdin.write(b"R\n")
        opened.stdin.flush()
        time.sleep(0.5)
        said = opened.communicate(timeout=20)[0].decode(errors="replace")
        self.assertIn("no renegotiation", said)
        self.assertIn("Compression: NONE", said)
        self.assert_serves()

    def test_s_client_starts_tls_on_its_own(self):
        self.listener("ldap")
        status, said = self.s_client("-starttls", "ldap")
        self.assertEqual(status, 0, said)
        self.assertIn("Verify return code: 0 (ok)", said)

    def test_only_the_versions_and_ciphers_of_the_configuration(self):
        self.listener(more='tls: { versions: ["1.2"], ciphers: ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"] }')
        self.assertNotEqual(self.s_client("-tls1_3")[0], 0)
        self.assertNotEqual(self.s_client("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384")[0], 0)
        status, said = self.s_client("-tls1_2")
        self.assertEqual(status, 0, said)
        self.assertIn("ECDHE-ECDSA-AES128-GCM-SHA256", said)


class Sessions(TLSCase):
    def test_are_resumed_by_tickets_on_any_reactor(self):
        self.listener(settings="limits: { reactors: 2 }")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            settings = context(version, version)
            first = self.connect(settings)
            first.bind()
            others = [self.connect(settings, first.socket.session) for _ in range(4)]
            for other in others:
                self.assertEqual(other.bind().code, 0)
            self.assertTrue(all(other.socket.session_reused for other in others), version)

    def test_are_not_resumed_after_a_reload(self):
        process = self.listener()
        settings = context(maximum=ssl.TLSVersion.TLSv1_2)
        first = self.connect(settings)
        first.bind()
        self.reload(process)
        other = self.connect(settings, first.socket.session)
        self.assertEqual(other.bind().code, 0)
        self.assertFalse(other.socket.session_reused)


class Reload(TLSCase):
    def fingerprint(self, made):
        return hashlib.sha256(made.socket.getpeercert(binary_form=True)).hexdigest()

    def test_replaces_the_certificate_and_keeps_connections(self):
        certificate, key = self.folder / "own.crt", self.folder / "own.key"
        self.copy(SERVER, certificate, key)
        process = self.listener(identity=(certificate, key))
        old = self.connect()
        self.assertEqual(old.bind(SOMEBODY, PASSWORD).code, 0)
        self.copy(AUTHORITY.issue("renewed"), certificate, key)
        self.reload(process)
        new = self.connect()
        self.assertNotEqual(self.fingerprint(old), self.fingerprint(new))
        self.assertEqual(old.extended(client.WHO_AM_I).value, f"dn:{SOMEBODY}".encode())
        self.assertIn("certificate-loaded", self.log_text())

    def test_leaves_the_old_certificate_in_force_where_the_new_one_is_bad(self):
        certificate, key = self.folder / "own.crt", self.folder / "own.key"
        self.copy(SERVER, certificate, key)
        process = self.listener(identity=(certificate, key))
        before = self.fingerprint(self.connect())
        for identity, reason in ((AUTHORITY.issue("old", end=-1, begin=-9), "expired"),
                                 ((AUTHORITY.issue("one")[0], AUTHORITY.issue("two")[1]), "is not that of the certificate")):
            self.copy(identity, certificate, key)
            self.reload(process)
            self.assertEqual(self.fingerprint(self.connect()), before)
            self.assertIn(reason, self.log_text())
        self.assertIn("reload-failed", self.log_text())

    def copy(self, identity, certificate, key):
        shutil.copy(identity[0], certificate)
        shutil.copy(identity[1], key)
        key.chmod(0o600)


class ClientCertificates(TLSCase):
    def setUp(self):
        super().setUp()
        self.known = AUTHORITY.issue("somebody", names="email:somebody@example.edu")
        self.stale = AUTHORITY.issue("stale", begin=-9, end=-1)
        stranger = certificates.Authority()
        self.addCleanup(stranger.remove)
        self.strange = stranger.issue("stranger")

    def is_let_in(self, identity):
        try:
            return self.connect(context(identity=identity)).bind().code == 0
        except (ssl.SSLError, ConnectionError, client.Disconnected):
            return False

    def test_required_lets_in_who_has_a_good_one(self):
        self.listener(more=f'clientCertificates: "required", clientAuthority: "{AUTHORITY.certificate}"')
        let_in = [self.is_let_in(identity) for identity in (self.known, None, self.stale, self.strange)]
        self.assertEqual(let_in, [True, False, False, False])
        for reason in ("did not return a certificate", "certificate has expired"):
            self.assertIn(reason, self.log_text())

    def test_optional_lets_in_who_has_none_but_not_who_has_a_bad_one(self):
        self.listener(more=f'clientCertificates: "optional", clientAuthority: "{AUTHORITY.certificate}"')
        let_in = [self.is_let_in(identity) for identity in (self.known, None, self.stale, self.strange)]
        self.assertEqual(let_in, [True, True, False, False])


class Injection(TLSCase):
    """reliability: command injection before TLS, of which several servers had a CVE."""
    START = ber.sequence(ber.integer(1), ber.sequence(ber.octets(START_TLS, 0x80), tag=0x77))
    WHO = ber.sequence(ber.integer(2), ber.sequence(ber.octets(client.WHO_AM_I, 0x80), tag=0x77))

    def setUp(self):
        super().setUp()
        self.listener("ldap")
        self.raw = self.connect(wraps=False)

    def test_in_the_same_segment(self):
        self.raw.socket.sendall(self.START + self.WHO)
        _, tag, content, _ = self.raw.receive()
        self.assertEqual((tag, client.parse_result(content, {}).code), (0x78, 1))
        self.assert_ended()

    def test_in_the_next_segment(self):
        self.raw.socket.sendall(self.START)
        _, _, content, _ = self.raw.receive()
        self.assertEqual(client.parse_result(content, {}).code, 0)
        self.raw.socket.sendall(self.WHO)
        self.assert_ended()

    def test_before_the_answer_is_read(self):
        """The client sends in clear while the answer is on its way: two segments that the server may get as one."""
        self.raw.socket.sendall(self.START)
        self.raw.socket.sendall(self.WHO)
        _, _, content, _ = self.raw.receive()
        self.assertIn(client.parse_result(content, {}).code, (0, 1))
        self.assert_ended()

    def test_behind_the_handshake_nothing_of_it_is_left(self):
        self.raw.socket.sendall(self.START)
        self.raw.receive()
        self.wrap(self.raw)
        self.assertEqual(self.raw.extended(client.WHO_AM_I).value, b"")

    def test_plaintext_behind_close_notify_ends_the_connection(self):
        self.raw.extended(START_TLS)
        self.wrap(self.raw)
        self.assertEqual(self.raw.bind().code, 0)
        try:
            self.raw.socket = self.raw.socket.unwrap()
            self.raw.socket.sendall(self.WHO)
        except OSError:
            return
        self.assert_ended()

    def assert_ended(self):
        """The end, after an alert at most: nothing that is LDAP."""
        rest = bytes(self.raw.buffer)
        try:
            while more := self.raw.socket.recv(4096):
                rest += more
        except ConnectionError:
            pass
        self.assertTrue(rest == b"" or rest[0] == 0x15, rest)

    def test_root_dse_offers_start_tls(self):
        found = self.raw.search("", 0, ("present", "objectClass"), ["supportedExtension"]).entries[0][1]
        self.assertIn(START_TLS.encode(), found["supportedExtension"])


class Abuse(TLSCase):
    def test_a_slow_reader_gets_all_of_a_large_answer(self):
        self.listener()
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            slow = client.Connection(self.port)
            self.addCleanup(slow.close)
            slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 15)
            self.wrap(slow, context(version, version))
            times = 60
            for _ in range(times):
                slow.send(client.search_request(SUFFIX, 2, ("present", "objectClass")))
            time.sleep(0.5)
            entries = results = 0
            while results < times:
                _, tag, _, _ = slow.receive()
                entries += tag == 0x64
                results += tag == 0x65
            self.assertEqual(entries, times * EVERYBODY)

    def test_handshakes_that_stop_somewhere_end_at_their_deadline(self):
        self.listener(settings="limits: { handshake: 1 }")
        hello = self.client_hello()
        opened = []
        for part in (b"", hello[:1], hello[:5], hello[:-1], hello, b"\x16\x03\x01\x40\x00"):
            opened.append(socket.create_connection(("127.0.0.1", self.port), timeout=10))
            opened[-1].sendall(part)
        for made in opened:
            try:
                while made.recv(65536):
                    pass
            except ConnectionError:
                pass
            made.close()
        self.assertIn("took too long", self.log_text())
        self.assert_serves()

    def client_hello(self):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        try:
            context().wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
        except ssl.SSLWantReadError:
            pass
        return outgoing.read()

    def test_random_octets_and_damaged_records_do_no_harm(self):
        self.listener()
        seed = int.from_bytes(os.urandom(4), "big")
        chance = random.Random(seed)
        hello = self.client_hello()
        self.assert_serves()
        before = self.resident()
        for number in range(1500):
            made = socket.create_connection(("127.0.0.1", self.port), timeout=10)
            octets = bytearray(hello if number % 2 else chance.randbytes(chance.randrange(1, 600)))
            for _ in range(chance.randrange(1, 4)):
                octets[chance.randrange(len(octets))] = chance.randrange(256)
            try:
                made.sendall(octets[:chance.randrange(1, len(octets) + 1)])
                if number % 3 == 0:
                    made.shutdown(socket.SHUT_WR)
                if number % 5 == 0:
                    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            except ConnectionError:
                pass
            made.close()
        self.assert_serves()
        self.assertLess(self.resident() - before, 8 << 20, f"seed {seed}")

    def test_damaged_records_behind_the_handshake_end_the_connection(self):
        self.listener()
        for octets in (b"\x17\x03\x03\x00\x20" + b"x" * 32, b"GET / HTTP/1.0\r\n\r\n", b"\x30\x05\x02\x01\x01\x42\x00"):
            made = self.connect()
            self.assertEqual(made.bind().code, 0)
            beside = socket.socket(fileno=os.dup(made.socket.fileno()))
            beside.settimeout(10)
            beside.sendall(octets)
            try:
                while beside.recv(4096):
                    pass
            except ConnectionError:
                pass
            beside.close()
        self.assert_serves()

    def test_a_client_that_says_it_will_send_no_more_gets_its_answers(self):
        self.listener()
        made = self.connect()
        made.send(client.search_request(SUFFIX, 0, ("present", "objectClass")))
        beside = socket.socket(fileno=os.dup(made.socket.fileno()))
        beside.shutdown(socket.SHUT_WR)
        beside.close()
        self.assertEqual(len(made.search_result(None).entries), 1)

    def test_idle_connections_hold_little_memory(self):
        self.listener()
        self.assert_serves()
        before, count = self.resident(), 300
        opened = [self.connect() for _ in range(count)]
        for made in opened:
            made.bind()
        each = (self.resident() - before) / count
        self.assertLess(each, 48 << 10, f"{each:.0f} octets for a connection")

    def resident(self):
        with open(f"/proc/{self.process.pid}/statm") as pages:
            return int(pages.read().split()[1]) * os.sysconf("SC_PAGESIZE")


class Configuration(TLSCase):
    def refusal(self, listener, status=1):
        """What `check` and `serve` say, which is the same."""
        path = self.configuration(f"{{ listeners: [{{ {listener} }}] }}")
        said = []
        for command in (("check", "--config", path), ("serve", "--config", path, "--data", self.data)):
            ended = run_peopled(*command, timeout=20)
            said.append(ended.stderr.decode(errors="replace"))
            self.assertEqual(ended.returncode, status, said)
        return said

    def test_is_refused_with_what_to_write_instead(self):
        certificate, key = SERVER
        encrypted = AUTHORITY.folder / "encrypted.key"
        AUTHORITY.openssl("ec", "-in", key, "-aes128", "-passout", "pass:x", "-out", encrypted)
        encrypted.chmod(0o600)
        bare = AUTHORITY.folder / "open.key"
        shutil.copy(key, bare)
        bare.chmod(0o644)
        early = AUTHORITY.issue("early", begin=3, end=9)
        late = AUTHORITY.issue("late", begin=-9, end=-3)
        small = AUTHORITY.issue("small", key_type=("rsa:1024", ))
        good = f'certificate: "{certificate}", key: "{key}"'
        for text, expected in (
            ("", "needs certificate and key"),
            (f'certificate: "{certificate}"', "certificate needs key"),
            (f'key: "{key}"', "needs certificate"),
            (f'certificate: "/nowhere.pem", key: "{key}"', "cannot read the certificate /nowhere.pem"),
            (f'certificate: "{certificate}", key: "/nowhere.pem"', "cannot read the key /nowhere.pem"),
            (f'certificate: "{key}", key: "{key}"', "holds no certificate"),
            (f'certificate: "{certificate}", key: "{early[1]}"', "is not that of the certificate"),
            (f'certificate: "{certificate}", key: "{encrypted}"', "is encrypted"),
            (f'certificate: "{certificate}", key: "{bare}"', "is open to others (mode 644)"),
            (f'certificate: "{early[0]}", key: "{early[1]}"', "is not valid before"),
            (f'certificate: "{late[0]}", key: "{late[1]}"', "expired on"),
            (f'certificate: "{small[0]}", key: "{small[1]}"', "too small"),
            (good + ', clientCertificates: "required"', "needs clientAuthority"),
            (good + ', clientCertificates: "perhaps"', "is not one of"),
            (good + f', clientAuthority: "{AUTHORITY.certificate}"', "clientCertificates"),
            (good + ', tls: { ciphers: ["TLS_AES_256_GCM_SHA385"] }', 'unknown cipher name "TLS_AES_256_GCM_SHA385"'),
            (good + ', tls: { ciphers: ["AES128-SHA"] }', "no forward secrecy"),
            (good + ', tls: { ciphers: ["TLS_AES_128_GCM_SHA256"] }', "has none for TLS 1.2"),
            (good + ', tls: { versions: ["1.1"] }', '"1.1" is not one of'),
            (good + ", tls: { versions: [] }", "versions is empty"),
            (good + ', tls: { version: ["1.2"] }', 'did you mean "versions"'),
        ):
            for said in self.refusal(f'url: "ldaps://127.0.0.1:0", {text}'):
                self.assertIn(expected, said)

    def test_warns_of_a_certificate_that_ends_soon(self):
        self.listener(identity=AUTHORITY.issue("soon", end=9))
        self.assertRegex(self.log_text(), "expires in [89] days")
        ended = run_peopled("check", "--config", self.folder / "peopled.json5", "--data", self.data)
        self.assertRegex(ended.stderr, b"expires in [89] days")


if __name__ == "__main__":
    unittest.main()
