"""LDIF between the two servers: slapcat's output loads unchanged into peopled, and peopled's export into slapd."""

import shutil
import unittest

from . import campus, fixtures, servers

# slapadd notes the time of the load at the suffix; export has no such thing to say.
OF_THE_LOAD = ("contextCSN", )


class RoundTrip(unittest.TestCase):
    def setUp(self):
        self.folder = servers.temporary_folder("round-trip")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def peopled_export(self, ldif):
        """What peopled exports after an import, and what the import said."""
        data = self.folder / f"data-{ldif.stem}"
        imported = servers.run_peopled("import", "--data", data, ldif)
        self.assertEqual(imported.returncode, 0, imported.stderr.decode())
        exported = servers.run_peopled("export", "--data", data)
        self.assertEqual(exported.returncode, 0, exported.stderr.decode())
        return exported.stdout, imported.stderr.decode()

    def round_trip(self, ldif):
        slapd = servers.Slapd(ldif)
        self.addCleanup(shutil.rmtree, slapd.folder, ignore_errors=True)
        first = slapd.export()
        exported, _ = self.peopled_export(self.path("slapcat.ldif", first))
        again = servers.Slapd(self.path("exported.ldif", exported))
        self.addCleanup(shutil.rmtree, again.folder, ignore_errors=True)
        before = fixtures.by_name(fixtures.parse_ldif(first.decode()), OF_THE_LOAD)
        between = fixtures.by_name(fixtures.parse_ldif(exported.decode()), OF_THE_LOAD)
        after = fixtures.by_name(fixtures.parse_ldif(again.export().decode()), OF_THE_LOAD)
        self.assertEqual(set(before), set(between))
        for name, attributes in before.items():
            self.assertEqual(attributes, {key: between[name].get(key) for key in attributes}, name)
        self.assertEqual(set(before), set(after))
        for name, attributes in before.items():
            self.assertEqual(attributes, {key: after[name].get(key) for key in attributes}, name)

    def test_quickstart_people(self):
        self.round_trip(fixtures.PEOPLE_LDIF)

    def test_awkward_campus(self):
        self.round_trip(self.path("campus.ldif", campus.make(20261121, 120).ldif()))

    def test_export_imports_to_the_same_directory(self):
        once, _ = self.peopled_export(fixtures.PEOPLE_LDIF)
        twice, said = self.peopled_export(self.path("once.ldif", once))
        self.assertEqual(once, twice)
        self.assertNotIn("warning", said.lower())

    def test_rfc2307_groups_of_debians_slapd(self):
        """In nis.schema posixGroup is structural: such groups have no other class, and must load all the same."""
        schema = (servers.PACKAGES if servers.PACKAGES.exists() else servers.Path("/")) / "etc/ldap/schema/nis.schema"
        ldif = self.path(
            "nis.ldif", """\
dn: dc=example,dc=edu
objectClass: organization
objectClass: dcObject
dc: example
o: Example

dn: cn=wheel,dc=example,dc=edu
objectClass: posixGroup
cn: wheel
gidNumber: 10
memberUid: root
""")
        kept = servers.Slapd.OWN_SCHEMA
        servers.Slapd.OWN_SCHEMA = ()
        try:
            slapd = servers.Slapd(ldif, schema=[schema])
        finally:
            servers.Slapd.OWN_SCHEMA = kept
        self.addCleanup(shutil.rmtree, slapd.folder, ignore_errors=True)
        exported, _ = self.peopled_export(self.path("slapcat.ldif", slapd.export()))
        self.assertIn(b"structuralObjectClass: posixGroup", exported)
