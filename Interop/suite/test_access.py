"""Access rules through OpenLDAP's tools, and beside slapd's where a rule of ours and an ACL of slapd's say the same."""

import shutil
import signal
import time
import unittest

from . import client, fixtures, servers
from .fixtures import PEOPLE, SUFFIX, run_tool

GROUPS = f"ou=Groups,{SUFFIX}"
ADMIN = f"uid=clear,{PEOPLE}"
PASSWORD = "clear-demo"
SOMEBODY = f"uid=ssha512,{PEOPLE}"
HIDDEN = f"uid=md5,{PEOPLE}"

# Nobody sees md5 but itself; telephones are for those who have bound; the rest is everybody's.
RULES = """[
  { to: { subtree: "%(people)s", filter: "(uid=md5)" }, read: "self" },
  { to: { subtree: "%(people)s", attributes: ["mobile", "telephoneNumber", "mail"] }, read: "self", search: "authenticated" },
  { to: { subtree: "%(people)s", attributes: ["employeeNumber"] }, read: "authenticated", compare: "everybody" },
  { to: { subtree: "%(groups)s" }, read: "authenticated", disclose: "everybody" },
  { to: "everything", read: "everybody" },
]"""

# The same for slapd: levels of slapd include the lower ones, and so do ours.
ACLS = [
    'access to attrs=userPassword by * auth',
    'access to dn.subtree="%(people)s" filter="(uid=md5)" by self read by * none',
    'access to dn.subtree="%(people)s" attrs=mobile,telephoneNumber,mail by self read by users search by * none',
    'access to dn.subtree="%(people)s" attrs=employeeNumber by users read by * compare',
    'access to dn.subtree="%(groups)s" by users read by * disclose',
    'access to * by * read',
]
NAMES = {"people": PEOPLE, "groups": GROUPS}


class Ruled(servers.Peopled):
    """peopled over the quickstart's people under access rules."""
    def __init__(self, rules):
        super().__init__(fixtures.PEOPLE_LDIF)
        self.configuration = self.folder / "access.json5"
        self.write(rules)
        self.options += ["--config", str(self.configuration), "--passwords", "plain"]

    def write(self, rules):
        self.configuration.write_text(f'{{ suffix: "{SUFFIX}", access: {rules} }}')

    def check(self, *words):
        return servers.run_peopled("check", "--config", self.configuration, "--data", self.data, *words)


class RuledSlapd(servers.Slapd):
    """slapd under the ACLs that say the same."""
    def configuration_text(self, *arguments, **options):
        lines = super().configuration_text(*arguments, **options).splitlines()
        return "\n".join([line for line in lines if not line.startswith("access ")] + [acl % NAMES for acl in ACLS]) + "\n"


def setUpModule():
    global SERVER
    SERVER = Ruled(RULES % NAMES).start()


def tearDownModule():
    SERVER.__exit__()


def search(url, *words, base=SUFFIX, who=None):
    bind = ["-D", who, "-w", PASSWORD if who == ADMIN else who.split(",")[0][4:] + "-demo"] if who else []
    status, out, err = run_tool("ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", *bind, "-H", url, "-b", base, *words)
    return status, fixtures.parse_ldif(out), err


class Tools(unittest.TestCase):
    def found(self, text, *words, who=None, base=PEOPLE):
        status, entries, error = search(SERVER.url, text, *words, base=base, who=who)
        self.assertEqual(status, 0, error)
        return entries

    def test_a_hidden_entry_is_not_there(self):
        self.assertEqual(self.found("(uid=md5)"), [])
        self.assertEqual(self.found("(uid=md5)", who=ADMIN), [])
        status, _, error = search(SERVER.url, "-s", "base", base=HIDDEN)
        missing = search(SERVER.url, "-s", "base", base=f"uid=nobody,{PEOPLE}")
        self.assertEqual((status, error), (missing[0], missing[2]), "it looks like an entry that there is not")
        self.assertIn(f"Matched DN: {PEOPLE}", error)
        self.assertEqual(len(self.found("(objectClass=person)", "1.1")), 199)

    def test_it_is_there_for_itself(self):
        self.assertEqual(len(self.found("(uid=md5)", who=HIDDEN)), 1)

    def test_closed_attributes_are_not_returned_and_not_searched(self):
        [(_, attributes)] = self.found("(uid=ssha512)")
        self.assertNotIn("mail", attributes)
        self.assertIn("cn", attributes)
        for text in ("(mail=*)", "(!(mail=*))", "(mail=ssha512*)", "(!(mail=x))", "(&(uid=ssha512)(!(mail>=a)))",
                     "(mail:caseIgnoreMatch:=ssha512@example.edu)"):
            self.assertEqual(self.found(text), [], text)

    def test_searched_and_not_returned(self):
        [(dn, attributes)] = self.found("(mail=ssha512@example.edu)", who=ADMIN)
        self.assertEqual(dn, SOMEBODY)
        self.assertNotIn("mail", attributes)
        [(_, attributes)] = self.found("(uid=clear)", "mail", who=ADMIN)
        self.assertIn("mail", attributes)

    def test_compare(self):
        def compare(entry, assertion, *bind):
            return run_tool("ldapcompare", "-x", "-H", SERVER.url, *bind, entry, assertion)[0]

        number = self.found("(uid=ssha512)", "employeeNumber", who=ADMIN)[0][1]["employeeNumber"][0].decode()
        self.assertEqual(compare(SOMEBODY, f"employeeNumber:{number}"), 6)
        self.assertEqual(compare(SOMEBODY, "employeeNumber:0"), 5)
        self.assertEqual(compare(SOMEBODY, "mail:x"), 50)
        self.assertEqual(compare(SOMEBODY, "userPassword:x"), 50)
        self.assertEqual(compare(HIDDEN, "uid:md5"), 32)

    def test_disclosed(self):
        self.assertEqual(search(SERVER.url, "-s", "base", base=GROUPS)[0], 50)
        self.assertEqual(self.found("(objectClass=groupOfNames)", base=SUFFIX), [])
        self.assertGreater(len(self.found("(objectClass=groupOfNames)", base=SUFFIX, who=ADMIN)), 0)

    def test_groups_that_are_not_to_be_read_do_not_show_through_memberOf(self):
        [(_, attributes)] = self.found("(uid=ssha512)", "memberOf", who=ADMIN)
        self.assertIn("memberOf", attributes)
        self.assertEqual(self.found("(uid=ssha512)", "memberOf")[0][1], {})
        self.assertEqual(self.found("(memberOf=*)"), [])

    def test_the_root_dse_and_the_schema_are_everybodys(self):
        self.assertEqual(search(SERVER.url, "-s", "base", base="")[0], 0)
        self.assertEqual(search(SERVER.url, "-s", "base", base="cn=Subschema")[0], 0)

    def test_sizes_do_not_tell_of_hidden_entries(self):
        status, entries, _ = search(SERVER.url, "-z", "1", "(|(uid=md5)(uid=clear))", "1.1", base=PEOPLE)
        self.assertEqual((status, len(entries)), (0, 1))


class Binds(unittest.TestCase):
    def test_who_may_not_be_bound_as_from_here_is_like_somebody_unknown(self):
        rules = ('[{ to: { dn: "%s" }, bind: { addresses: ["192.0.2.0/24"] } }, { to: "everything", read: "authenticated", '
                 'bind: { addresses: ["127.0.0.0/8"] } }]' % SOMEBODY)
        with Ruled(rules) as server:
            def who_am_i(name, password):
                return run_tool("ldapwhoami", "-x", "-H", server.url, "-D", name, "-w", password)

            refused = who_am_i(SOMEBODY, "ssha512-demo")
            self.assertEqual(refused[0], 49)
            self.assertEqual(refused, who_am_i(f"uid=nobody,{PEOPLE}", "ssha512-demo"))
            self.assertEqual(who_am_i(ADMIN, PASSWORD)[0], 0)
            self.assertIn("bind as this entry: no, by access[0]",
                          server.check("--access-as", "anonymous", "--to", SOMEBODY, "--from", "127.0.0.1").stdout.decode())


class Explained(unittest.TestCase):
    def test_check_says_which_rule_decides(self):
        out = SERVER.check("--access-as", ADMIN, "--to", SOMEBODY, "--attribute", "mail").stdout.decode()
        self.assertIn("mail: search, by access[1]", out)
        self.assertIn("access[0]: its filter does not hold for the entry", out)
        out = SERVER.check("--access-as", "anonymous", "--to", HIDDEN, "--attribute", "cn").stdout.decode()
        self.assertIn("entry: nothing, by access[0]", out)
        self.assertIn("noSuchObject, matched ou=People", out)

    def test_mistakes_are_refused(self):
        cases = [
            ('[{ to: { attributes: ["userPassword"] }, read: "everybody" }]', "binding only"),
            ('[{ to: { attributes: ["userPKCS12"] }, search: "everybody" }]', "access[0]"),
            ('[{ to: "everything", read: "everyone" }]', '"everyone": expected everybody'),
            ('[{ to: "everything", reed: "everybody" }]', 'did you mean "read"'),
            ('[{ to: { attributes: ["male"] }, read: "everybody" }]', 'no attribute "male"'),
            ('[{ to: { subtree: "dc=other" }, read: "everybody" }]', "outside"),
            ('[{ to: { filter: "(shoeSize=4)" }, read: "everybody" }]', "shoeSize"),
            ('[{ to: "everything" }]', "nothing at all"),
            ('[{ to: "everything", bind: "self" }]', "before the bind"),
        ]
        try:
            for rules, expected in cases:
                SERVER.write(rules)
                ended = SERVER.check()
                self.assertEqual(ended.returncode, 1, rules)
                self.assertIn(expected, ended.stderr.decode(), rules)
        finally:
            SERVER.write(RULES % NAMES)

    def test_the_example_of_ten_rules_is_sound(self):
        example = (servers.REPOSITORY / "Config/peopled.json5").read_text()
        begin = example.index("  /*\n  access:")
        rules = example[begin + 5:example.index("  */\n", begin)].strip().removeprefix("access:").rstrip(",")
        SERVER.write(rules)
        try:
            ended = SERVER.check()
            self.assertEqual((ended.returncode, ended.stderr.count(b"warning")), (0, 0), ended.stderr)
        finally:
            SERVER.write(RULES % NAMES)

    def test_rules_that_never_decide_are_warned_of(self):
        SERVER.write('[{ to: "everything", read: "everybody" }, { to: { attributes: ["mail"] }, read: "self" }]')
        try:
            self.assertIn("access[1]: never decides", SERVER.check().stderr.decode())
        finally:
            SERVER.write(RULES % NAMES)


class Reloaded(unittest.TestCase):
    def test_changed_rules_hold_after_sighup_and_wrong_ones_do_not(self):
        def is_there():
            return len(search(SERVER.url, "(uid=clear)", "cn")[1]) == 1

        def reload(rules):
            SERVER.write(rules)
            SERVER.process.send_signal(signal.SIGHUP)

        self.assertTrue(is_there())
        try:
            reload('[{ to: "everything", read: "authenticated" }]')
            for _ in range(50):
                if not is_there():
                    break
                time.sleep(0.1)
            self.assertFalse(is_there())
            reload('[{ to: "everything", read: "everyone" }]')
            time.sleep(0.3)
            self.assertFalse(is_there(), "rules that do not read leave those in force")
        finally:
            reload(RULES % NAMES)
        for _ in range(50):
            if is_there():
                break
            time.sleep(0.1)
        self.assertTrue(is_there())


class BesideSlapd(unittest.TestCase):
    """The same questions of both: entries, attributes, values and result codes agree."""
    @classmethod
    def setUpClass(cls):
        cls.slapd = RuledSlapd(fixtures.PEOPLE_LDIF)
        cls.slapd.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.slapd.__exit__(None, None, None)

    FILTERS = ["(uid=*)", "(uid=md5)", "(mail=*)", "(!(mail=*))", "(mail=s*)", "(employeeNumber=*)", "(cn=*a*)",
               "(!(employeeNumber=00010000))", "(|(mail=*)(uid=ssha))", "(&(uid=ssha)(!(mobile=x)))", "(member=*)",
               "(objectClass=groupOfNames)", "(!(objectClass=person))", f"(member={SOMEBODY})"]
    BASES = [SUFFIX, PEOPLE, GROUPS, SOMEBODY, HIDDEN]

    def test_searches(self):
        for who in (None, ADMIN, HIDDEN):
            for base in self.BASES:
                for text in self.FILTERS:
                    with self.subTest(who=who, base=base, filter=text):
                        ours = search(SERVER.url, text, "*", base=base, who=who)
                        theirs = search(self.slapd.url, text, "*", base=base, who=who)
                        self.assertEqual(ours[0], theirs[0], (ours[2], theirs[2]))
                        self.assertEqual(fixtures.by_name(ours[1]), fixtures.by_name(theirs[1]))

    def test_comparisons(self):
        for who in (None, ADMIN, HIDDEN):
            bind = ["-D", who, "-w", PASSWORD if who == ADMIN else "md5-demo"] if who else []
            for entry in (SOMEBODY, HIDDEN, f"uid=nobody,{PEOPLE}"):
                for assertion in ("uid:ssha512", "mail:x", "employeeNumber:1", "cn:x"):
                    with self.subTest(who=who, entry=entry, assertion=assertion):
                        ours, theirs = (run_tool("ldapcompare", "-x", "-H", url, *bind, entry, assertion)[0]
                                        for url in (SERVER.url, self.slapd.url))
                        self.assertEqual(ours, theirs)
