"""An invented campus that varies with its seed: the awkward directory that both servers load in the differential test.

Every entry is valid for both servers: what a directory must refuse is tested elsewhere. Operational attributes are
given, as slapcat writes them, so that both servers hold the same ones; structuralObjectClass is left for each to find.
"""

import base64
import random
import unicodedata
import uuid
from dataclasses import dataclass, field

SUFFIX = "dc=example,dc=edu"
PEOPLE = f"ou=People,{SUFFIX}"

GIVEN_NAMES = [
    "Alice", "Bob", "Grace", "Maya", "José", "Zoé", "Jürgen", "Łukasz", "Åsa", "Nguyệt", "太郎", "花子", "伟", "민준",
    "Светлана", "Ελένη", "فاطمة", "נועה", "आरव", "สมชาย", "Mary Ann", "Jean-Luc", "D'Arcy", "İbrahim", "Çağla", "Ørjan",
    "Þóra", "Siân", "Noël", "Anne", "ANNE", "anneli", "Hannes", "Ana", "Banana", "Johanna"
]
SURNAMES = [
    "Smith", "Smith-Jones", "O'Neill", "van der Berg", "Müller", "Weiß", "Łęcka", "Öberg", "García Márquez", "山田", "王",
    "김", "Иванова", "Παπαδόπουλος", "الفارسي", "כהן", "शर्मा", "ศรีใส", "Nguyễn", "Smithson", "Goldsmith", "Straßer",
    "de la Cruz", "McAllister", "Œuvrard", "Şahin", "Jones, Jr.", "Lee + Sons", "Quote\"d", "Back\\slash",
    "Semi;colon", "Angle<d>", "Equal=s", "#Hash", "Star*s", "(Paren)"
]
# Strings whose preparation (RFC 4518) is not obvious: combining marks, ligatures, full width, compatibility, spaces.
EXOTIC = [
    "Zoe\u0308 decomposed", "\ufb01nal \ufb02ower", "Ｆｕｌｌ　Ｗｉｄｔｈ", "no\u00a0break", "  two  leading", "trailing two  ",
    "double  inner   spaces", "½ measure", "Ⅷ Henry", "x² + y²", "K Kelvin", "Å ngström", "ΣΊΣΥΦΟΣ", "σίσυφος",
    "ǅ digraph", "ｶﾀｶﾅ", "\u1112\u1161\u11ab jamo", "naïve café", "NAÏVE CAFÉ", "tab\tinside", "line\nbreak", "ﷺ",
    "𝔉𝔯𝔞𝔨𝔱𝔲𝔯", "ʼn apostrophe"
]
WORDS = [
    "research", "Teaching", "office hours", "second floor", "by appointment", "Sabbatical 2026", "on leave", "emerita",
    "Physik", "数学", "histoire de l'art", "Лаборатория", "50 % time", "C++ & C#", "R&D", "a*b", "(part-time)",
    "back\\slash", "Ana", "banana", "nana", "anna", "aa", "aaa", "abab", "ababab"
]
LANGUAGES = ["lang-fr", "lang-de", "lang-ja", "lang-en-US", "lang-en"]
PHONES = [
    "+1 510 555 {:04d}", "+44 20 7946 {:04d}", "+41-44-555-{:04d}", "(510) 555-{:04d}", "+1 (415) 555 {:04d}",
    "5105550{:03d}"
]
DEPARTMENTS = [
    "Physics", "Law, Policy", "Art + Design", "#1 Department", "R&D", "Bibliothèque", "医学部", "Math  Stats",
    "Quote \"d\"", "Back\\slash", " Leading space", "Trailing space ", "A=B", "Angle<>s", "Semi;colon", "Öffnung"
]
JPEG = bytes.fromhex(
    "ffd8ffdb004300030202020202030202020303030304060404040404080606050609080a0a090809090a0c0f0c0a0b0e0b09090d110d0e0f"
    "101011100a0c12131210130f101010ffc9000b080001000101011100ffcc000600101005ffda0008010100003f00d2cf20ffd9")

# Attribute types by the syntax of their values; what the generators of data and searches draw from.
TEXT = [
    "cn", "sn", "givenName", "displayName", "initials", "title", "description", "uid", "employeeNumber", "employeeType",
    "departmentNumber", "roomNumber", "street", "l", "st", "postalCode", "ou", "o", "carLicense", "businessCategory",
    "eduPersonNickname", "eduPersonAffiliation", "eduPersonPrimaryAffiliation", "eduPersonPrincipalName",
    "eduPersonScopedAffiliation", "eduPersonUniqueId", "eduPersonOrcid", "schacHomeOrganization", "schacPlaceOfBirth",
    "schacPersonalUniqueCode", "UCnetID", "UCCampusEmployeeID"
]
EXACT_TEXT = ["labeledURI", "eduPersonEntitlement", "schacMotherTongue", "schacPersonalUniqueID"]
IA5 = ["mail", "gecos", "dc"]
EXACT_IA5 = ["homeDirectory", "loginShell", "memberUid"]
NUMBERS = ["uidNumber", "gidNumber", "shadowExpire", "shadowMax", "shadowLastChange"]
NUMERIC_STRINGS = ["schacDateOfBirth", "x121Address", "internationalISDNNumber"]
PHONE_NUMBERS = ["telephoneNumber", "mobile", "homePhone", "pager"]
TIMES = ["schacExpiryDate", "createTimestamp", "modifyTimestamp"]
NAMES = [
    "manager", "secretary", "seeAlso", "member", "owner", "eduPersonOrgUnitDN", "creatorsName", "modifiersName",
    "aliasedObjectName"
]
BINARY = ["jpegPhoto", "userPKCS12"]
ADDRESSES = ["postalAddress", "homePostalAddress", "registeredAddress"]
OTHERS = ["x500UniqueIdentifier", "objectClass", "entryUUID", "entryCSN", "structuralObjectClass"]
SINGLE_VALUED = {"displayName", "employeeNumber"}


@dataclass
class Entry:
    dn: str
    attributes: list = field(default_factory=list)  # [(description, value bytes)], in order
    kind: str = "entry"  # entry, container, alias, referral

    def add(self, name, value):
        value = value if isinstance(value, bytes) else str(value).encode()
        if (name, value) not in self.attributes:
            self.attributes.append((name, value))

    def values(self, name):
        return [value for key, value in self.attributes if key == name]


@dataclass
class Campus:
    seed: int
    entries: list
    values: dict  # attribute description -> values present in the directory, for the search generator

    def ldif(self):
        return "\n".join(map(ldif_entry, self.entries))


def escape(value):
    """One RDN value, escaped by RFC 4514 section 2.4."""
    escaped = "".join("\\" + c if c in ',+"\\<>;=' else ("\\%02X" % ord(c) if c in "\0\n\t" else c) for c in value)
    if escaped[:1] in (" ", "#"):
        escaped = "\\" + escaped
    if escaped.endswith(" ") and not escaped.endswith("\\ "):
        escaped = escaped[:-1] + "\\ "
    return escaped


def ldif_line(name, value):
    safe = all(0x20 <= b < 0x7F for b in value) and value[:1] not in (b" ", b":", b"<") and value[-1:] != b" "
    text = f"{name}: {value.decode()}" if safe else f"{name}:: {base64.b64encode(value).decode()}"
    return "\n ".join([text[:76]] + [text[at:at + 75] for at in range(76, len(text), 75)])


def ldif_entry(entry):
    lines = [ldif_line("dn", entry.dn.encode())] + [ldif_line(name, value) for name, value in entry.attributes]
    return "\n".join(lines) + "\n"


def folded(value):
    """What two values have in common that a server may call equal; for keeping values of one attribute apart."""
    if isinstance(value, bytes):
        value = value.decode(errors="surrogateescape")
    return "".join(unicodedata.normalize("NFKC", value.casefold()).casefold().split())


class Builder:
    def __init__(self, seed, people):
        self.random = random.Random(seed)
        self.seed = seed
        self.people = people
        self.entries = []
        self.names = set()

    # Pieces

    def pick(self, items):
        return self.random.choice(items)

    def chance(self, share):
        return self.random.random() < share

    def text(self):
        if self.chance(0.04):
            return self.pick(EXOTIC)
        return self.pick([
            self.pick(WORDS), f"{self.pick(GIVEN_NAMES)} {self.pick(SURNAMES)}",
            self.pick(SURNAMES), " ".join(self.pick(WORDS) for _ in range(self.random.randint(2, 6)))
        ])

    def time(self):
        year, month, day = self.random.randint(1999, 2035), self.random.randint(1, 12), self.random.randint(1, 28)
        hour, minute, second = self.random.randint(0, 23), self.random.randint(0, 59), self.random.randint(0, 59)
        whole = f"{year}{month:02d}{day:02d}{hour:02d}{minute:02d}{second:02d}"
        return self.pick([whole + "Z"] * 6 +
                         [whole + ".5Z", whole[:12] + "Z", whole + "+0130", whole + ".25-0800", whole[:10] + "Z"])

    def add_texts(self, entry, name, count, make):
        """Up to count values that no matching rule calls equal."""
        seen = {folded(value) for value in entry.values(name)}
        for _ in range(count):
            value = make()
            if folded(value) and folded(value) not in seen:
                seen.add(folded(value))
                entry.add(name, value)

    def finish(self, entry):
        """Completes an entry with what slapcat would have written, and takes it."""
        entry.add("entryUUID", str(uuid.UUID(int=self.random.getrandbits(128), version=4)))
        created = self.random.randint(0, 10 ** 8)
        for name, moment in (("createTimestamp", created), ("modifyTimestamp",
                                                            created + self.random.randint(0, 10 ** 7))):
            entry.add(name, stamp(moment))
        entry.add("creatorsName", f"cn=slapd-root,{SUFFIX}")
        entry.add("modifiersName", self.pick([f"cn=slapd-root,{SUFFIX}", f"cn=provisioning,ou=Services,{SUFFIX}"]))
        entry.add(
            "entryCSN",
            f"{stamp(created)[:-1]}.{self.random.randint(0, 999999):06d}Z#{self.random.randint(0, 20):06x}#001#000000")
        self.entries.append(entry)
        return entry

    def unique(self, dn):
        """Whether no entry has this name yet."""
        key = folded(dn)
        if key in self.names:
            return False
        self.names.add(key)
        return True

    # The tree

    def build(self):
        root = Entry(SUFFIX, kind="container")
        for name, value in (("objectClass", "organization"), ("objectClass", "dcObject"), ("dc", "example"),
                            ("o", "Example University"), ("o;lang-fr", "Université d'Exemple"), ("l", "Berkeley")):
            root.add(name, value)
        self.finish(root)
        containers = [self.unit(name, SUFFIX) for name in ("People", "Groups", "Services", "Devices")]
        self.people_units = [containers[0].dn]
        for name in self.random.sample(DEPARTMENTS, 6):
            self.people_units.append(self.unit(name, self.pick(self.people_units)).dn)
        self.place("l", "locality", "Zürich, Nord", SUFFIX)
        self.place("c", "country", "CH", SUFFIX)
        self.place("dc", "domain", "sub", SUFFIX)
        people = [self.person(index) for index in range(self.people)]
        self.groups([person.dn for person in people])
        self.aliases(people)
        self.referrals()
        values = {}
        for entry in self.entries:
            for name, value in entry.attributes:
                if name != "userPassword":
                    values.setdefault(name, []).append(value)
        return Campus(self.seed, self.entries, values)

    def unit(self, name, parent):
        entry = Entry(f"ou={escape(name)},{parent}", kind="container")
        entry.add("objectClass", "organizationalUnit")
        entry.add("ou", name)
        self.add_texts(entry, "description", self.random.randint(0, 2), self.text)
        if self.chance(0.3):
            entry.add("seeAlso", SUFFIX)
        self.unique(entry.dn)
        return self.finish(entry)

    def place(self, attribute, object_class, value, parent):
        entry = Entry(f"{attribute}={escape(value)},{parent}", kind="container")
        entry.add("objectClass", object_class)
        entry.add(attribute, value)
        self.unique(entry.dn)
        return self.finish(entry)

    def person(self, index):
        given, surname = self.pick(GIVEN_NAMES), self.pick(SURNAMES)
        uid = f"{self.pick(['u', 'U', 'user', 'x.'])}{index:04d}"
        entry = Entry("")
        # Some name every superclass, some only the class that implies them.
        classes = ["top", "person", "organizationalPerson", "inetOrgPerson"] if self.chance(0.5) else ["inetOrgPerson"]
        for name in classes + ["eduPerson", "extensibleObject" if self.chance(0.1) else "schacLinkageIdentifiers"]:
            entry.add("objectClass", name)
        entry.add("uid", uid)
        entry.add("cn", f"{given} {surname}")
        entry.add("sn", surname)
        self.add_texts(entry, "cn", self.random.randint(0, 2), self.text)
        self.describe(entry, index, uid, given, surname)
        if b"extensibleObject" in entry.values("objectClass"):
            entry.add("UCnetID", str(4000000 + index))
            entry.add("UCCampusEmployeeID", f"{index:09d}@Example.edu")
        entry.dn = self.person_name(entry, uid)
        return self.finish(entry)

    def person_name(self, entry, uid):
        parent = self.pick(self.people_units) if self.chance(0.4) else PEOPLE
        cn = entry.values("cn")[0].decode()
        employee = entry.values("employeeNumber")
        choices = [f"uid={escape(uid)}"] * 6 + [
            f"cn={escape(cn)}", f"cn={escape(cn)}+uid={escape(uid)}", f"UID={escape(uid)}"
        ]
        choices += [f"employeeNumber={employee[0].decode()}"] if employee else []
        name = self.pick(choices) + "," + parent
        if not self.unique(name):
            name = f"uid={escape(uid)},{parent}"
            self.unique(name)
        return name

    def describe(self, entry, index, uid, given, surname):
        add, chance, number = entry.add, self.chance, self.random.randint
        affiliations = ["student", "Faculty", "staff", "member", "alum", "library-walk-in"]
        options = {
            "givenName": lambda: add("givenName", given),
            "displayName": lambda: add("displayName", f"{given} {surname}"),
            "mail": lambda:
            [add("mail", f"{uid.lower()}@{host}example.edu") for host in ("", "Alumni.")[:number(1, 2)]],
            "employeeNumber": lambda: add("employeeNumber", f"{index * 7:06d}"),
            "title": lambda: self.add_texts(entry, "title", 2, self.text),
            "description": lambda: self.add_texts(entry, "description", number(1, 3), self.text),
            "initials": lambda: add("initials", given[0] + surname[0]),
            "telephoneNumber": lambda: add("telephoneNumber",
                                           self.pick(PHONES).format(number(0, 999))),
            "mobile": lambda: add("mobile",
                                  self.pick(PHONES).format(number(0, 999))),
            "roomNumber": lambda: add("roomNumber", f"{number(1, 9)}-{number(1, 99):02d}"),
            "l": lambda: add("l", self.pick(["Berkeley", "berkeley hills", "Zürich", "São Paulo", "東京"])),
            "postalAddress": lambda: add("postalAddress", f"{given}$ {number(1, 99)} Campus  Way $Berkeley, CA"),
            "street": lambda: add("street", f"{number(1, 99)} {self.text()}"),
            "departmentNumber": lambda: self.add_texts(entry, "departmentNumber", 2, lambda: str(number(1, 30))),
            "preferredLanguage": lambda: add("preferredLanguage", self.pick(["en", "fr", "de-CH", "ja"])),
            "labeledURI": lambda: add("labeledURI", f"https://Example.edu/~{uid} Home page"),
            "eduPersonAffiliation": lambda:
            [add("eduPersonAffiliation", name) for name in self.random.sample(affiliations, 2)],
            "eduPersonPrimaryAffiliation": lambda: add("eduPersonPrimaryAffiliation", self.pick(affiliations)),
            "eduPersonPrincipalName": lambda: add("eduPersonPrincipalName", f"{uid}@example.edu"),
            "eduPersonUniqueId": lambda: add("eduPersonUniqueId", f"{number(0, 2**40):010x}@Example.edu"),
            "eduPersonEntitlement": lambda: add("eduPersonEntitlement",
                                                f"urn:mace:{self.pick(['Dir', 'dir'])}:entitlement:{number(1, 3)}"),
            "eduPersonNickname": lambda: self.add_texts(entry, "eduPersonNickname", 2, self.text),
            "schacPersonalUniqueCode": lambda: add("schacPersonalUniqueCode", f"urn:schac:x:{index}"),
            "jpegPhoto": lambda: add("jpegPhoto", JPEG[:8] + self.random.randbytes(4) + JPEG[12:]),
            "x500UniqueIdentifier": lambda: add("x500UniqueIdentifier", f"'{number(0, 255):08b}'B"),
            "x121Address": lambda: add("x121Address", f"{number(0, 99):02d} {number(0, 9999):04d}"),
            "manager": lambda: self.refer(entry, "manager"),
            "seeAlso": lambda: self.refer(entry, "seeAlso"),
            "secretary": lambda: self.refer(entry, "secretary"),
            "businessCategory": lambda: add("businessCategory", self.text()),
            "eduPersonOrgUnitDN": lambda: add("eduPersonOrgUnitDN", self.pick(self.people_units)),
            "userPassword": lambda: add("userPassword", f"secret-{index}"),
            "carLicense": lambda: add("carLicense", f"CA {number(100, 999)}"),
        }
        for make in options.values():
            if chance(0.45):
                make()
        if chance(0.5):
            entry.add("objectClass", "posixAccount")
            for name, value in (("uidNumber",
                                 self.pick([number(1000, 1300),
                                            number(0, 99),
                                            number(10 ** 9, 2 ** 31 - 1)])), ("gidNumber", number(100, 110)),
                                ("homeDirectory", f"/home/{uid}"), ("gecos", f"{uid},Room {number(1, 9)}")):
                entry.add(name, value)
        if chance(0.2):
            entry.add("objectClass", "shadowAccount")
            entry.add("shadowExpire", self.pick([-1, 0, number(1, 30000)]))
            entry.add("shadowMax", number(-5, 99999))
        if chance(0.4):
            entry.add("objectClass", "schacEntryMetadata")
            entry.add("schacExpiryDate", self.time())
        if chance(0.3):
            entry.add("objectClass", "schacPersonalCharacteristics")
            entry.add("schacDateOfBirth", f"{number(1950, 2008)}{number(1, 12):02d}{number(1, 28):02d}")
            entry.add("schacPlaceOfBirth", self.pick(["Córdoba", "cordoba", "Reykjavík", "北京", "New  York"]))
            entry.add("schacMotherTongue", self.pick(["en", "EN", "fr-CA"]))
        for language in self.random.sample(LANGUAGES, 2) if chance(0.3) else []:
            self.add_texts(entry, f"cn;{language}", 1, self.text)
            if chance(0.5):
                self.add_texts(entry, f"description;{language}", 1, self.text)
        if chance(0.05):
            self.add_texts(entry, "sn;lang-fr;x-phonetic", 1, self.text)

    def refer(self, entry, name):
        """A DN, mostly of an entry that exists, sometimes written otherwise than the entry does."""
        dn = self.pick(self.entries).dn
        entry.add(
            name,
            self.pick([
                dn, dn,
                dn.replace(",ou=", ", OU="),
                dn.upper() if dn.isascii() and "\\" not in dn else dn, f"cn=nobody,{SUFFIX}"
            ]))

    def groups(self, people):
        for index in range(max(6, self.people // 25)):
            entry = Entry(f"cn=group {index},ou=Groups,{SUFFIX}")
            entry.add("objectClass", "groupOfNames")
            entry.add("cn", f"group {index}")
            for dn in self.random.sample(people, min(len(people), self.random.randint(1, 12))):
                entry.add("member", dn)
            if self.chance(0.4):
                entry.add("objectClass", "posixGroup")
                entry.add("gidNumber", 100 + index)
                for _ in range(3):
                    entry.add("memberUid", f"u{self.random.randint(0, self.people):04d}")
            if self.chance(0.4):
                entry.add("owner", self.pick(people))
            if index % 5 == 4:
                entry.add("member", f"cn=group {index - 1},ou=Groups,{SUFFIX}")
            self.finish(entry)

    def aliases(self, people):
        targets = [
            people[0].dn, people[1].dn, PEOPLE, self.people_units[-1], f"cn=group 0,ou=Groups,{SUFFIX}",
            f"cn=gone,{SUFFIX}", f"uid=alias 7,ou=Devices,{SUFFIX}", f"uid=alias 6,ou=Devices,{SUFFIX}",
            f"uid=alias 0,ou=Devices,{SUFFIX}"
        ]
        for index, target in enumerate(targets):
            entry = Entry(f"uid=alias {index},ou=Devices,{SUFFIX}", kind="alias")
            for name, value in (("objectClass", "alias"), ("objectClass", "extensibleObject"),
                                ("uid", f"alias {index}"), ("aliasedObjectName", target)):
                entry.add(name, value)
            self.finish(entry)

    def referrals(self):
        for index, uris in enumerate(
            (["ldap://other.example.edu/dc=other,dc=edu"], ["ldap://a.example.edu", "ldap://b.example.edu:1389/"],
             ["ldap://elsewhere.example.edu/ou=Deep,dc=x??sub"])):
            parent = (SUFFIX, PEOPLE, f"ou=Services,{SUFFIX}")[index]
            entry = Entry(f"ou=referral {index},{parent}", kind="referral")
            entry.add("objectClass", "referral")
            entry.add("objectClass", "extensibleObject")
            entry.add("ou", f"referral {index}")
            for uri in uris:
                entry.add("ref", uri)
            self.finish(entry)


def stamp(seconds):
    """A generalized time after the start of 2020."""
    from datetime import datetime, timedelta
    return (datetime(2020, 1, 1) + timedelta(seconds=seconds)).strftime("%Y%m%d%H%M%SZ")


def make(seed, people=250):
    return Builder(seed, people).build()
