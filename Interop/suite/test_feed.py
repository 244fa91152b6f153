"""peoplefeed and what is not ours: calls by Python's HTTP client, files read by python-ldap's LDIF parser, pushes taken by Python's
HTTP server; keys made by openssl."""

import base64
import hashlib
import http.client
import http.server
import io
import json
import signal
import ssl
import subprocess
import threading
import time
import unittest
import uuid

import ldif

from . import agents, servers

IDP = "https://idp.example.edu/idp"
SP = "https://sp.example.edu/shibboleth"
OTHER = "https://other.example.edu/shibboleth"


def parse_ldif(text):
    """The records of LDIF text as python-ldap reads them: [(name, {attribute: [values]})]."""
    parser = ldif.LDIFRecordList(io.BytesIO(text))
    parser.parse_entry_records()
    return parser.all_records


class Keys(agents.Keys):
    """A key that calls are made with."""
    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(self.certificate, self.key)
        return context


class Feed(unittest.TestCase):
    def setUp(self):
        self.folder = servers.temporary_folder("feed")
        self.addCleanup(subprocess.run, ["rm", "-rf", self.folder])
        self.keys = {name: Keys(self.folder, name) for name in ("idp", "sp", "other", "stranger")}
        self.people = {number: self.person(number) for number in range(5)}
        self.write_people()
        self.port = servers.free_port()
        self.configuration = {
            "entityID": IDP, "data": "data", "listener": f"https://127.0.0.1:{self.port}", "certificate": "idp.crt",
            "key": "idp.key", "registry": {"ldif": "people.ldif", "subject": "uid"},
            "serviceProviders": [
                {"entityID": SP, "keys": [self.keys["sp"].pin], "attributes": ["cn", "mail"]},
                {"entityID": OTHER, "keys": [self.keys["other"].pin]},
            ],
        }
        self.write_configuration()

    def person(self, number, **more):
        values = {"uid": [f"u{number}"], "cn": [f"Pérson {number}"], "sn": ["P"], "mail": [f"u{number}@example.edu"],
                  "eduPersonEntitlement": [SP, OTHER], "userPassword": ["secret"]}
        return {**values, **more}

    def write_people(self):
        text = "version: 1\n"
        for number, person in self.people.items():
            text += f"\ndn: uid=u{number},ou=People,dc=example,dc=edu\n"
            for name, values in person.items():
                text += "".join(f"{name}:: {base64.b64encode(value.encode()).decode()}\n" for value in values)
        (self.folder / "new").write_text(text)
        (self.folder / "new").rename(self.folder / "people.ldif")

    def write_configuration(self):
        (self.folder / "feed.json5").write_text(json.dumps(self.configuration))

    def run_feed(self, *arguments):
        return subprocess.run([agents.peoplefeed_binary(), *map(str, arguments)], capture_output=True, text=True, timeout=60)

    def serve(self):
        log = open(self.folder / "log", "ab")
        self.addCleanup(log.close)
        server = subprocess.Popen([agents.peoplefeed_binary(), "serve", "--config", self.folder / "feed.json5"], stdout=subprocess.PIPE, stderr=log)
        self.addCleanup(lambda: (server.kill(), server.wait(), server.stdout.close()))
        self.assertTrue(server.stdout.readline().startswith(b"ready"), (self.folder / "log").read_text())
        return server

    def request(self, method, path, body=None, key="sp", headers={}):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.keys[key].context(), timeout=20)
        self.addCleanup(connection.close)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer, answer.read()

    def call(self, name, key="sp", status=200, **request):
        identity = str(uuid.uuid4())
        answer, body = self.request("POST", f"/v1/{name}", json.dumps({"entityID": SP, **request}), key, {"X-Request-ID": identity})
        self.assertEqual(answer.status, status, body)
        self.assertEqual(answer.headers["X-Request-ID"], identity)
        return json.loads(body)

    def fetch(self, prepared):
        answer, body = self.request("GET", prepared["retrieval"].split(str(self.port), 1)[1])
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/ldif"))
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        self.assertEqual(answer.headers["Repr-Digest"], f"sha-256=:{digest}:")
        return parse_ldif(body)

    def initialize(self, attributes=("cn", "mail", "sn")):
        return self.call("initialize", mechanisms=["snapshot", "subscription", "changelog"], attributes=attributes)

    def eventually(self, condition):
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            if condition():
                return
            time.sleep(0.05)
        self.fail((self.folder / "log").read_text())

    def changes(self, after):
        """The changelog once it is not empty."""
        found = []

        def look():
            found[:] = [self.call("changelog", transactionID=after)]
            return found[0]["records"] > 0
        self.eventually(look)
        return found[0]

    def test_snapshot_and_changelog_are_read_by_python_ldap(self):
        self.serve()
        self.assertEqual(self.initialize()["withheld"], ["sn"])
        prepared = self.call("snapshot")
        records = dict(self.fetch(prepared))
        self.assertEqual(len(records), 5)
        self.assertEqual(records["uid=u3,ou=People"], {"cn": ["Pérson 3".encode()], "mail": [b"u3@example.edu"]})
        self.people[3]["mail"] = []
        self.people[9] = self.person(9, eduPersonEntitlement=[OTHER])
        del self.people[4]
        self.write_people()
        changelog = self.changes(prepared["transactionID"])
        entries = self.fetch(changelog)
        self.assertEqual([(entry["changeType"], entry["targetDN"]) for _, entry in entries],
                         [([b"modify"], [b"uid=u3,ou=People"]), ([b"delete"], [b"uid=u4,ou=People"])])
        self.assertEqual(entries[0][1]["changes"],
                         ["replace: cn\ncn:: {}\n-\nreplace: mail\n-\nreplace: sn\n-\n".format(
                             base64.b64encode("Pérson 3".encode()).decode()).encode()])
        chain = [prepared["transactionID"].encode()] + [entry["changeNumber"][0] for _, entry in entries]
        self.assertEqual([entry["previousChangeNumber"][0] for _, entry in entries], chain[:-1])

    def test_a_changelog_that_was_fetched_whole_is_gone_and_a_snapshot_stays(self):
        self.serve()
        self.initialize()
        snapshot = self.call("snapshot")
        for _ in range(2):
            self.assertEqual(len(self.fetch(snapshot)), 5)
        self.people[3]["mail"] = ["new@example.edu"]
        self.write_people()
        for parts in (["bytes=0-"], ["bytes=0-99", "bytes=100-199", "bytes=150-"]):
            changelog = self.changes(snapshot["transactionID"])
            path = changelog["retrieval"].split(str(self.port), 1)[1]
            # Its end alone is not the whole.
            self.assertEqual(self.request("GET", path, headers={"Range": "bytes=-50"})[0].status, 206)
            self.assertEqual(self.request("HEAD", path)[0].status, 200)
            for part in parts:
                self.assertEqual(self.request("GET", path, headers={"Range": part})[0].status, 206)
            self.eventually(lambda: self.request("GET", path, headers={"Range": "bytes=0-0"})[0].status == 404)
        self.assertEqual(len(self.fetch(snapshot)), 5)

    def test_who_has_another_key_is_refused(self):
        self.serve()
        self.initialize()
        prepared = self.call("snapshot")
        path = prepared["retrieval"].split(str(self.port), 1)[1]
        self.assertEqual(self.call("snapshot", key="other", status=403)["code"], "forbidden")
        self.assertEqual(self.request("GET", path, key="other")[0].status, 404)
        self.assertEqual(self.request("GET", path, key="stranger")[0].status, 403)
        for strange in ("/v1/files/..", "/v1/files/%2e%2e%2fdata", "/etc/passwd", "/v1/files/" + "0" * 32):
            self.assertIn(self.request("GET", strange)[0].status, (400, 404))
        self.assertEqual(self.request("GET", path, headers={"Range": "bytes=0-9"})[0].status, 206)

    def test_a_changed_policy_flows_and_nothing_is_lost_in_a_kill(self):
        server = self.serve()
        self.initialize()
        prepared = self.call("snapshot")
        server.kill()
        server.wait()
        self.configuration["serviceProviders"][0]["attributes"].append("sn")
        self.write_configuration()
        server = self.serve()
        self.assertEqual(len(self.fetch(prepared)), 5)
        changelog = self.changes(prepared["transactionID"])
        self.assertEqual(changelog["records"], 5)
        self.configuration["serviceProviders"][0]["population"] = "(uid=u1)"
        self.write_configuration()
        server.send_signal(signal.SIGHUP)
        after = self.changes(changelog["transactionID"])
        self.assertEqual({entry["changeType"][0] for _, entry in self.fetch(after)}, {b"delete"})
        self.assertEqual(self.call("changelog", status=410, transactionID=prepared["transactionID"])["code"],
                         "expiredTransactionID")

    def test_pushes_are_repeated_until_they_are_acknowledged(self):
        received, refusals = [], [503]
        keys = self.keys["sp"]

        class Listener(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append((self.headers["X-Entity-ID"], body))
                last = parse_ldif(body)[-1][1]["changeNumber"][0].decode()
                refused = refusals.pop() if refusals else None
                answer = json.dumps({"code": "unavailable", "message": "later"} if refused else
                                    {"code": "success", "message": "", "transactionID": last}).encode()
                self.send_response(refused or 200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(keys.certificate, keys.key)
        listener.socket = context.wrap_socket(listener.socket, server_side=True)
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        self.addCleanup(listener.server_close)
        self.addCleanup(listener.shutdown)
        self.serve()
        start = self.initialize()["transactionID"]
        self.call("subscription", action="subscribe", transactionID=start,
                  listener=f"https://127.0.0.1:{listener.server_port}/feed")
        self.people[2]["mail"] = ["new@example.edu"]
        self.write_people()
        self.eventually(lambda: len(received) == 2)
        self.assertEqual(received[0], received[1])
        self.assertEqual(received[0][0], IDP)
        self.people[2]["mail"] = ["newer@example.edu"]
        self.write_people()
        self.eventually(lambda: len(received) == 3)
        first, second = (parse_ldif(body)[0][1] for _, body in received[1:])
        self.assertEqual(second["previousChangeNumber"], first["changeNumber"])
        status = json.loads(self.run_feed("status", "--config", self.folder / "feed.json5", "--json").stdout)
        self.assertEqual([provider["entityID"] for provider in status["providers"]], [SP])

    def test_signalled_changes_are_made_or_refused_whole(self):
        config = ("--config", self.folder / "feed.json5")
        changes = self.folder / "changes.ldif"
        changes.write_text("dn: uid=u1\nchangetype: add\ncn: a\nsn: b\n")
        self.assertEqual(self.run_feed("change", *config, changes).returncode, 0)
        again = self.run_feed("change", *config, changes)
        self.assertEqual(again.returncode, 1)
        self.assertIn("changes.ldif:1: the person is there already", again.stderr)
        changes.write_text("dn: uid=u1\nsn:< file:///etc/passwd\n")
        self.assertEqual(self.run_feed("change", *config, changes).returncode, 1)

    def test_changes_are_signalled_to_a_server_that_runs(self):
        config = ("--config", self.folder / "feed.json5")
        self.serve()
        start = self.initialize()["transactionID"]
        changes = self.folder / "changes.ldif"
        changes.write_text("dn: uid=u1\nchangetype: modify\nreplace: mail\nmail: a@example.edu\n\n"
                           "dn: uid=u9\nchangetype: delete\n")
        refused = self.run_feed("change", *config, changes)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("changes.ldif:6: there is no such person", refused.stderr)
        self.assertEqual(self.call("changelog", transactionID=start)["records"], 0)
        changes.write_text(changes.read_text().replace("u9", "u2"))
        done = self.run_feed("change", *config, changes)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("0 added, 1 modified, 1 removed", done.stdout)
        kinds = [entry["changeType"] for _, entry in self.fetch(self.call("changelog", transactionID=start))]
        self.assertEqual(kinds, [[b"modify"], [b"delete"]])
        self.assertIn("event=changes-signalled", (self.folder / "log").read_text())

    def test_a_stream_of_changes_is_made_as_it_comes_until_the_first_that_cannot_be(self):
        config = ("--config", self.folder / "feed.json5")
        server = self.serve()
        for serves in (True, False):
            if not serves:
                server.terminate()
                self.assertEqual(server.wait(timeout=20), 0)
            change = subprocess.Popen([agents.peoplefeed_binary(), "change", *config, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE)
            self.addCleanup(lambda: [pipe.close() for pipe in (change.stdin, change.stdout, change.stderr)])
            for count in range(1, 4):
                change.stdin.write(f"dn: uid=u1\nchangetype: modify\nreplace: mail\nmail: {serves}{count}@a\n\n".encode())
                change.stdin.flush()
                self.assertEqual(change.stdout.readline(), b"durable %d\n" % count)
            change.stdin.write(b"dn: uid=u2\nchangetype: modify\nreplace: mail\nmail: a@a\n\n"
                               b"dn: uid=u8\nchangetype: delete\n\n" b"dn: uid=u3\nchangetype: delete\n\n")
            output, errors = change.communicate(timeout=20)
            self.assertEqual((change.returncode, output), (1, b"durable 4\n"))
            self.assertIn(b"standard input:21: there is no such person", errors)
        self.serve()
        self.initialize()
        self.assertIn("uid=u3,ou=People", dict(self.fetch(self.call("snapshot"))), "what stood behind it is not made")

    def test_status_asks_the_server(self):
        config = ("--config", self.folder / "feed.json5")
        self.serve()
        start = self.initialize()["transactionID"]
        self.call("subscription", action="subscribe", transactionID=start,
                  listener=f"https://127.0.0.1:{servers.free_port()}/feed")
        self.people[2]["mail"] = ["new@example.edu"]
        self.write_people()

        def provider():
            return json.loads(self.run_feed("status", *config, "--json").stdout)["providers"][0]
        self.eventually(lambda: provider().get("push", {}).get("failures", 0) > 0)
        self.assertEqual(provider()["push"]["state"], "retrying")
        self.assertIn("pushes failed, next at", self.run_feed("status", *config).stdout)

    def test_a_reload_takes_what_it_can_and_names_the_rest(self):
        server = self.serve()
        self.initialize()
        self.configuration["certificate"], self.configuration["key"] = "stranger.crt", "stranger.key"
        self.configuration["serviceProviders"][0]["keys"] = [self.keys["stranger"].pin]
        self.configuration["log"] = {"level": "debug", "format": "json"}
        self.configuration["listener"] = "https://127.0.0.1:1"
        self.write_configuration()
        server.send_signal(signal.SIGHUP)
        self.eventually(lambda: "event=restart-needed" in (self.folder / "log").read_text())
        self.assertIn('keys="listener log.format"', (self.folder / "log").read_text())
        self.eventually(lambda: "event=reloaded providers=2 level=debug" in (self.folder / "log").read_text())
        self.assertEqual(self.request("POST", "/v1/reset", "{}", key="sp")[0].status, 403)
        self.assertEqual(self.call("snapshot", key="stranger")["records"], 5)
        presented = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", self.port)))
        expected = ssl.PEM_cert_to_DER_cert(self.keys["stranger"].certificate.read_text())
        self.assertEqual(presented, expected)

    def test_check_names_what_is_wrong(self):
        config = ("--config", self.folder / "feed.json5")
        self.assertIn("5 people, 2 service providers", self.run_feed("check", *config).stdout)
        for change, message in (({"regisry": {}}, 'did you mean "registry"?'), ({"listener": "http://a"}, "listener: expected https"),
                                ({"admin": {"group": "no-such-group"}}, 'admin.group: there is no group "no-such-group"'),
                                ({"serviceProviders": [{"entityID": SP, "keys": ["x"]}]}, "serviceProviders[0].keys"),
                                ({"serviceProviders": [{"entityID": SP, "keys": [], "population": "(a"}]}, "(a")):
            kept = dict(self.configuration)
            self.configuration.update(change)
            self.write_configuration()
            result = self.run_feed("check", *config)
            self.assertEqual(result.returncode, 1)
            self.assertIn(message, result.stderr)
            self.configuration = kept
