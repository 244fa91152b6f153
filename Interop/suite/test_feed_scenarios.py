"""Both agents and ldapsearch, nothing else: what an identity provider's registry says is what LDAP shows, by each mechanism, whatever
happens in between; and peers that mean harm, who change nothing."""

import base64
import contextlib
import http.client
import json
import re
import shutil
import socket
import ssl
import time
import unittest

from . import agents
from .agents import IDP, RELEASED, SP, person


def people(count, **more):
    return {number: person(number, **more) for number in range(count)}


def private_memory(process):
    """Octets that are a process's own."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"RssAnon:\s+(\d+) kB", status.read()).group(1)) << 10


class Case(unittest.TestCase):
    def agents(self, update="subscription", every="1s", **options):
        both = agents.Agents(update=update, every=every, **options)
        self.addCleanup(both.__exit__)
        return both

    def served(self, both, registry, seconds=20, released=RELEASED):
        """What the registry says is in it, and then in LDAP."""
        both.write(registry.values())
        both.wait_until_served(registry.values(), seconds, released)

    def eventually(self, both, condition, seconds=20):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                self.fail(both.logs())
            time.sleep(0.05)

    def logged(self, both, process, text, seconds=20):
        self.eventually(both, lambda: text in process.log_text(), seconds)


class Mechanism:
    """What every mechanism must do; the class names it."""
    update = None

    def setUp(self):
        self.both = self.agents(self.update)
        self.registry = people(30)
        self.both.write(self.registry.values())
        self.both.start()
        self.both.wait_until_served(self.registry.values())

    def uuids(self):
        """Whose entryUUID is which."""
        found = self.both.served(("eduPersonUniqueId", "entryUUID"))
        return {values["eduPersonUniqueId"][0]: values["entryUUID"][0] for values in found.values()}

    def test_what_changes_at_the_provider_changes_in_ldap(self):
        before = self.uuids()
        # Changed, gone, new, and one who has another name from now on.
        self.registry[3]["mail"] = ["new@example.edu", "other@example.edu"]
        self.registry[4]["title"] = ["Professor"]
        del self.registry[5]
        self.registry[40] = person(40)
        self.registry[6]["uid"] = ["renamed"]
        self.served(self.both, self.registry)
        # A value goes, two people swap names, and the server is told of one change.
        del self.registry[4]["title"]
        self.registry[7]["uid"], self.registry[8]["uid"] = self.registry[8]["uid"], self.registry[7]["uid"]
        self.served(self.both, self.registry)
        after = self.uuids()
        stayed = before.keys() & after.keys()
        self.assertEqual((len(stayed), {who: after[who] for who in stayed}), (29, {who: before[who] for who in stayed}),
                         "an entry is its person's for good")
        changed = self.both.feed.run("change", "-", input=(
            "dn: eduPersonUniqueId=00000009@example.edu\nchangetype: modify\nreplace: mail\nmail: signalled@example.edu\n"))
        self.assertEqual(changed.returncode, 0, changed.stderr)
        self.registry[9]["mail"] = ["signalled@example.edu"]
        self.both.wait_until_served(self.registry.values())

    def test_policies_and_populations(self):
        self.both.service_provider["attributes"].remove("mail")
        self.both.feed.reload()
        self.both.wait_until_served(self.registry.values(), released=[name for name in RELEASED if name != "mail"])
        # Released again, and two leave the population.
        self.both.service_provider["attributes"].append("mail")
        self.both.feed.reload()
        for number in (1, 2):
            self.registry[number]["eduPersonEntitlement"] = ["https://other.example.edu/sp"]
        self.both.write(self.registry.values())
        self.both.wait_until_served([each for number, each in self.registry.items() if number not in (1, 2)])
        # Another population, to which they belong and others do not.
        self.both.service_provider["population"] = "(!(|(uid=u0000003)(uid=u0000004)))"
        self.both.feed.reload()
        self.both.wait_until_served([each for number, each in self.registry.items() if number not in (3, 4)])

    def test_either_is_down_for_a_while(self):
        self.both.feed.kill()
        self.registry[1]["mail"] = ["down@example.edu"]
        self.both.write(self.registry.values())
        time.sleep(1.2)
        self.assertEqual(len(self.both.served(("1.1", ))), 30, "the old data goes on being served")
        self.both.feed.start()
        self.both.wait_until_served(self.registry.values())
        self.both.people.kill()
        self.registry[2]["mail"] = ["away@example.edu"]
        del self.registry[3]
        self.registry[41] = person(41)
        self.both.write(self.registry.values())
        self.logged(self.both, self.both.feed, "added=1 modified=1 removed=1")
        self.both.people.start()
        self.both.wait_until_served(self.registry.values())

    def test_a_journal_that_was_pruned_meanwhile_leads_to_a_snapshot(self):
        self.both.people.stop()
        # What is not released is in the journal nevertheless: 24 MB of it, of which a mebibyte is to be kept.
        for title in ("one", "two", "three"):
            for each in self.registry.values():
                each.update(description=[title + "x" * 150_000], title=[title])
            self.both.write(self.registry.values())
            self.logged(self.both, self.both.feed, f"transaction={30 * (2 + ('one', 'two', 'three').index(title))}")
        self.both.feed.configuration["keep"] = {"journalMebibytes": 1}
        self.both.feed.reload()
        self.logged(self.both, self.both.feed, "event=journal-pruned")
        self.both.people.start()
        self.both.wait_until_served(self.registry.values())
        if self.update != "snapshot":
            self.logged(self.both, self.both.people, "event=source-resync")

    def test_a_delivery_that_removes_many_is_held_until_somebody_decides(self):
        self.both.feed.configuration["registry"]["maximumRemoved"] = 100
        self.both.feed.reload()
        everybody = list(self.registry.values())
        self.both.write(everybody[:5])
        self.eventually(self.both, lambda: self.both.status()["phase"] == "held")
        self.assertEqual(self.both.status()["heldRemovals"], 25)
        self.assertEqual(len(self.both.served(("1.1", ))), 30, "what was served is served")
        # A restart forgets nothing of it, and later changes wait.
        self.both.people.kill()
        everybody[0]["mail"] = ["waits@example.edu"]
        self.both.write(everybody[:5])
        self.both.people.start()
        self.eventually(self.both, lambda: self.both.status()["phase"] == "held")
        self.assertEqual(self.both.served(("mail", ), "(mail=waits@example.edu)"), {})
        self.resync("--discard")
        self.logged(self.both, self.both.people, "event=held-discarded")
        self.assertEqual(len(self.both.served(("1.1", ))), 30)
        # The provider has not changed its mind: it comes again.
        self.eventually(self.both, lambda: self.both.status()["phase"] == "held")
        self.resync("--accept")
        self.both.wait_until_served(everybody[:5])

    def resync(self, *words):
        done = self.both.people.run("resync", IDP, *words)
        self.assertEqual(done.returncode, 0, done.stderr)


class Snapshot(Mechanism, Case):
    update = "snapshot"


class Changelog(Mechanism, Case):
    update = "changelog"


class Subscription(Mechanism, Case):
    update = "subscription"

    def test_a_push_is_served_soon_though_the_provider_is_asked_seldom(self):
        self.both.identity_provider["every"] = "1h"
        self.both.people.reload()
        self.logged(self.both, self.both.people, "event=reloaded")
        self.registry[1]["mail"] = ["soon@example.edu"]
        self.served(self.both, self.registry, seconds=5)

    def test_a_provider_that_was_put_back_from_a_copy_is_noticed(self):
        self.both.feed.stop()
        copy = self.both.folder / "copy"
        shutil.copytree(self.both.folder / "feed-data", copy)
        self.both.feed.start()
        before = self.registry[1]["mail"]
        self.registry[1]["mail"] = ["later@example.edu"]
        self.served(self.both, self.registry)
        self.both.feed.stop()
        shutil.rmtree(self.both.folder / "feed-data")
        copy.rename(self.both.folder / "feed-data")
        self.registry[1]["mail"] = before
        self.both.write(self.registry.values())
        self.both.feed.start()
        # Older data does not take the place of newer without somebody's word.
        self.eventually(self.both, lambda: "put back from a copy" in (self.both.status().get("failure") or ""))
        self.assertEqual(len(self.both.served(("1.1", ), "(mail=later@example.edu)")), 1)
        self.resync()
        self.both.wait_until_served(self.registry.values())


class Hostile(Case):
    """Whoever is not whom he says, and whoever is but sends what does harm: refused, logged, and nothing has changed."""
    def setUp(self):
        self.both = self.agents("subscription")
        self.both.keys.update((name, agents.Keys(self.both.folder, name)) for name in ("other", "stranger"))
        self.both.feed.configuration["serviceProviders"].append(
            {"entityID": "https://other.example.edu/sp", "keys": [self.both.keys["other"].pin]})
        self.registry = people(5)
        self.both.write(self.registry.values())
        self.both.start()
        self.both.wait_until_served(self.registry.values())

    def tearDown(self):
        self.assertEqual(self.both.differences(self.registry.values()), "", "nothing has changed")
        # And both go on as before.
        self.registry[1]["mail"] = ["after@example.edu"]
        self.served(self.both, self.registry)

    def ask(self, port, key, method, path, body=None, **headers):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if key:
            context.load_cert_chain(self.both.keys[key].certificate, self.both.keys[key].key)
        with contextlib.closing(http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=20)) as connection:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def push(self, body, key="idp", sender=IDP, path="/"):
        return self.ask(self.both.listener_port, key, "POST", path, body, Content_Type="text/ldif", X_Entity_ID=sender)

    def change(self, changes, kind="modify", who="eduPersonUniqueId=00000001@example.edu"):
        """A push of one change that follows what peopled has."""
        position = int(self.both.status()["position"])
        return (f"version: 1\n\ndn: changeNumber={position + 1},cn=changelog\nobjectClass: top\nobjectClass: changeLogEntry\n"
                f"changeNumber: {position + 1}\npreviousChangeNumber: {position}\nchangeTime: 20261121200000Z\n"
                f"targetDN: {who},ou=People\nchangeType: {kind}\n{changes}\n").encode()

    def test_keys_that_are_not_registered(self):
        call = json.dumps({"entityID": SP}).encode()
        for key in ("stranger", None, "other"):
            self.assertEqual(self.ask(self.both.feed_port, key, "POST", "/v1/snapshot", call)[0], 403, key)
        for key in ("stranger", None, "sp"):
            self.assertEqual(self.push(self.change("", "delete"), key)[0], 403, key)
        self.assertEqual(self.push(self.change("", "delete"), sender="https://other.example.edu/idp")[0], 403)
        for process in (self.both.feed, self.both.people):
            self.assertIn("event=http-not-admitted", process.log_text())
        self.assertIn("event=push-refused", self.both.people.log_text())

    def test_a_server_with_another_key_is_not_asked(self):
        self.both.feed.stop()
        kept = {name: self.both.feed.configuration[name] for name in ("certificate", "key")}
        self.both.feed.configuration.update(certificate="stranger.crt", key="stranger.key")
        self.both.feed.start()
        self.logged(self.both, self.both.people, "event=source-failed")
        self.assertNotIn("event=call ", self.both.feed.log_text().split("event=stopping")[-1])
        # The same key for its pushes is refused at our end.
        self.assertEqual(self.push(self.change("", "delete"), "stranger")[0], 403)
        self.both.feed.configuration.update(kept)
        self.both.feed.reload()

    def test_retrieval_urls_of_others_and_tricks_in_their_paths(self):
        def call(name, **more):
            status, body = self.ask(self.both.feed_port, "sp", "POST", f"/v1/{name}", json.dumps({"entityID": SP, **more}).encode())
            self.assertEqual(status, 200, body)
            return json.loads(body)
        path = re.sub(r"^https://[^/]+", "", call("snapshot")["retrieval"])
        self.assertEqual(self.ask(self.both.feed_port, "sp", "GET", path)[0], 200)
        self.assertEqual(self.ask(self.both.feed_port, "other", "GET", path)[0], 404)
        token = path.rsplit("/", 1)[1]
        for trick in ("/v1/files/..", "/v1/files/../../etc/passwd", "/v1/files/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/v1/files/" + token + "%00",
                      "/v1/files//etc/passwd", "/v1/files/" + token + "/..", "/v1/files/" + "0" * 32, "/v1/files/" + token[:-1]):
            status, body = self.ask(self.both.feed_port, "sp", "GET", trick)
            self.assertIn(status, (400, 404), trick)
            self.assertNotIn(b"root:", body)

    def test_a_body_of_ten_gibibytes(self):
        size = str(10 << 30)
        for port, key, path in ((self.both.feed_port, "sp", "/v1/snapshot"), (self.both.listener_port, "idp", "/")):
            status, _ = self.ask(port, key, "POST", path, iter([b"x" * 1000]), Content_Length=size, Content_Type="text/ldif",
                                 X_Entity_ID=IDP)
            self.assertEqual(status, 413)
            self.endless(port, key, path)

    def endless(self, port, key, path):
        """Chunks without an end, until the other side has had enough; it keeps none of them."""
        process = (self.both.feed if port == self.both.feed_port else self.both.people).process
        before = private_memory(process)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(self.both.keys[key].certificate, self.both.keys[key].key)
        ended = False
        deadline = time.monotonic() + 30
        with context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=20)) as connection:
            connection.sendall(f"POST {path} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Type: text/ldif\r\n"
                               f"X-Entity-ID: {IDP}\r\n\r\n".encode())
            try:
                while time.monotonic() < deadline:
                    connection.sendall(b"100000\r\n" + b"x" * (1 << 20) + b"\r\n")
            except OSError:
                ended = True
        self.assertTrue(ended, "it is cut off")
        # A push has 40 MiB at most.
        self.assertLess(private_memory(process) - before, 100 << 20)

    def test_pushed_ldif_that_names_files(self):
        secret = self.both.folder / "secret"
        secret.write_text("replace: cn\ncn: from a file\n-\n")
        for changes in (f"changes:< file://{secret}\n", f"changes: replace: cn\n cn:< file://{secret}\n",
                        f"changes:: {base64.b64encode(f'replace: cn{chr(10)}cn:< file://{secret}{chr(10)}-{chr(10)}'.encode()).decode()}\n"):
            status, body = self.push(self.change(changes))
            # After the first, a snapshot is fetched: the provider is not as it should be.
            self.assertIn(status, (400, 503), body)
            self.both.wait_until_served(self.registry.values())
        self.assertIn("event=push-refused", self.both.people.log_text())
        self.assertEqual(self.both.served(("cn", ), "(cn=from a file)"), {})

    def test_pushes_that_are_none(self):
        for body in (b"", b"\0" * 1000, b"dn: uid=u0000001,ou=People\nchangetype: delete\n",
                     self.change("", "delete", who="eduPersonUniqueId=00000001@example.edu,ou=Other")[:-40],
                     self.change("changes:: !!!\n")):
            status, answer = self.push(body)
            # One of no changes is acknowledged.
            self.assertIn(status, (400, 503) if body else (200, 503), answer)
            self.both.wait_until_served(self.registry.values())
