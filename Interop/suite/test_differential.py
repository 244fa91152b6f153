"""The differential test, on data and searches that were never seen before: the seed is new each time, and printed."""

import random
import shutil
import unittest

from . import campus, client, differential, servers
from .names import canonical_dn


class Differential(unittest.TestCase):
    def check(self, seed, count, against):
        outcome = differential.compare_servers(seed, count, against=against, show=10)
        print(outcome.summary(), flush=True)
        self.assertGreaterEqual(outcome.asked, count)
        self.assertGreaterEqual(outcome.agreement, 0.99, f"reproduce: Interop/differential --seed {seed} --count {count}")
        self.assertEqual(len(outcome.unexplained), 0, f"reproduce: Interop/differential --seed {seed} --count {count}")

    def test_peopled_agrees_with_slapd(self):
        self.check(random.SystemRandom().randrange(10 ** 9), 3000, "slapd")

    def test_the_comparison_itself_is_sound(self):
        """slapd agrees with a slapd that holds what it exported: the differences found elsewhere are real."""
        self.check(random.SystemRandom().randrange(10 ** 9), 300, "itself")


class MemberOf(unittest.TestCase):
    """memberOf beside slapd's dynlist overlay, which computes it too: values, and equality filters.

    dynlist writes names in lower case, knows nothing of (memberOf=*) and of groups in groups, and gives values to searches of one
    entry only; so people are read one by one, and found by equality.
    """

    DYNLIST = "dynlist\ndynlist-attrset groupOfURLs memberURL member+memberOf@groupOfNames"

    def test_values_and_filters(self):
        seed = random.SystemRandom().randrange(10 ** 9)
        made = campus.make(seed, 120)
        folder = servers.temporary_folder("member-of")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        ldif = folder / "campus.ldif"
        ldif.write_text(made.ldif())
        schema = (servers.PACKAGES if servers.PACKAGES.exists() else servers.Path("/")) / "etc/ldap/schema/dyngroup.schema"
        with servers.Slapd(ldif, overlays=[self.DYNLIST], schema=[schema]) as slapd, servers.Peopled(ldif) as peopled:
            with client.Connection(slapd.port) as theirs, client.Connection(peopled.port) as ours:
                found = [self.memberships(connection, made) for connection in (ours, theirs)]
        self.assertEqual(found[0], found[1], f"seed {seed}")
        self.assertGreater(sum(map(len, found[0].values())), 50)

    def memberships(self, connection, made):
        """Of each entry its groups, and of each group who is found by it."""
        by_value = {}
        for entry in made.entries:
            if entry.dn.startswith("cn=group"):
                entries = connection.search(campus.PEOPLE, 2, ("equal", "memberOf", entry.dn.encode()), ["1.1"]).entries
                by_value["members", entry.dn] = sorted(str(canonical_dn(found)) for found, _ in entries)
            elif entry.kind == "entry":
                (_, attributes), = connection.search(entry.dn, 0, ("present", "objectClass"), ["memberOf"]).entries
                by_value[entry.dn] = sorted(str(canonical_dn(value.decode().lower())) for value in attributes.get("memberOf", []))
        return by_value
