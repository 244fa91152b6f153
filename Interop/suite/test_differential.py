"""The differential test, on data and searches that were never seen before: the seed is new each time, and printed."""

import random
import shutil
import unittest

from . import campus, client, differential, servers
from .names import canonical_dn


def new_seed():
    return random.SystemRandom().randrange(10 ** 9)


class Differential(unittest.TestCase):

    # New seeds find a new corner once in some 50,000 operations: it is printed, to be looked at, and fails no run alone.
    TOLERATED = 2

    def check(self, outcome, seed, options):
        print(outcome.summary(), flush=True)
        reproduce = f"reproduce: Interop/differential --seed {seed} {options}"
        self.assertGreaterEqual(outcome.agreement, 0.99, reproduce)
        unexplained = [operation.command("URL") + "\n" + text for operation, text in outcome.unexplained]
        print(*unexplained, sep="\n", end="")
        self.assertLessEqual(len(unexplained), self.TOLERATED, reproduce)

    def test_peopled_agrees_with_slapd(self):
        seed = new_seed()
        outcome = differential.compare_servers(seed, 3000)
        self.assertGreaterEqual(outcome.asked, 3000)
        self.check(outcome, seed, "--count 3000")

    def test_it_agrees_on_a_larger_directory(self):
        """Long postings, many pages, answers of thousands; `Interop/differential --people 100000` does more of it."""
        seed = new_seed()
        self.check(differential.compare_servers(seed, 300, people=5000), seed, "--count 300 --people 5000")

    def test_it_agrees_after_changes_too(self):
        """Half of the campus came by apply, in batches: several segments, tombstones, and the last batch while serving."""
        seed = new_seed()
        self.check(differential.compare_after_changes(seed, 1500), seed, "--count 1500 --through-changes")

    def test_the_comparison_itself_is_sound(self):
        """slapd agrees with a slapd that holds what it exported: the differences found elsewhere are real."""
        seed = new_seed()
        self.check(differential.compare_servers(seed, 300, against="itself"), seed, "--count 300 --against itself")


class MemberOf(unittest.TestCase):
    """memberOf beside slapd's dynlist overlay, which computes it too: values, and equality filters.

    dynlist writes names in lower case, knows nothing of (memberOf=*) and of groups in groups, and gives values to
    searches of one entry only; so people are read one by one, and found by equality.
    """

    DYNLIST = "dynlist\ndynlist-attrset groupOfURLs memberURL member+memberOf@groupOfNames"

    def test_values_and_filters(self):
        seed = new_seed()
        made = campus.make(seed, 120)
        folder = servers.temporary_folder("member-of")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        ldif = folder / "campus.ldif"
        ldif.write_text(made.ldif())
        schema = (servers.PACKAGES
                  if servers.PACKAGES.exists() else servers.Path("/")) / "etc/ldap/schema/dyngroup.schema"
        with servers.Slapd(ldif, overlays=[self.DYNLIST], schema=[schema]) as slapd, servers.Peopled(ldif) as peopled:
            with client.Connection(slapd.port) as theirs, client.Connection(peopled.port) as ours:
                found = [self.memberships(connection, made) for connection in (ours, theirs)]
        self.assertEqual(found[0], found[1], f"seed {seed}")
        self.assertGreater(sum(map(len, found[0].values())), 10)

    def memberships(self, connection, made):
        """Of each entry its groups, and of each group who is found by it."""
        by_value = {}
        for entry in made.entries:
            if entry.dn.startswith("cn=group"):
                entries = connection.search(campus.PEOPLE, 2, ("equal", "memberOf", entry.dn.encode()), ["1.1"]).entries
                by_value["members", entry.dn] = sorted(str(canonical_dn(found)) for found, _ in entries)
            elif entry.kind == "entry":
                (_, attributes), = connection.search(entry.dn, 0, ("present", "objectClass"), ["memberOf"]).entries
                by_value[entry.dn] = sorted(
                    str(canonical_dn(value.decode().lower())) for value in attributes.get("memberOf", []))
        return by_value
