"""OpenLDAP's own command line tools against peopled serving ldif/people.ldif."""

import unittest

from . import ber, client, fixtures, servers
from .fixtures import PEOPLE, SUFFIX, run_tool, search

SERVER = None
ENTRIES = fixtures.parse_ldif(fixtures.PEOPLE_LDIF.read_text())
SOMEBODY = f"uid=ssha512,{PEOPLE}"


def setUpModule():
    global SERVER
    SERVER = servers.Peopled(fixtures.PEOPLE_LDIF).start()


def tearDownModule():
    SERVER.__exit__()


def below(base, depth=None):
    """How many entries are under a base, at any depth or at one."""
    names = [fixtures.canonical_dn(dn) for dn, _ in ENTRIES]
    root = fixtures.canonical_dn(base)
    inside = [name for name in names if name[-len(root):] == root and len(name) > len(root)]
    return len([name for name in inside if depth is None or len(name) == len(root) + depth])


class Scopes(unittest.TestCase):
    def count(self, *words, base=SUFFIX):
        status, entries, error = search(SERVER.url, *words, base=base)
        self.assertEqual(status, 0, error)
        return len(entries)

    def test_base(self):
        self.assertEqual(self.count("-s", "base"), 1)

    def test_one(self):
        self.assertEqual(self.count("-s", "one"), below(SUFFIX, 1))
        self.assertEqual(self.count("-s", "one", base=PEOPLE), 200)

    def test_sub(self):
        self.assertEqual(self.count("-s", "sub"), below(SUFFIX) + 1)

    def test_children(self):
        self.assertEqual(self.count("-s", "children"), below(SUFFIX))
        self.assertEqual(self.count("-s", "children", base=SOMEBODY), 0)

    def test_base_in_another_spelling(self):
        self.assertEqual(
            self.count("-s",
                       "base",
                       base="UID = SSHA512 , organizationalUnitName=people,DC=Example,0.9.2342.19200300.100.1.25=edu"),
            1)

    def test_missing_base_names_what_matched(self):
        status, _, error = search(SERVER.url, base=f"uid=nobody,{PEOPLE}")
        self.assertEqual(status, 32)
        self.assertIn(f"Matched DN: {PEOPLE}", error)

    def test_base_outside(self):
        self.assertEqual(search(SERVER.url, base="dc=elsewhere")[0], 32)

    def test_base_that_is_no_name(self):
        self.assertEqual(search(SERVER.url, base="nonsense")[0], 34)


class Filters(unittest.TestCase):
    def found(self, text, *words, base=PEOPLE):
        status, entries, error = search(SERVER.url, text, *words, base=base)
        self.assertEqual(status, 0, error)
        return len(entries)

    def test_every_value_of_every_person_is_found(self):
        """Equality on each value of every person finds its owner: accents, CJK, other scripts, options, numbers."""
        with client.Connection(SERVER.port) as connection:
            for dn, attributes in ENTRIES[4:204]:
                for name in set(attributes) - {"userPassword", "objectClass"}:
                    for value in attributes[name]:
                        entries = connection.search(PEOPLE, 2, ("equal", name, value), ["1.1"]).entries
                        if name == "jpegPhoto":
                            self.assertEqual(entries, [], "photographs have no equality rule")
                        else:
                            self.assertIn((dn, {}), entries, f"({name}={value.decode()})")

    def test_case_and_spaces_do_not_matter_in_directory_strings(self):
        name = next(a["cn"][0].decode() for _, a in ENTRIES
                    if "cn" in a and " " in a["cn"][0].decode() and a["cn"][0].isascii())
        self.assertGreaterEqual(self.found(f"(cn=  {name.upper().replace(' ', '   ')}  )"), 1)

    def test_substrings(self):
        self.assertEqual(self.found("(mail=*@example.edu)"), 200)
        self.assertEqual(self.found("(employeeNumber=0001*)"), 200)
        self.assertGreater(self.found("(cn=*a*e*)"), 10)

    def test_ordering(self):
        self.assertEqual(self.found("(uidNumber>=20000)"), 100)
        self.assertEqual(self.found("(uidNumber<=20009)"), 5)
        self.assertEqual(self.found("(&(schacExpiryDate>=20270101000000Z)(schacExpiryDate<=20271231235959Z))"), 40)

    def test_and_or_not(self):
        self.assertEqual(self.found("(&(objectClass=posixAccount)(!(uidNumber=20000)))"), 99)
        self.assertEqual(self.found("(|(uid=clear)(uid=ssha)(uid=nobody))"), 2)

    def test_true_and_false(self):
        self.assertEqual(self.found("(&)"), 201)
        self.assertEqual(self.found("(|)"), 0)

    def test_unknown_attribute_is_undefined_not_an_error(self):
        self.assertEqual(self.found("(|(uid=clear)(favouriteTea=green))"), 1)
        self.assertEqual(self.found("(!(favouriteTea=green))"), 0)

    def test_extensible(self):
        self.assertEqual(self.found("(uid:caseExactMatch:=clear)"), 1)
        self.assertEqual(self.found("(uid:caseExactMatch:=CLEAR)"), 0)
        self.assertEqual(self.found("(ou:dn:=people)", base=SUFFIX), 201)

    def test_groups_by_member(self):
        self.assertGreaterEqual(self.found(f"(member=UID=ssha512, {PEOPLE})", base=SUFFIX), 2)

    def test_user_password_is_never_matched(self):
        self.assertEqual(self.found("(userPassword=*)"), 0)
        self.assertEqual(self.found("(userPassword=clear-demo)"), 0)
        self.assertEqual(self.found("(!(userPassword=clear-demo))"), 0)


class Selections(unittest.TestCase):
    def names(self, *words):
        status, entries, error = search(SERVER.url, "-s", "base", "(objectClass=*)", *words, base=SOMEBODY)
        self.assertEqual(status, 0, error)
        return set(entries[0][1])

    def test_all_user_attributes(self):
        own = set(next(attributes for dn, attributes in ENTRIES if dn == SOMEBODY)) - {"userPassword"}
        self.assertEqual(self.names(), own)
        self.assertEqual(self.names("*"), own)

    def test_operational(self):
        names = self.names("+")
        for name in ("entryUUID", "entryDN", "createTimestamp", "modifyTimestamp", "creatorsName", "modifiersName",
                     "structuralObjectClass", "subschemaSubentry", "hasSubordinates", "entryCSN", "memberOf"):
            self.assertIn(name, names)
        self.assertNotIn("cn", names)

    def test_none(self):
        self.assertEqual(self.names("1.1"), set())

    def test_some_with_unknown_and_repeated_names(self):
        self.assertEqual(self.names("CN", "commonname", "2.5.4.3", "favouriteTea"), {"cn"})

    def test_class(self):
        self.assertLessEqual(self.names("@posixAccount"), {
            "objectClass", "cn", "uid", "uidNumber", "gidNumber", "homeDirectory", "loginShell", "gecos", "description"
        })

    def test_forty_names(self):
        self.assertEqual(self.names("cn", *[f"unknown{n}" for n in range(39)]), {"cn"})

    def test_types_only(self):
        _, out, _ = run_tool("ldapsearch", "-x", "-LLL", "-A", "-H", SERVER.url, "-b", SOMEBODY, "-s", "base")
        self.assertIn("\ncn:\n", out)
        self.assertNotIn("userPassword", out)

    def test_user_password_is_never_returned(self):
        self.assertEqual(self.names("userPassword"), set())
        status, out, _ = run_tool("ldapsearch", "-x", "-LLL", "-H", SERVER.url, "-D", SOMEBODY, "-w", "ssha512-demo",
                                  "-b", SOMEBODY, "*", "+", "userPassword")
        self.assertEqual(status, 0)
        self.assertNotIn("userPassword", out)


class Limits(unittest.TestCase):
    def test_size_limit(self):
        status, entries, _ = search(SERVER.url, "-z", "5")
        self.assertEqual((status, len(entries)), (4, 5))

    def test_size_limit_that_suffices(self):
        status, entries, _ = search(SERVER.url, "-z", "1", "(uid=clear)")
        self.assertEqual((status, len(entries)), (0, 1))

    def test_time_limit_that_suffices(self):
        self.assertEqual(search(SERVER.url, "-l", "10", "(cn=*a*)")[0], 0)


class Controls(unittest.TestCase):
    def test_pages(self):
        for size in (1, 7, 200, 1000):
            status, entries, error = search(SERVER.url, "-E", f"pr={size}/noprompt", "1.1")
            self.assertEqual((status, len(entries), len({dn
                                                         for dn, _ in entries})), (0, len(ENTRIES), len(ENTRIES)),
                             error)

    def test_critical_pages(self):
        status, entries, error = search(SERVER.url, "-E", "!pr=50/noprompt", "1.1")
        self.assertEqual((status, len(entries)), (0, len(ENTRIES)), error)

    def test_unknown_control(self):
        self.assertEqual(search(SERVER.url, "-E", "1.2.3.4.5=:eA==", "(uid=clear)")[0], 0)
        self.assertEqual(search(SERVER.url, "-E", "!1.2.3.4.5=:eA==", "(uid=clear)")[0], 12)

    def test_manage_dsa_it(self):
        for words in (["-M"], ["-MM"]):
            status, entries, error = search(SERVER.url, *words, "(uid=clear)")
            self.assertEqual((status, len(entries)), (0, 1), error)

    def test_dereferencing_without_aliases_changes_nothing(self):
        for when in ("never", "always", "search", "find"):
            self.assertEqual(search(SERVER.url, "-a", when, "(uid=clear)")[0], 0)

    def test_forged_cookie(self):
        with client.Connection(SERVER.port) as connection:
            first = connection.search(SUFFIX,
                                      2, ("present", "objectClass"), ["1.1"],
                                      controls=[client.paged_control(10)])
            cookie = client.page_cookie(first)
            for forged in (b"x", bytes(len(cookie)), cookie[:-1], cookie[:-1] + bytes([cookie[-1] ^ 1]), cookie + b"x"):
                answer = connection.search(SUFFIX,
                                           2, ("present", "objectClass"), ["1.1"],
                                           controls=[client.paged_control(10, forged)])
                self.assertNotEqual(answer.code, 0)
                self.assertEqual(answer.entries, [])
            other = connection.search(PEOPLE,
                                      2, ("present", "objectClass"), ["1.1"],
                                      controls=[client.paged_control(10, cookie)])
            self.assertNotEqual(other.code, 0, "a cookie of another search")

    def test_cookie_is_small(self):
        with client.Connection(SERVER.port) as connection:
            first = connection.search(SUFFIX,
                                      2, ("present", "objectClass"), ["1.1"],
                                      controls=[client.paged_control(10)])
            self.assertTrue(0 < len(client.page_cookie(first)) <= 128)


class Binds(unittest.TestCase):
    def who(self, *words):
        status, out, _ = run_tool("ldapwhoami", "-x", "-H", SERVER.url, *words)
        return status, out.strip()

    def test_anonymous(self):
        self.assertEqual(self.who(), (0, "anonymous"))

    def test_every_scheme(self):
        for scheme in fixtures.SCHEMES:
            dn = f"uid={scheme},{PEOPLE}"
            self.assertEqual(self.who("-D", dn, "-w", f"{scheme}-demo"), (0, f"dn:{dn}"))
            self.assertEqual(self.who("-D", dn, "-w", f"{scheme}-demo-")[0], 49, scheme)
            self.assertEqual(self.who("-D", dn, "-w", f"{scheme}-dem")[0], 49, scheme)

    def test_service_accounts(self):
        for name in ("reader", "monitor"):
            self.assertEqual(self.who("-D", f"cn={name},ou=Services,{SUFFIX}", "-w", f"{name}-demo")[0], 0)

    def test_stored_hash_is_no_password(self):
        stored = next(attributes["userPassword"][0].decode() for dn, attributes in ENTRIES if dn == SOMEBODY)
        self.assertEqual(self.who("-D", SOMEBODY, "-w", stored)[0], 49)

    def test_unknown_and_passwordless_users(self):
        without = next(dn for dn, attributes in ENTRIES if "uid" in attributes and "userPassword" not in attributes)
        for dn in (f"uid=nobody,{PEOPLE}", without, "cn=x,dc=elsewhere"):
            self.assertEqual(self.who("-D", dn, "-w", "x")[0], 49, dn)

    def test_name_without_password(self):
        with client.Connection(SERVER.port) as connection:
            self.assertEqual(connection.bind(SOMEBODY, "").code, 53)

    def test_bad_name(self):
        self.assertEqual(self.who("-D", "nonsense", "-w", "x")[0], 34)

    def test_failed_bind_leaves_the_connection_anonymous(self):
        with client.Connection(SERVER.port) as connection:
            self.assertEqual(connection.bind(SOMEBODY, "ssha512-demo").code, 0)
            self.assertEqual(connection.bind(SOMEBODY, "wrong").code, 49)
            self.assertEqual(connection.extended(client.WHO_AM_I).value or b"", b"")


class Compares(unittest.TestCase):
    def status(self, dn, assertion):
        return run_tool("ldapcompare", "-x", "-H", SERVER.url, dn, assertion)[0]

    def test_verdicts(self):
        self.assertEqual(self.status(SOMEBODY, "uid:SSHA512"), 6)
        self.assertEqual(self.status(SOMEBODY, "uid:other"), 5)
        self.assertEqual(self.status(SOMEBODY, "favouriteTea:green"), 17)
        self.assertEqual(self.status(SOMEBODY, "pager:1"), 16)
        self.assertEqual(self.status(f"uid=nobody,{PEOPLE}", "uid:nobody"), 32)
        self.assertEqual(self.status(f"cn=everyone,ou=Groups,{SUFFIX}", f"member:{SOMEBODY}"), 6)
        self.assertEqual(self.status(SOMEBODY, "objectClass:person"), 6)

    def test_user_password_is_never_compared(self):
        self.assertNotIn(self.status(f"uid=clear,{PEOPLE}", "userPassword:clear-demo"), (5, 6))


class RefusedWrites(unittest.TestCase):
    """Every write gets unwillingToPerform, whoever asks, and the connection stays."""

    ENTRY = f"dn: uid=new,{PEOPLE}\nobjectClass: inetOrgPerson\nuid: new\ncn: New\nsn: New\n"
    CHANGE = f"dn: {SOMEBODY}\nchangetype: modify\nreplace: title\ntitle: x\n"

    def check(self, tool, *words, input=None):
        for identity in ([], ["-D", SOMEBODY, "-w", "ssha512-demo"]):
            status, out, error = run_tool(tool, "-x", "-H", SERVER.url, *identity, *words, input=input)
            self.assertEqual(status, 53, error)
            self.assertIn("unwilling", out + error)

    def test_add(self):
        self.check("ldapadd", input=self.ENTRY)

    def test_modify(self):
        self.check("ldapmodify", input=self.CHANGE)

    def test_delete(self):
        self.check("ldapdelete", SOMEBODY)

    def test_rename(self):
        self.check("ldapmodrdn", SOMEBODY, "uid=other")

    def test_password_change(self):
        status, out, error = run_tool("ldappasswd", "-x", "-H", SERVER.url, "-D", SOMEBODY, "-w", "ssha512-demo", "-s",
                                      "new", SOMEBODY)
        self.assertIn("53", out + error)
        self.assertNotEqual(status, 0)

    def test_connection_stays(self):
        with client.Connection(SERVER.port) as connection:
            for operation in (
                    ber.octets(SOMEBODY, 0x4A),  # delete
                    ber.sequence(ber.octets(SOMEBODY), ber.sequence(), tag=0x66),  # modify
                    ber.sequence(ber.octets(f"uid=n,{PEOPLE}"), ber.sequence(), tag=0x68),  # add
                    ber.sequence(ber.octets(SOMEBODY), ber.octets("uid=z"), ber.boolean(True), tag=0x6C)):
                connection.send(operation)
                self.assertEqual(connection.result().code, 53)
            self.assertEqual(len(connection.search(SOMEBODY, 0, ("present", "uid")).entries), 1)


class ExtendedOperations(unittest.TestCase):
    def test_whoami(self):
        status, out, error = run_tool("ldapexop", "-x", "-H", SERVER.url, "-D", SOMEBODY, "-w", "ssha512-demo",
                                      "whoami")
        self.assertEqual(status, 0, error)
        self.assertIn(f"dn:{SOMEBODY}", out)

    def test_cancel_of_nothing(self):
        status, out, error = run_tool("ldapexop", "-x", "-H", SERVER.url, "cancel", "77")
        self.assertIn("119", out + error)
        self.assertNotEqual(status, 0)

    def test_unknown(self):
        status, out, error = run_tool("ldapexop", "-x", "-H", SERVER.url, "1.2.3.4.5")
        self.assertIn("(2)", out + error)
        self.assertNotEqual(status, 0)

    def test_cancel_of_itself(self):
        with client.Connection(SERVER.port) as connection:
            answer = connection.extended(client.CANCEL, ber.sequence(ber.integer(1)))
            self.assertIn(answer.code, (2, 119, 120, 121))


class RootAndSchema(unittest.TestCase):
    def root(self, *words):
        status, entries, error = search(SERVER.url, "-s", "base", "(objectClass=*)", *words, base="")
        self.assertEqual(status, 0, error)
        return entries[0][1]

    def test_root_tells_clients_what_there_is(self):
        root = self.root("*", "+")
        self.assertEqual(root["namingContexts"], [SUFFIX.encode()])
        self.assertEqual(root["supportedLDAPVersion"], [b"3"])
        for oid in (client.PAGED_RESULTS, client.MANAGE_DSA_IT):
            self.assertIn(oid.encode(), root["supportedControl"])
        for oid in (client.CANCEL, client.WHO_AM_I):
            self.assertIn(oid.encode(), root["supportedExtension"])
        for oid in ("1.3.6.1.4.1.4203.1.5.1", "1.3.6.1.4.1.4203.1.5.2", "1.3.6.1.4.1.4203.1.5.3"):
            self.assertIn(oid.encode(), root["supportedFeatures"])
        self.assertIn("vendorName", root)

    def test_subschema_is_where_entries_say(self):
        _, entries, _ = search(SERVER.url, "-s", "base", "(objectClass=*)", "subschemaSubentry", base=SOMEBODY)
        subschema = entries[0][1]["subschemaSubentry"][0].decode()
        status, found, error = search(SERVER.url, "-s", "base", "(objectClass=subschema)", "+", base=subschema)
        self.assertEqual(status, 0, error)
        for name in ("attributeTypes", "objectClasses", "matchingRules", "ldapSyntaxes"):
            self.assertGreater(len(found[0][1][name]), 20)
