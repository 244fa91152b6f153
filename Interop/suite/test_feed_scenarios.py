"""Both agents and ldapsearch, nothing else: what an identity provider's registry says is what LDAP shows, by each mechanism, whatever
happens in between; and peers that mean harm, who change nothing."""

import contextlib
import http.client
import json
import re
import socket
import ssl
import threading
import time
import unittest

from . import agents, servers
from .agents import IDP, PEOPLE, RELEASED, SP, person


def people(count, **more):
    return {number: person(number, **more) for number in range(count)}


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
        with self.subTest("change, add and delete in one reading"):
            self.registry[3]["mail"] = ["new@example.edu", "other@example.edu"]
            self.registry[4]["title"] = ["Professor"]
            del self.registry[5]
            self.registry[40] = person(40)
            self.served(self.both, self.registry)
        with self.subTest("a value goes"):
            del self.registry[4]["title"]
            self.served(self.both, self.registry)
        with self.subTest("another name, the same person"):
            self.registry[6]["uid"] = ["renamed"]
            self.served(self.both, self.registry)
        with self.subTest("two people swap names"):
            self.registry[7]["uid"], self.registry[8]["uid"] = self.registry[8]["uid"], self.registry[7]["uid"]
            self.served(self.both, self.registry)
        after = self.uuids()
        self.assertEqual({who: after[who] for who in before.keys() & after.keys()},
                         {who: before[who] for who in before.keys() & after.keys()}, "an entry is its person's for good")
        with self.subTest("a signalled change"):
            changed = self.both.feed.run("change", "-", input=(
                "dn: eduPersonUniqueId=00000009@example.edu\nchangetype: modify\nreplace: mail\nmail: signalled@example.edu\n"))
            self.assertEqual(changed.returncode, 0, changed.stderr)
            self.registry[9]["mail"] = ["signalled@example.edu"]
            self.both.wait_until_served(self.registry.values())

    def test_policies_and_populations(self):
        with self.subTest("an attribute is withheld"):
            self.both.service_provider["attributes"].remove("mail")
            self.both.feed.reload()
            self.both.wait_until_served(self.registry.values(), released=[name for name in RELEASED if name != "mail"])
        with self.subTest("and released again"):
            self.both.service_provider["attributes"].append("mail")
            self.both.feed.reload()
            self.both.wait_until_served(self.registry.values())
        with self.subTest("people leave the population and come back"):
            for number in (1, 2):
                self.registry[number]["eduPersonEntitlement"] = ["https://other.example.edu/sp"]
            self.both.write(self.registry.values())
            self.both.wait_until_served([each for number, each in self.registry.items() if number not in (1, 2)])
            for number in (1, 2):
                self.registry[number]["eduPersonEntitlement"] = [SP]
            self.served(self.both, self.registry)
        with self.subTest("another population"):
            self.both.service_provider["population"] = "(!(|(uid=u0000003)(uid=u0000004)))"
            self.both.feed.reload()
            self.both.wait_until_served([each for number, each in self.registry.items() if number not in (3, 4)])

    def test_either_is_down_for_a_while(self):
        with self.subTest("the identity provider is killed, and its registry changes meanwhile"):
            self.both.feed.kill()
            self.registry[1]["mail"] = ["down@example.edu"]
            self.both.write(self.registry.values())
            self.logged(self.both, self.both.people, "source-failed") if self.update != "subscription" else time.sleep(0.5)
            self.assertEqual(len(self.both.served(("1.1", ))), 30, "the old data goes on being served")
            self.both.feed.start()
            self.both.wait_until_served(self.registry.values(), 30)
        with self.subTest("the service provider is killed, and much changes meanwhile"):
            self.both.people.kill()
            self.registry[2]["mail"] = ["away@example.edu"]
            del self.registry[3]
            self.registry[41] = person(41)
            self.both.write(self.registry.values())
            self.logged(self.both, self.both.feed, "added=1 modified=1 removed=1")
            self.both.people.start()
            self.both.wait_until_served(self.registry.values(), 30)


class Snapshot(Mechanism, Case):
    update = "snapshot"


class Changelog(Mechanism, Case):
    update = "changelog"


class Subscription(Mechanism, Case):
    update = "subscription"
