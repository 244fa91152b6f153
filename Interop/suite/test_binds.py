"""Binds as other people's clients make them: Cyrus SASL by OpenLDAP's tools, python-ldap and ldap3; and passwords that a real
slapd verifies for peopled."""

import base64
import hashlib
import hmac
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
import unittest
from pathlib import Path

import ldap
import ldap.sasl

from . import ber, servers
from .servers import SUFFIX, run_peopled

PEOPLE = f"ou=People,{SUFFIX}"
ANN, BOB, EVE = (f"uid={name},{PEOPLE}" for name in ("ann", "bob", "eve"))
READER = f"cn=reader,{SUFFIX}"
# The hash of "reader-secret".
SSHA = "{SSHA}TvMibZ5Ptithu/PC0zInYlGqQrZzYWx0c2FsdA=="
LDIF = f"""dn: {SUFFIX}
objectClass: domain
dc: example

dn: {PEOPLE}
objectClass: organizationalUnit
ou: People

""" + "".join(f"""dn: uid={uid},{PEOPLE}
objectClass: inetOrgPerson
uid: {uid}
cn: {uid}
sn: {uid}
mail: {uid}@example.edu
entryUUID: 00000000-0000-4000-8000-00000000000{number}
{password}
""" for number, (uid, password) in enumerate((
    ("ann", "userPassword: secret\n"),
    ("bob", f"userPassword: {SSHA}\n"),
    ("eve", ""),
    ("far", "userPassword: {SASL}faraway@campus\n"),
    ("both", "userPassword: {SASL}faraway@campus\nuserPassword: " + SSHA + "\n"),
)))


class Certificates:
    """An authority, a server for 127.0.0.1 and a client, made by openssl."""
    def __init__(self, folder):
        self.folder = folder
        self.authority = folder / "ca.crt"
        self.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                 "/CN=authority", "-keyout", folder / "ca.key", "-out", self.authority)
        self.make("server", "/CN=localhost", f"IP:127.0.0.1,DNS:localhost,DNS:{socket.gethostname()}")
        self.make("client", "/O=Example/CN=web", "email:bob@example.edu")
        self.make("stranger", "/O=Example/CN=stranger", "email:nobody@example.edu")

    def run(self, *words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)

    def make(self, name, subject, names):
        path = self.folder / name
        extensions = Path(f"{path}.ext")
        extensions.write_text(f"subjectAltName={names}\n")
        self.run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject, "-keyout",
                 f"{path}.key", "-out", f"{path}.csr")
        self.run("x509", "-req", "-in", f"{path}.csr", "-CA", self.authority, "-CAkey", self.folder / "ca.key",
                 "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", f"{path}.crt")
        os.chmod(f"{path}.key", 0o600)


class Served:
    """peopled over a Unix socket, plain LDAP with StartTLS, and LDAPS that asks for client certificates."""
    def __init__(self, folder, certificates, binds="", more=""):
        self.folder = folder
        (folder / "people.ldif").write_text(LDIF)
        tls = (f"certificate: '{folder}/server.crt', key: '{folder}/server.key', "
               f"clientCertificates: 'optional', clientAuthority: '{certificates.authority}'")
        self.configuration = folder / "peopled.json5"
        self.configuration.write_text(f"""{{
            suffix: "{SUFFIX}", data: "{folder}/data",
            listeners: [
                {{ url: "ldapi://{folder}/socket" }},
                {{ url: "ldap://127.0.0.1:0", passwords: "plain", {tls} }},
                {{ url: "ldaps://127.0.0.1:0", {tls} }},
            ],
            accounts: [{{ dn: "{READER}", name: "reader", password: "{SSHA}", mayActAs: ["{PEOPLE}"] }}],
            binds: {{ {binds} }}, {more}
        }}""")
        log = open(folder / "log", "ab")
        self.process = subprocess.Popen(
            [servers.peopled_binary(), "serve", "--config", str(self.configuration), "--ldif", str(folder / "people.ldif")],
            stdout=subprocess.PIPE, stderr=log)
        log.close()
        urls = self.process.stdout.readline().decode().split()[1:]
        if len(urls) != 3:
            self.process.wait(timeout=10)
            raise servers.ServerFailed(self.log())
        self.local, self.plain, self.secure = urls

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        self.process.stdout.close()


def setUpModule():
    global FOLDER, CERTIFICATES, SERVED
    FOLDER = servers.temporary_folder("binds")
    CERTIFICATES = Certificates(FOLDER)
    SERVED = Served(FOLDER, CERTIFICATES, f"""
        certificates: [ {{ subject: "CN=web,O=Example", dn: "{READER}" }}, {{ email: "*", filter: "(mail=$name)" }} ],
        """)


def tearDownModule():
    SERVED.stop()
    shutil.rmtree(FOLDER, ignore_errors=True)


def who(url, *words, certificate=None):
    """ldapwhoami: its status, and the identity or the error."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LDAP")}
    environment["LDAPTLS_CACERT"] = str(CERTIFICATES.authority)
    if certificate:
        environment["LDAPTLS_CERT"] = f"{FOLDER}/{certificate}.crt"
        environment["LDAPTLS_KEY"] = f"{FOLDER}/{certificate}.key"
    ended = subprocess.run(["ldapwhoami", "-H", url, *map(str, words)], capture_output=True, text=True, timeout=60,
                           env=environment)
    return ended.returncode, ended.stdout.strip() or ended.stderr


class CyrusSASL(unittest.TestCase):
    """OpenLDAP's ldapwhoami with Cyrus SASL."""
    def sasl(self, url, mechanism, *words, **more):
        return who(url, "-Q", "-Y", mechanism, *words, **more)

    def test_scram_and_plain_over_each_listener(self):
        ways = ((SERVED.local, ()), (SERVED.secure, ()), (SERVED.plain, ("-ZZ",)))
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"):
            for url, words in ways:
                with self.subTest(mechanism=mechanism, url=url):
                    self.assertEqual(self.sasl(url, mechanism, *words, "-U", "ann", "-w", "secret"), (0, f"dn:{ANN}"))
                    self.assertEqual(self.sasl(url, mechanism, *words, "-U", "ann", "-w", "wrong")[0], 49)
                    self.assertEqual(self.sasl(url, mechanism, *words, "-U", "nobody", "-w", "secret")[0], 49)

    def test_scram_in_the_clear_and_plain_not(self):
        self.assertEqual(self.sasl(SERVED.plain, "SCRAM-SHA-256", "-U", "ann", "-w", "secret"), (0, f"dn:{ANN}"))
        self.assertEqual(self.sasl(SERVED.plain, "PLAIN", "-O", "none", "-U", "ann", "-w", "secret")[0], 13)

    def test_scram_needs_keys(self):
        self.assertEqual(self.sasl(SERVED.local, "SCRAM-SHA-256", "-U", "bob", "-w", "reader-secret")[0], 49)
        self.assertEqual(self.sasl(SERVED.local, "PLAIN", "-U", "bob", "-w", "reader-secret"), (0, f"dn:{BOB}"))

    def test_authorization_identities(self):
        def act(name, password, identity):
            return self.sasl(SERVED.local, "PLAIN", "-U", name, "-w", password, "-X", identity)

        self.assertEqual(act("ann", "secret", "u:ann"), (0, f"dn:{ANN}"))
        self.assertEqual(act("ann", "secret", f"dn:{ANN}"), (0, f"dn:{ANN}"))
        self.assertEqual(act("ann", "secret", "u:bob")[0], 49)
        self.assertEqual(act("reader", "reader-secret", "u:bob"), (0, f"dn:{BOB}"))
        self.assertEqual(act("reader", "reader-secret", "dn:cn=other")[0], 49)

    def test_external_at_a_unix_socket(self):
        expected = f"dn:gidNumber={os.getegid()}+uidNumber={os.geteuid()},cn=peercred,cn=external,cn=auth"
        self.assertEqual(self.sasl(SERVED.local, "EXTERNAL"), (0, expected))

    def test_external_by_a_certificate(self):
        for url, words in ((SERVED.secure, ()), (SERVED.plain, ("-ZZ",))):
            self.assertEqual(self.sasl(url, "EXTERNAL", *words, certificate="client"), (0, f"dn:{READER}"))
            self.assertEqual(self.sasl(url, "EXTERNAL", *words, certificate="stranger")[0], 49)
            self.assertNotEqual(self.sasl(url, "EXTERNAL", *words)[0], 0)

    def test_mechanisms_of_the_connection(self):
        def offered(url, *words, certificate=None):
            environment = {**os.environ, "LDAPTLS_CACERT": str(CERTIFICATES.authority)}
            if certificate:
                environment.update(LDAPTLS_CERT=f"{FOLDER}/{certificate}.crt", LDAPTLS_KEY=f"{FOLDER}/{certificate}.key")
            found = subprocess.run(["ldapsearch", "-x", "-LLL", "-H", url, *words, "-s", "base", "-b", "",
                                    "supportedSASLMechanisms"], capture_output=True, text=True, env=environment)
            return {line.split()[1] for line in found.stdout.splitlines() if line.startswith("supported")}

        scram, plus = {"SCRAM-SHA-256", "SCRAM-SHA-512"}, {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-512-PLUS"}
        self.assertEqual(offered(SERVED.plain), scram)
        self.assertEqual(offered(SERVED.local), scram | {"PLAIN", "EXTERNAL"})
        self.assertEqual(offered(SERVED.secure), scram | plus | {"PLAIN"})
        self.assertEqual(offered(SERVED.plain, "-ZZ"), scram | plus | {"PLAIN"})
        self.assertEqual(offered(SERVED.secure, certificate="client"), scram | plus | {"PLAIN", "EXTERNAL"})


class SCRAMByHand(unittest.TestCase):
    """An own SCRAM client, for what Cyrus does not do: libldap has it bind to the channel under a name of OpenLDAP's own, in a
    mechanism without -PLUS, which RFC 5802 section 6 has servers refuse."""
    class Session:
        def __init__(self, secure=True):
            self.raw = socket.create_connection(("127.0.0.1", int((SERVED.secure if secure else SERVED.plain).rsplit(":")[-1])))
            self.raw.settimeout(20)
            if secure:
                self.raw = ssl.create_default_context(cafile=CERTIFICATES.authority).wrap_socket(
                    self.raw, server_hostname="127.0.0.1")
                self.end_point = hashlib.sha256(self.raw.getpeercert(binary_form=True)).digest()
            self.number = 0

        def send(self, operation):
            self.number += 1
            self.raw.sendall(ber.sequence(ber.integer(self.number), operation))
            data = b""
            while (head := ber.header(data)) is None or len(data) < head[2]:
                received = self.raw.recv(65536)
                if not received:
                    raise AssertionError("closed")
                data += received
            return ber.children(ber.children(data)[0][1])[1]

        def step(self, mechanism, credentials):
            """One bind: the result code and the server's credentials."""
            sasl = ber.sequence(ber.octets(mechanism), ber.octets(credentials), tag=0xA3)
            _, content = self.send(ber.sequence(ber.integer(3), ber.octets(""), sasl, tag=0x60))
            parts = ber.children(content)
            return parts[0][1][0], next((value for tag, value in parts if tag == 0x87), None)

        def close(self):
            self.raw.close()

    def exchange(self, mechanism, user="ann", password="secret", header=b"n,,", binding=b"", change=lambda text: text,
                 secure=True, between=None, ending=None):
        """A whole exchange, the second message perhaps by another mechanism: the last result code, and whether the server
        proved itself."""
        session = self.Session(secure)
        self.addCleanup(session.close)
        if header.startswith(b"p=") and not binding:
            binding = session.end_point
        digest = "sha512" if "512" in mechanism else "sha256"
        bare = b"n=" + user.encode() + b",r=rOprNGfwEbeRWgbNEkqO"
        code, challenge = session.step(mechanism, header + bare)
        if code != 14:
            return code, False
        if between:
            between(session)
        fields = dict(part.split(b"=", 1) for part in challenge.split(b","))
        salted = hashlib.pbkdf2_hmac(digest, password.encode(), base64.b64decode(fields[b"s"]), int(fields[b"i"]))
        client_key = hmac.digest(salted, b"Client Key", digest)
        final = b"c=" + base64.b64encode(header + binding) + b",r=" + fields[b"r"]
        text = bare + b"," + challenge + b"," + final
        signature = hmac.digest(hashlib.new(digest, client_key).digest(), text, digest)
        proof = bytes(a ^ b for a, b in zip(client_key, signature))
        code, verifier = session.step(ending or mechanism, change(final + b",p=" + base64.b64encode(proof)))
        expected = b"v=" + base64.b64encode(hmac.digest(hmac.digest(salted, b"Server Key", digest), text, digest))
        return code, verifier == expected

    def test_bound_to_the_channel(self):
        for mechanism in ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-512-PLUS"):
            header = b"p=tls-server-end-point,,"
            self.assertEqual(self.exchange(mechanism, header=header), (0, True))
            self.assertEqual(self.exchange(mechanism, header=header, password="wrong")[0], 49)
            self.assertEqual(self.exchange(mechanism, header=header, binding=b"another channel's hash")[0], 49)
            self.assertEqual(self.exchange(mechanism, header=b"n,,")[0], 49)
            self.assertEqual(self.exchange(mechanism, header=b"p=tls-unique,,")[0], 49)
            self.assertEqual(self.exchange(mechanism[:-5], header=header)[0], 49)
            self.assertEqual(self.exchange(mechanism, header=b"n,,", secure=False)[0], 13)

    def test_a_client_that_was_told_of_no_binding_finds_out(self):
        self.assertEqual(self.exchange("SCRAM-SHA-256", header=b"y,,")[0], 49)
        self.assertEqual(self.exchange("SCRAM-SHA-256", header=b"y,,", secure=False), (0, True))

    def test_messages_that_are_wrong(self):
        for change in (lambda text: text.replace(b"r=r", b"r=x"), lambda text: text[:-4], lambda text: text + b"=",
                       lambda text: text.replace(b"p=", b"p=!"), lambda text: b"", lambda text: b"c=,r=,p=",
                       lambda text: text.replace(b"c=", b"c=AAAA"), lambda text: b"m=x," + text, lambda text: b"\0" * 5000,
                       lambda text: text.replace(b",r=", b",x=1,r="), lambda text: text[:-8] + b"AAAAAAA="):
            self.assertEqual(self.exchange("SCRAM-SHA-256", change=change)[0], 49)
        for header in (b"n,a=nobody,", b"n,a=u:bob,", b"x,,", b"n", b"", b"n,m=1,"):
            self.assertEqual(self.exchange("SCRAM-SHA-256", header=header)[0], 49, header)
        self.assertEqual(self.exchange("SCRAM-SHA-256", header=b"n,a=u:ann,")[0], 0)
        self.assertEqual(self.exchange("SCRAM-SHA-256", user="ann,m=x")[0], 49)

    def test_an_exchange_that_is_interrupted_is_over(self):
        def search(session):
            self.assertEqual(session.send(ber.sequence(ber.octets("1.3.6.1.4.1.4203.1.11.3", tag=0x80), tag=0x77))[1][2], 1)

        for between in (search, lambda session: session.step("PLAIN", "\0ann\0wrong"),
                        lambda session: session.step("SCRAM-SHA-512", "n,,n=ann,r=abcdefgh")):
            self.assertEqual(self.exchange("SCRAM-SHA-256", between=between)[0], 49)
        for ending in ("SCRAM-SHA-512", "SCRAM-SHA-256-PLUS", "PLAIN"):
            self.assertEqual(self.exchange("SCRAM-SHA-256", ending=ending)[0], 49, ending)

    def test_an_unknown_name_has_a_salt_of_its_own_that_stays(self):
        def challenge(user):
            session = self.Session()
            self.addCleanup(session.close)
            code, text = session.step("SCRAM-SHA-256", f"n,,n={user},r=rOprNGfwEbeRWgbNEkqO")
            self.assertEqual(code, 14)
            return text.split(b",")[1:]

        self.assertEqual(challenge("nobody"), challenge("nobody"))
        self.assertEqual(challenge("nobody"), challenge("NOBODY"))
        self.assertNotEqual(challenge("nobody"), challenge("somebody"))
        self.assertEqual(challenge("ann"), challenge("ann"))
        self.assertEqual(challenge("nobody")[1], challenge("ann")[1])


class Libraries(unittest.TestCase):
    def test_python_ldap(self):
        connection = ldap.initialize(SERVED.local)
        connection.sasl_interactive_bind_s("", ldap.sasl.external())
        self.assertIn("cn=peercred", connection.whoami_s())
        connection.sasl_interactive_bind_s("", ldap.sasl.sasl({ldap.sasl.CB_AUTHNAME: "ann", ldap.sasl.CB_PASS: "secret"},
                                                              "PLAIN"))
        self.assertEqual(connection.whoami_s(), f"dn:{ANN}")
        with self.assertRaises(ldap.INVALID_CREDENTIALS):
            connection.simple_bind_s(ANN, "wrong")
        self.assertEqual(connection.whoami_s(), "")
        connection.unbind_s()

    def test_ldap3(self):
        import ldap3
        port = int(SERVED.secure.rsplit(":", 1)[1])
        for mechanism, credentials, expected in ((ldap3.EXTERNAL, None, f"dn:{READER}"),
                                                 (ldap3.PLAIN, (None, "ann", "secret"), f"dn:{ANN}")):
            tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(CERTIFICATES.authority),
                            local_certificate_file=f"{FOLDER}/client.crt", local_private_key_file=f"{FOLDER}/client.key")
            server = ldap3.Server("127.0.0.1", port=port, use_ssl=True, tls=tls)
            with ldap3.Connection(server, authentication=ldap3.SASL, sasl_mechanism=mechanism,
                                  sasl_credentials=credentials) as connection:
                self.assertTrue(connection.bound, connection.result)
                self.assertEqual(connection.extend.standard.who_am_i(), expected)


class ApplicationPasswords(unittest.TestCase):
    Session, exchange = SCRAMByHand.Session, SCRAMByHand.exchange

    def test_one_that_is_revoked_in_the_middle_of_an_exchange_proves_nothing(self):
        added = run_peopled("password", "add", "--config", SERVED.configuration, "bob", "--label", "tablet")
        self.assertEqual(added.returncode, 0, added.stderr.decode())
        secret = next(word for word in added.stdout.decode().split() if word.count("-") == 6)

        def revoke(_):
            revoked = run_peopled("password", "revoke", "--config", SERVED.configuration, "bob", "--label", "tablet")
            self.assertEqual(revoked.returncode, 0, revoked.stderr.decode())

        self.assertEqual(self.exchange("SCRAM-SHA-256", user="bob", password=secret), (0, True))
        self.assertEqual(self.exchange("SCRAM-SHA-256", user="bob", password=secret, between=revoke)[0], 49)

    def test_for_every_way_to_bind_until_revoked(self):
        added = run_peopled("password", "add", "--config", SERVED.configuration, "bob", "--label", "phone")
        self.assertEqual(added.returncode, 0, added.stderr.decode())
        words = added.stdout.decode().split()
        secret = next(word for word in words if word.count("-") == 6)
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"):
            self.assertEqual(who(SERVED.local, "-Q", "-Y", mechanism, "-U", "bob", "-w", secret), (0, f"dn:{BOB}"), mechanism)
        self.assertEqual(who(SERVED.local, "-x", "-D", BOB, "-w", secret), (0, f"dn:{BOB}"))
        listed = run_peopled("password", "list", "--config", SERVED.configuration, "bob").stdout.decode()
        identifier = next(word for word in listed.split() if len(word) == 8 and word in added.stdout.decode() + listed
                          and word.isalnum() and word.islower())
        revoked = run_peopled("password", "revoke", "--config", SERVED.configuration, "bob", identifier)
        self.assertEqual(revoked.returncode, 0, revoked.stderr.decode() + listed)
        for mechanism in ("SCRAM-SHA-256", "PLAIN"):
            self.assertEqual(who(SERVED.local, "-Q", "-Y", mechanism, "-U", "bob", "-w", secret)[0], 49, mechanism)


class PassThrough(unittest.TestCase):
    """A real slapd verifies; it is stopped and started again."""
    @classmethod
    def setUpClass(cls):
        cls.folder = servers.temporary_folder("upstream")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        (cls.folder / "upstream.ldif").write_text(
            f"dn: {SUFFIX}\nobjectClass: domain\ndc: example\n\n"
            f"dn: uid=faraway,{SUFFIX}\nobjectClass: inetOrgPerson\nuid: faraway\ncn: f\nsn: f\nuserPassword: far-secret\n\n"
            f"dn: uid=eve,{SUFFIX}\nobjectClass: inetOrgPerson\nuid: eve\ncn: e\nsn: e\nuserPassword: eve-secret\n")
        cls.upstream = servers.Slapd(cls.folder / "upstream.ldif")
        text = cls.upstream.configuration.read_text()
        tls = (f"TLSCACertificateFile {CERTIFICATES.authority}\nTLSCertificateFile {FOLDER}/server.crt\n"
               f"TLSCertificateKeyFile {FOLDER}/server.key\n")
        cls.upstream.configuration.write_text(tls + text)
        cls.plain, cls.secure_port = cls.upstream.url, servers.free_port()
        cls.upstream.url += f" ldaps://127.0.0.1:{cls.secure_port}"
        cls.upstream.start()
        cls.addClassCleanup(cls.upstream.__exit__)
        shutil.copy(FOLDER / "server.crt", cls.folder)
        shutil.copy(FOLDER / "server.key", cls.folder)
        os.chmod(cls.folder / "server.key", 0o600)
        rule = f"authorities: '{CERTIFICATES.authority}', timeout: 2"
        cls.served = Served(cls.folder, CERTIFICATES, f"""passThrough: [
            {{ entries: "sasl", realm: "campus", upstream: "{cls.plain}", startTLS: true, {rule},
               name: "uid=$user,{SUFFIX}" }},
            {{ entries: "withoutPassword", upstream: "ldaps://127.0.0.1:{cls.secure_port}", {rule},
               search: {{ base: "{SUFFIX}", filter: "(uid=$user)" }} }}]""")
        cls.addClassCleanup(cls.served.stop)

    def bind(self, uid, password):
        return who(self.served.local, "-x", "-D", f"uid={uid},{PEOPLE}", "-w", password)

    def test_verified_upstream_and_down_and_up_again(self):
        self.assertEqual(self.bind("far", "far-secret"), (0, f"dn:uid=far,{PEOPLE}"))
        self.assertEqual(self.bind("eve", "eve-secret"), (0, f"dn:{EVE}"))
        self.assertEqual(self.bind("both", "reader-secret")[0], 0)
        self.assertEqual(self.bind("both", "far-secret")[0], 0)
        for uid in ("far", "eve", "both"):
            self.assertEqual(self.bind(uid, "wrong")[0], 49, uid)
            self.assertEqual(self.bind(uid, "")[0], 53, uid)
        self.assertEqual(who(self.served.local, "-Q", "-Y", "PLAIN", "-U", "far", "-w", "far-secret")[0], 0)
        self.assertEqual(who(self.served.local, "-Q", "-Y", "SCRAM-SHA-256", "-U", "far", "-w", "far-secret")[0], 49)

        self.upstream.stop()
        start = time.monotonic()
        for _ in range(8):
            self.assertEqual(self.bind("far", "far-secret")[0], 52)
            self.assertEqual(self.bind("far", "wrong")[0], 52)
        self.assertLess(time.monotonic() - start, 10, "a server that is down is not waited for again and again")
        self.assertEqual(self.bind("ann", "secret")[0], 0, "others bind meanwhile")
        self.assertIn("bind-unavailable", self.served.log())

        self.upstream.start()
        deadline = time.monotonic() + 15
        while self.bind("far", "far-secret")[0] != 0 and time.monotonic() < deadline:
            time.sleep(0.5)
        self.assertEqual(self.bind("far", "far-secret")[0], 0)
        self.assertEqual(self.bind("far", "wrong")[0], 49)

    def test_a_certificate_that_does_not_verify_is_no_upstream(self):
        folder = servers.temporary_folder("strangers")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        for name in ("server.crt", "server.key"):
            shutil.copy(FOLDER / name, folder)
        os.chmod(folder / "server.key", 0o600)
        served = Served(folder, CERTIFICATES, f"""passThrough: [{{ entries: "sasl",
            upstream: "ldaps://127.0.0.1:{self.secure_port}", name: "uid=$user,{SUFFIX}" }}]""")
        self.addCleanup(served.stop)
        self.assertEqual(who(served.local, "-x", "-D", f"uid=far,{PEOPLE}", "-w", "far-secret")[0], 52)


class Applications(unittest.TestCase):
    def test_search_and_bind_on_two_connections_as_postgresql_does(self):
        searcher = ldap.initialize(SERVED.plain)
        searcher.simple_bind_s(READER, "reader-secret")
        found = searcher.search_s(PEOPLE, ldap.SCOPE_SUBTREE, "(|(uid=ann)(mail=ann))", ["1.1"])
        self.assertEqual([dn for dn, _ in found], [ANN])
        binder = ldap.initialize(SERVED.plain)
        binder.simple_bind_s(found[0][0], "secret")
        self.assertEqual(binder.whoami_s(), f"dn:{ANN}")
        self.assertEqual(searcher.whoami_s(), f"dn:{READER}")
        binder.unbind_s()
        searcher.unbind_s()

    def test_the_log_names_who_was_tried_and_never_the_password(self):
        who(SERVED.local, "-x", "-D", f"uid=mallory\u202e,{PEOPLE}", "-w", "hunter2-in-the-log")
        who(SERVED.local, "-Q", "-Y", "PLAIN", "-U", "mallory", "-w", "hunter2-in-the-log")
        log = SERVED.log()
        self.assertIn("mechanism=PLAIN name=mallory", log)
        self.assertIn("\\u{202e}", log)
        self.assertNotIn("hunter2", log)


class Refusals(unittest.TestCase):
    """What serve and check refuse, and what they say."""
    def refused(self, text, expected):
        path = FOLDER / "refused.json5"
        path.write_text("{ " + text + " }")
        ended = run_peopled("check", "--config", path)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn(expected, ended.stderr.decode())

    def test_configurations(self):
        for text, expected in (
            (f'accounts: [{{ dn: "{READER}", password: "readable" }}]', "peopled password hash"),
            (f'accounts: [{{ dn: "{READER}", password: "{{NONE}}x" }}]', "cannot be verified"),
            (f'accounts: [{{ dn: "no name", password: "{SSHA}" }}]', "accounts[0].dn"),
            ('binds: { mechanisms: ["DIGEST-MD5"] }', "SCRAM-SHA-256"),
            ('binds: { names: { filter: "(uid=x)" } }', "$name"),
            ('binds: { names: { filter: "(uid=$name" } }', "binds.names.filter"),
            ('binds: { certificates: [{ email: "*", dn: "cn=x" }] }', "say which certificate"),
            ('binds: { certificates: [{ fingerprint: "12", dn: "cn=x" }] }', "64 digits"),
            ('binds: { peers: [{ dn: "cn=x" }] }', "user"),
            ('binds: { delays: { trusted: ["x"] } }', "192.0.2.0/24"),
            ('binds: { passThrough: [{ upstream: "ldap://ldap.example.edu", startTLS: false, name: "uid=$user,dc=x" }] }',
             "in the clear"),
            ('binds: { passThrough: [{ upstream: "ldap://127.0.0.1", name: "uid=x,dc=x" }] }', "$user"),
            ('binds: { delay: {} }', 'did you mean "delays"'),
        ):
            with self.subTest(text):
                self.refused(text, expected)

    def test_an_account_with_the_name_of_an_entry(self):
        folder = servers.temporary_folder("account")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        (folder / "people.ldif").write_text(LDIF)
        path = folder / "peopled.json5"
        path.write_text(f'{{ data: "{folder}/data", listeners: [{{ url: "ldapi://{folder}/socket" }}], '
                        f'accounts: [{{ dn: "{ANN}", password: "{SSHA}" }}] }}')
        ended = run_peopled("serve", "--config", path, "--ldif", folder / "people.ldif")
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("is an entry of the directory", ended.stderr.decode())
