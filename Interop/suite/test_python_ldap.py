"""python-ldap, the client library of many applications, against peopled serving ldif/people.ldif."""

import unittest

import ldap
import ldap.controls.libldap
import ldap.filter
import ldap.schema

from . import fixtures, servers
from .fixtures import PEOPLE, SUFFIX

SERVER = None


def setUpModule():
    global SERVER
    SERVER = servers.Peopled(fixtures.PEOPLE_LDIF).start()


def tearDownModule():
    SERVER.__exit__()


def connect():
    connection = ldap.initialize(SERVER.url)
    connection.set_option(ldap.OPT_TIMEOUT, 20)
    connection.set_option(ldap.OPT_NETWORK_TIMEOUT, 20)
    return connection


class PythonLDAP(unittest.TestCase):
    def setUp(self):
        self.connection = connect()
        self.addCleanup(self.connection.unbind_s)

    def test_find_then_bind_as_web_applications_do(self):
        found = self.connection.search_s(PEOPLE, ldap.SCOPE_SUBTREE, "(|(uid=ssha)(mail=ssha))", ["1.1"])
        self.assertEqual([dn for dn, _ in found], [f"uid=ssha,{PEOPLE}"])
        self.connection.simple_bind_s(found[0][0], "ssha-demo")
        self.assertEqual(self.connection.whoami_s(), f"dn:uid=ssha,{PEOPLE}")
        with self.assertRaises(ldap.INVALID_CREDENTIALS):
            self.connection.simple_bind_s(found[0][0], "wrong")

    def test_pages(self):
        control = ldap.controls.libldap.SimplePagedResultsControl(True, size=33, cookie="")
        names, pages = [], 0
        while True:
            message = self.connection.search_ext(PEOPLE, ldap.SCOPE_ONELEVEL, attrlist=["cn"], serverctrls=[control])
            _, found, _, controls = self.connection.result3(message)
            names += [dn for dn, _ in found]
            pages += 1
            control.cookie = controls[0].cookie
            if not control.cookie:
                break
        self.assertEqual((len(names), len(set(names)), pages), (200, 200, 7))

    def test_schema_is_understood(self):
        """Every definition parses, and everything that entries hold is defined."""
        subentry_dn = self.connection.search_subschemasubentry_s(PEOPLE)
        schema = ldap.schema.SubSchema(self.connection.read_subschemasubentry_s(subentry_dn), check_uniqueness=2)
        used = {
            name
            for _, attributes in self.connection.search_s(SUFFIX, ldap.SCOPE_SUBTREE, "(objectClass=*)", ["*", "+"])
            for name in attributes
        }
        for name in used:
            self.assertIsNotNone(schema.get_obj(ldap.schema.AttributeType, name.split(";")[0]), name)
        for oid in schema.listall(ldap.schema.AttributeType):
            kind = schema.get_inheritedobj(ldap.schema.AttributeType, oid, ["syntax", "equality"])
            if kind.syntax:
                self.assertIsNotNone(schema.get_obj(ldap.schema.LDAPSyntax, kind.syntax), f"syntax of {kind.names}")
            if kind.equality:
                self.assertIsNotNone(schema.get_obj(ldap.schema.MatchingRule, kind.equality), f"rule of {kind.names}")
        for oid in schema.listall(ldap.schema.ObjectClass):
            must, may = schema.attribute_types([oid], raise_keyerror=1)
            self.assertIsNotNone(must, may)

    def test_many_searches_at_once(self):
        messages = [
            self.connection.search(PEOPLE, ldap.SCOPE_SUBTREE, f"(employeeNumber={10000 + n * 7:08d})", ["uid"])
            for n in range(50)
        ]
        for message in messages:
            _, found = self.connection.result(message)
            self.assertEqual(len(found), 1)

    def test_compare(self):
        self.assertTrue(self.connection.compare_s(f"uid=ssha,{PEOPLE}", "mail", b"SSHA@example.edu"))
        self.assertFalse(self.connection.compare_s(f"uid=ssha,{PEOPLE}", "mail", b"other@example.edu"))

    def test_filters_with_escapes(self):
        for value in ("山田", "O'Neill", "*", "(x)", "\\", "\0"):
            text = ldap.filter.filter_format("(|(sn=%s)(uid=ssha))", [value])
            self.assertGreaterEqual(len(self.connection.search_s(PEOPLE, ldap.SCOPE_SUBTREE, text)), 1)

    def test_writes_are_refused_and_the_connection_stays(self):
        dn = f"uid=ssha,{PEOPLE}"
        for write in (lambda: self.connection.modify_s(dn, [(ldap.MOD_REPLACE, "title", [b"x"])]),
                      lambda: self.connection.add_s(f"uid=new,{PEOPLE}", [("objectClass", [b"account"]),
                                                                          ("uid", [b"new"])]),
                      lambda: self.connection.delete_s(dn), lambda: self.connection.rename_s(dn, "uid=z"),
                      lambda: self.connection.passwd_s(dn, "a", "b")):
            with self.assertRaises(ldap.UNWILLING_TO_PERFORM):
                write()
        self.assertEqual(len(self.connection.search_s(dn, ldap.SCOPE_BASE)), 1)

    def test_abandon_and_cancel(self):
        for end in (self.connection.abandon, self.connection.cancel_s):
            message = self.connection.search(SUFFIX, ldap.SCOPE_SUBTREE, "(objectClass=*)")
            try:
                end(message)
            except (ldap.NO_SUCH_OPERATION, ldap.TOO_LATE, ldap.CANCELLED):
                pass  # the search was over before the request to end it was read
            self.assertEqual(len(self.connection.search_s(PEOPLE, ldap.SCOPE_SUBTREE, "(uid=ssha)")), 1)

    def test_what_sssd_asks_first(self):
        wanted = [
            "*", "altServer", "namingContexts", "supportedControl", "supportedExtension", "supportedFeatures",
            "supportedLDAPVersion", "supportedSASLMechanisms", "domainControllerFunctionality", "defaultNamingContext",
            "lastUSN", "highestCommittedUSN"
        ]
        (_, root), = self.connection.search_s("", ldap.SCOPE_BASE, "(objectclass=*)", wanted)
        self.assertEqual(root["namingContexts"], [SUFFIX.encode()])
        found = self.connection.search_s(
            SUFFIX, ldap.SCOPE_SUBTREE,
            "(&(uid=ssha256)(objectclass=posixAccount)(uid=*)(&(uidNumber=*)(!(uidNumber=0))))", [
                "objectClass", "uid", "userPassword", "uidNumber", "gidNumber", "gecos", "homeDirectory", "loginShell",
                "krbPrincipalName", "cn", "memberOf", "modifyTimestamp", "entryUSN", "shadowLastChange",
                "krbLastPwdChange", "pwdAttribute", "authorizedService", "accountExpires", "userAccountControl",
                "nsAccountLock", "host", "loginDisabled", "sshPublicKey", "mail"
            ])
        self.assertEqual(len(found), 1)
        self.assertIn("modifyTimestamp", found[0][1])
        self.assertNotIn("userPassword", found[0][1])
