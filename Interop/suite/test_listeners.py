"""Where clients connect: Unix sockets, sockets of systemd, proxies that say for whom they speak, and what is refused."""

import os
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
import unittest

from . import fixtures, servers
from .client import Connection
from .servers import run_peopled

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
REFUSED, USAGE, ADDRESS = 1, 2, 7

# Binds and listens, and becomes the program that it is given, as systemd does: LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES.
ACTIVATOR = """
import os, socket, sys
names, addresses = sys.argv[1], sys.argv[2].split(",")
kept = []
for number, address in enumerate(addresses):
    if address.startswith("/"):
        opened = socket.socket(socket.AF_UNIX)
        opened.bind(address)
    else:
        opened = socket.socket()
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(("127.0.0.1", int(address)))
    opened.listen()
    os.dup2(opened.fileno(), 100 + number)
    kept.append(opened)
for opened in kept: opened.close()
for number in range(len(addresses)): os.dup2(100 + number, 3 + number, inheritable=True); os.close(100 + number)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(addresses)), LISTEN_FDNAMES=names)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Case(unittest.TestCase):
    """One index for all tests of a class, a folder for each, and servers that end with their test."""
    @classmethod
    def setUpClass(cls):
        cls.shared = servers.temporary_folder("listeners")
        cls.addClassCleanup(shutil.rmtree, cls.shared, ignore_errors=True)
        cls.data = cls.shared / "data"
        imported = run_peopled("import", "--data", cls.data, fixtures.PEOPLE_LDIF)
        if imported.returncode:
            raise servers.ServerFailed(imported.stderr.decode())

    def setUp(self):
        self.folder = servers.temporary_folder("listener")
        self.folder.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def configuration(self, text):
        path = self.folder / "peopled.json5"
        path.write_text(text)
        return path

    def serve(self, *options, before=(), environment=None, data=None):
        """A running server: its process, whose `urls` are those of the ready line."""
        log = open(self.folder / "log", "ab")
        self.addCleanup(log.close)
        command = [*before, servers.peopled_binary(), "serve", "--data", data or self.data, *options]
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=log, env=environment)
        self.addCleanup(self.end, process)
        process.urls = process.stdout.readline().decode().split()[1:]
        self.assertTrue(process.urls, self.log_text())
        return process

    def end(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=30)
        process.stdout.close()
        return status

    def refused(self, *arguments, status=REFUSED):
        ended = run_peopled(*arguments, timeout=20)
        said = ended.stderr.decode(errors="replace")
        self.assertEqual(ended.returncode, status, said)
        return said

    def log_text(self):
        return (self.folder / "log").read_text(errors="replace")

    def logged(self, text):
        """Waits until the log has it."""
        for _ in range(100):
            if text in self.log_text():
                return True
            time.sleep(0.05)
        return False


def port_of(url):
    return int(url.rsplit(":", 1)[1])


class UnixSockets(Case):
    def path(self):
        return self.folder / "ldapi"

    def test_openldap_tools_connect(self):
        server = self.serve("--listen", f"ldapi://{self.path()}", "--log-level", "debug")
        url = "ldapi://" + str(self.path()).replace("/", "%2F")
        self.assertEqual(server.urls, [url], "the ready line has the URL as clients write it")
        status, entries, error = fixtures.search(url, "(uid=clear)", "cn")
        self.assertEqual((status, len(entries)), (0, 1), error)
        self.assertTrue(self.logged(f'peer="uid {os.getuid()}"'), self.log_text())

    def test_both_spellings_and_beside_the_network(self):
        other = str(self.folder / "other").replace("/", "%2F")
        server = self.serve("--listen", f"ldapi://{self.path()}", "--listen", f"ldapi://{other}", "--listen",
                            "ldap://127.0.0.1:0")
        self.assertEqual(len(server.urls), 3)
        for url in server.urls:
            self.assertEqual(fixtures.search(url, "-s", "base")[0], 0, url)

    def test_the_mode_is_everybodys_or_as_configured(self):
        narrow = self.folder / "narrow"
        path = self.configuration(
            f"{{ listeners: [{{ url: 'ldapi://{self.path()}' }}, {{ url: 'ldapi://{narrow}', mode: '0660' }}] }}")
        self.serve("--config", path)
        self.assertEqual(stat.S_IMODE(self.path().stat().st_mode), 0o666)
        self.assertEqual(stat.S_IMODE(narrow.stat().st_mode), 0o660)

    def test_what_a_killed_server_left_is_replaced_and_a_living_one_is_not(self):
        first = self.serve("--listen", f"ldapi://{self.path()}")
        said = self.refused("serve", "--data", self.data, "--listen", f"ldapi://{self.path()}", status=ADDRESS)
        self.assertIn("another server answers there", said)
        self.assertEqual(fixtures.search(first.urls[0], "-s", "base")[0], 0)
        first.kill()
        first.wait()
        self.assertTrue(self.path().exists())
        again = self.serve("--listen", f"ldapi://{self.path()}")
        self.assertEqual(fixtures.search(again.urls[0], "-s", "base")[0], 0)
        self.assertEqual(self.end(again), 0)
        self.assertFalse(self.path().exists(), "the file goes with the server")

    def test_a_file_that_is_no_socket_stays(self):
        self.path().write_text("precious")
        said = self.refused("serve", "--data", self.data, "--listen", f"ldapi://{self.path()}", status=ADDRESS)
        self.assertIn("no socket", said)
        self.assertEqual(self.path().read_text(), "precious")


class Activation(Case):
    def activated(self, names, addresses, *options):
        before = [sys.executable, "-c", ACTIVATOR, names, ",".join(map(str, addresses))]
        return self.serve(*options, before=before)

    def test_sockets_are_taken_by_name(self):
        ports = [servers.free_port(), servers.free_port()]
        path = self.folder / "passed"
        configuration = self.configuration("""{ listeners: [
            { url: "ldap://127.0.0.1:3389", socket: "one" }, { url: "ldap://127.0.0.1:3390", socket: "two" },
            { url: "ldap://127.0.0.1:0" } ] }""")
        server = self.activated("two:one:two", [ports[0], ports[1], path], "--config", configuration)
        expected = [f"ldap://127.0.0.1:{ports[1]}", f"ldap://127.0.0.1:{ports[0]}"]
        self.assertEqual(server.urls[:2], expected)
        self.assertEqual(server.urls[2], "ldapi://" + str(path).replace("/", "%2F"))
        for url in server.urls:
            self.assertEqual(fixtures.search(url, "-s", "base")[0], 0, url)
        self.assertEqual(self.end(server), 0)
        self.assertTrue(path.exists(), "the file is systemd's")

    def test_a_socket_that_nobody_names_and_a_name_without_a_socket_are_refused(self):
        port = str(servers.free_port())
        for sockets, listener, said in ((("other", port), "one", '"one"'), (("one:extra", port + "," +
                                                                            str(servers.free_port())), "one", '"extra"')):
            configuration = self.configuration(
                f'{{ listeners: [{{ url: "ldap://127.0.0.1:0", socket: "{listener}" }}] }}')
            command = [sys.executable, "-c", ACTIVATOR, *sockets, servers.peopled_binary(), "serve", "--data",
                       str(self.data), "--config", str(configuration)]
            ended = subprocess.run(command, capture_output=True, text=True, timeout=20)
            self.assertEqual(ended.returncode, REFUSED, ended.stderr)
            self.assertIn(said, ended.stderr)

    def test_without_systemd_the_url_is_bound(self):
        configuration = self.configuration('{ listeners: [{ url: "ldap://127.0.0.1:0", socket: "one" }] }')
        server = self.serve("--config", configuration, environment={**os.environ, "LISTEN_PID": "1", "LISTEN_FDS": "1"})
        self.assertEqual(fixtures.search(server.urls[0], "-s", "base")[0], 0)

    def test_systemds_own_activator(self):
        program = shutil.which("systemd-socket-activate") or servers.PACKAGES / "usr/bin/systemd-socket-activate"
        environment = {**servers.slapd_environment()}
        environment["LD_LIBRARY_PATH"] += f":{servers.PACKAGES}/usr/lib/x86_64-linux-gnu/systemd"
        if subprocess.run([program, "--version"], capture_output=True, env=environment).returncode:
            self.skipTest("systemd-socket-activate does not run here")
        port = servers.free_port()
        configuration = self.configuration('{ listeners: [{ url: "ldap://127.0.0.1:0", socket: "ldap" }] }')
        log = open(self.folder / "log", "ab")
        self.addCleanup(log.close)
        process = subprocess.Popen([str(program), "-l", f"127.0.0.1:{port}", "--fdname=ldap", servers.peopled_binary(),
                                    "serve", "--data", str(self.data), "--config", str(configuration)],
                                   stdout=subprocess.PIPE, stderr=log, env=environment)
        self.addCleanup(self.end, process)
        for _ in range(100):
            try:
                Connection(port).close()
                break
            except OSError:
                time.sleep(0.05)
        self.assertEqual(fixtures.search(f"ldap://127.0.0.1:{port}", "-s", "base")[0], 0, self.log_text())


class Proxies(Case):
    """The PROXY protocol: by hand, and by HAProxy."""
    def proxied(self, *, proxies='"127.0.0.0/8"'):
        configuration = self.configuration(f"""{{ listeners: [
            {{ url: "ldap://127.0.0.1:0", proxies: [{proxies}] }}, {{ url: "ldap://127.0.0.1:0" }} ] }}""")
        return self.serve("--config", configuration, "--log-level", "debug")

    def test_the_client_that_the_header_names_is_logged(self):
        server = self.proxied()
        headers = {
            "192.0.2.7:4711": b"PROXY TCP4 192.0.2.7 127.0.0.1 4711 389\r\n",
            "[2001:db8::7]:4712": SIGNATURE + b"\x21\x21\0\x29" + socket.inet_pton(socket.AF_INET6, "2001:db8::7") +
            bytes(16) + (4712).to_bytes(2, "big") + b"\1\x85" + b"\4\0\2\0\0",
        }
        for peer, header in headers.items():
            with self.subTest(peer), Connection(port_of(server.urls[0])) as connection:
                connection.socket.sendall(header)
                self.assertEqual(connection.search("", 0, ("present", "objectClass")).code, 0)
                self.assertTrue(self.logged(f"peer={peer}"), self.log_text())

    def test_who_is_no_proxy_is_not_let_in(self):
        server = self.proxied(proxies='"192.0.2.1"')
        with socket.create_connection(("127.0.0.1", port_of(server.urls[0])), timeout=5) as stranger:
            stranger.sendall(b"PROXY TCP4 192.0.2.7 127.0.0.1 4711 389\r\n")
            self.assertEqual(self.rest(stranger), b"")
        self.assertTrue(self.logged("event=proxy-refused"), self.log_text())
        self.assertNotIn("192.0.2.7", self.log_text(), "what it claims is not believed anywhere")
        self.assertEqual(fixtures.search(server.urls[1], "-s", "base")[0], 0, "other listeners are as they were")

    def test_no_header_no_service(self):
        server = self.proxied()
        status, _, _ = fixtures.search(server.urls[0], "-s", "base", "-o", "nettimeout=5")
        self.assertNotEqual(status, 0)
        for garbage in (b"PROXY TCP4 192.0.2.7\r\n", SIGNATURE + b"\x31\x11\0\0", b"\x16\x03\x01"):
            with socket.create_connection(("127.0.0.1", port_of(server.urls[0])), timeout=5) as stranger:
                stranger.sendall(garbage)
                self.assertEqual(self.rest(stranger), b"")

    def rest(self, stranger):
        try:
            return stranger.recv(100)
        except ConnectionResetError:
            return b""

    def haproxy(self, target, word):
        """HAProxy in TCP mode before `target`; the port it listens on."""
        program = servers.PACKAGES / "usr/sbin/haproxy"
        program = str(program) if program.exists() else shutil.which("haproxy")
        if not program:
            self.skipTest("HAProxy is not there; Interop/install tests fetches it")
        port = servers.free_port()
        path = self.folder / f"{word}.cfg"
        path.write_text(f"""
global
    maxconn 100
defaults
    mode tcp
    timeout connect 5s
    timeout client 30s
    timeout server 30s
listen front
    bind 127.0.0.1:{port}
    server peopled 127.0.0.1:{target} {word} check inter 200ms
""")
        log = open(self.folder / "haproxy.log", "ab")
        self.addCleanup(log.close)
        process = subprocess.Popen([program, "-db", "-f", str(path)], stdout=log, stderr=log,
                                   env=servers.slapd_environment())
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        for _ in range(100):
            self.assertIsNone(process.poll(), (self.folder / "haproxy.log").read_text())
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return port
            except OSError:
                time.sleep(0.05)
        self.fail("HAProxy does not listen")

    def test_haproxy(self):
        server = self.proxied()
        for word in ("send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options unique-id,crc32c"):
            with self.subTest(word):
                port = self.haproxy(port_of(server.urls[0]), word)
                client = socket.socket()
                client.bind(("127.0.0.2", 0))
                client.connect(("127.0.0.1", port))
                connection = Connection.__new__(Connection)
                connection.socket, connection.buffer, connection.message_id = client, bytearray(), 0
                client.settimeout(10)
                with connection:
                    self.assertEqual(connection.search("", 0, ("present", "objectClass")).code, 0)
                    self.assertTrue(self.logged(f"peer=127.0.0.2:{client.getsockname()[1]}"), self.log_text())
                status, entries, error = fixtures.search(f"ldap://127.0.0.1:{port}", "(uid=clear)", "cn")
                self.assertEqual((status, len(entries)), (0, 1), error)
        self.assertNotIn("proxy-refused", self.log_text())

    def test_tls_begins_right_behind_the_header(self):
        certificate, key = self.folder / "server.pem", self.folder / "server.key"
        made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days",
                               "2", "-keyout", str(key), "-out", str(certificate)], capture_output=True)
        self.assertEqual(made.returncode, 0, made.stderr)
        key.chmod(0o600)
        server = self.serve("--config", self.configuration(f"""{{ listeners: [
            {{ url: "ldaps://127.0.0.1:0", proxies: ["127.0.0.1"], certificate: "{certificate}", key: "{key}" }} ] }}"""),
                            "--log-level", "debug")
        context = ssl.create_default_context(cafile=certificate)
        context.check_hostname = False
        header = SIGNATURE + b"\x21\x11\0\x0c" + bytes([192, 0, 2, 9, 127, 0, 0, 1]) + (815).to_bytes(2, "big") + b"\2\x7c"
        for pieces in (1, 2):
            with self.subTest(pieces), socket.create_connection(("127.0.0.1", port_of(server.urls[0])), timeout=10) as raw:
                incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
                tls = context.wrap_bio(incoming, outgoing)
                with self.assertRaises(ssl.SSLWantReadError):
                    tls.do_handshake()
                hello = outgoing.read()
                # The header's octets with the handshake's first, and the header's last with all of the handshake's.
                for piece in ([header + hello] if pieces == 1 else [header[:9], header[9:] + hello]):
                    raw.sendall(piece)
                    time.sleep(0.1)
                while True:
                    try:
                        tls.do_handshake()
                        break
                    except ssl.SSLWantReadError:
                        received = raw.recv(65536)
                        self.assertTrue(received, "the connection was closed")
                        incoming.write(received)
                raw.sendall(outgoing.read())
                self.assertIn(tls.version(), ("TLSv1.2", "TLSv1.3"))
        self.assertTrue(self.logged("peer=192.0.2.9:815"), self.log_text())
        port = self.haproxy(port_of(server.urls[0]), "send-proxy-v2")
        environment = {**os.environ, "LDAPTLS_CACERT": str(certificate), "LDAPTLS_REQCERT": "allow"}
        searched = subprocess.run(["ldapsearch", "-x", "-LLL", "-H", f"ldaps://127.0.0.1:{port}", "-b", fixtures.SUFFIX,
                                   "(uid=clear)", "cn"], capture_output=True, text=True, env=environment, timeout=20)
        self.assertEqual(searched.returncode, 0, searched.stderr)
        self.assertIn("uid=clear", searched.stdout)


class Refusals(Case):
    """What is refused before it can do harm, with what to write instead."""
    PLAIN = "passwords would cross the network in the clear"

    def test_plain_ldap_on_the_network_needs_a_decision(self):
        for url in ("ldap://0.0.0.0:0", "ldap://:0", "ldap://[::]:0"):
            with self.subTest(url):
                said = self.refused("serve", "--data", self.data, "--listen", url)
                self.assertIn(url, said)
                self.assertIn(self.PLAIN, said)
                self.assertIn("ldaps://", said)
        path = self.configuration('{ listeners: [{ url: "ldap://127.0.0.1" }, { url: "ldap://0.0.0.0:0" }] }')
        for command in (["check"], ["serve", "--data", self.data]):
            self.assertIn(self.PLAIN, self.refused(*command, "--config", path))
        self.assertIn("--listen", self.refused("serve", "--passwords", "plain", status=USAGE))
        self.refused("serve", "--listen", "ldap://127.0.0.1:0", "--passwords", "perhaps", status=USAGE)

    def test_the_decision_is_taken(self):
        for words in ("plain", "encrypted"):
            server = self.serve("--listen", "ldap://0.0.0.0:0", "--passwords", words)
            url = f"ldap://127.0.0.1:{port_of(server.urls[0])}"
            self.assertEqual(fixtures.search(url, "-s", "base")[0], 0)
            self.end(server)

    def test_mistakes_name_the_key(self):
        for text, said in (
            ('{ listeners: [{ url: "ldap://127.0.0.1", sokket: "x" }] }', 'did you mean "socket"?'),
            ('{ listeners: [{ url: "ldapi:///x", mode: "rw" }] }', "listeners[0].mode"),
            ('{ listeners: [{ url: "ldap://127.0.0.1", proxies: ["somewhere"] }] }', "listeners[0].proxies"),
            ('{ listeners: [{ url: "ldapi:///x", proxies: ["10.0.0.0/8"] }] }', "ldapi:///x"),
            ('{ listeners: [{ url: "ldap://127.0.0.1", passwords: "never" }] }', '"encrypted" or "plain"'),
            ('{ user: "no-such-user" }', '"no-such-user"'),
            ('{ user: "root" }', "root"),
            ('{ group: "daemon" }', '"user"'),
        ):
            with self.subTest(text):
                self.assertIn(said, self.refused("check", "--config", self.configuration(text)))

    def test_check_reports_on_a_configuration_without_an_index(self):
        path = self.configuration('{ data: "none", listeners: [{ url: "ldap://0.0.0.0", passwords: "encrypted" }] }')
        checked = run_peopled("check", "--config", path)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        said = checked.stdout.decode()
        for words in ("is in order", "ldap://0.0.0.0, passwords over TLS only", "holds no index"):
            self.assertIn(words, said)
