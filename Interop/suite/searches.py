"""Searches and compares generated from a seed over a campus: every filter kind, base, scope and selection."""

import random
import unicodedata
from dataclasses import dataclass, field

from . import campus, filters

# Other names and OIDs of attribute types, as schemas publish them.
ALIASES = {
    "cn": ["commonName", "2.5.4.3"],
    "sn": ["surname", "2.5.4.4"],
    "uid": ["userid", "0.9.2342.19200300.100.1.1"],
    "mail": ["rfc822Mailbox", "0.9.2342.19200300.100.1.3"],
    "l": ["localityName", "2.5.4.7"],
    "givenName": ["gn", "2.5.4.42"],
    "st": ["stateOrProvinceName"],
    "street": ["streetAddress"],
    "o": ["organizationName", "2.5.4.10"],
    "ou": ["organizationalUnitName", "2.5.4.11"],
    "mobile": ["mobileTelephoneNumber"],
    "dc": ["domainComponent"],
    "objectClass": ["2.5.4.0"],
    "member": ["2.5.4.31"],
    "uidNumber": ["1.3.6.1.1.1.1.0"],
    "createTimestamp": ["2.5.18.1"],
    "aliasedObjectName": ["aliasedEntryName"],
    "homePhone": ["homeTelephoneNumber"],
    "eduPersonPrincipalName": ["1.3.6.1.4.1.5923.1.1.1.6"],
    "entryUUID": ["1.3.6.1.1.16.4"],
}
SUBSTRING_TYPES = (campus.TEXT + ["mail", "gecos", "memberUid", "labeledURI", "schacPersonalUniqueID"] +
                   campus.PHONE_NUMBERS + campus.NUMERIC_STRINGS + campus.ADDRESSES)
# Only types whose definition names an ordering rule: without one, >= and <= are Undefined, which is generated too.
ORDERED_TYPES = campus.NUMBERS + campus.TIMES + [
    "schacDateOfBirth", "schacPlaceOfBirth", "schacPersonalUniqueCode", "entryCSN", "entryUUID"
]
RULES = [
    "caseIgnoreMatch", "caseExactMatch", "2.5.13.2", "2.5.13.5", "caseIgnoreIA5Match", "caseExactIA5Match",
    "numericStringMatch", "telephoneNumberMatch", "integerMatch", "distinguishedNameMatch", "octetStringMatch",
    "objectIdentifierMatch", "generalizedTimeMatch", "booleanMatch", "caseIgnoreSubstringsMatch",
    "integerOrderingMatch", "unknownMatch", "1.2.3.4", "UUIDMatch", "generalizedTimeOrderingMatch",
    "caseIgnoreOrderingMatch"
]
OPERATIONAL = [
    "entryUUID", "entryDN", "createTimestamp", "modifyTimestamp", "creatorsName", "modifiersName", "entryCSN",
    "structuralObjectClass", "subschemaSubentry", "hasSubordinates"
]
UNKNOWN = ["noSuchAttribute", "x-unknown", "9.9.9.9", "favouriteTea;lang-fr", "cn;x-no-such-option"]


@dataclass
class Search:
    base: str
    scope: int
    filter: tuple
    attributes: list = field(default_factory=list)
    deref: int = 0
    size_limit: int = 0
    types_only: bool = False
    page_size: int = 0
    manage_dsa_it: bool = False

    def command(self, url):
        """The ldapsearch that asks the same."""
        scope = ("base", "one", "sub", "children")[self.scope]
        words = ["ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-H", url, "-b", self.base, "-s", scope]
        words += ["-a", ("never", "search", "find", "always")[self.deref]] if self.deref else []
        words += ["-z", str(self.size_limit)] if self.size_limit else []
        words += (["-A"] if self.types_only else []) + (["-M"] if self.manage_dsa_it else [])
        words += ["-E", f"pr={self.page_size}/noprompt"] if self.page_size else []
        import shlex
        return shlex.join(words + [filters.text(self.filter), *self.attributes])


@dataclass
class Compare:
    dn: str
    attribute: str
    value: bytes

    def command(self, url):
        import shlex
        text = self.value.decode(errors="replace")
        return shlex.join(["ldapcompare", "-x", "-H", url, self.dn, f"{self.attribute}:{text}"])


class Generator:
    def __init__(self, seed, campus_):
        self.random = random.Random(f"searches {seed}")
        self.campus = campus_
        self.by_type = {}  # the campus's values, whatever their options
        for key, values in campus_.values.items():
            self.by_type.setdefault(key.split(";")[0], []).extend(values)
        self.focus = None  # an entry whose values filters are made of, so that narrow scopes find something too

    def pick(self, items):
        return self.random.choice(items)

    def chance(self, share):
        return self.random.random() < share

    def weighted(self, **weights):
        return self.random.choices(list(weights), list(weights.values()))[0]

    # Names

    def spelled(self, name):
        """An attribute name as some client may write it: case, alias, OID."""
        if self.chance(0.12):
            return self.pick(ALIASES.get(name, [name]))
        if self.chance(0.1):
            return self.pick([name.upper(), name.lower(), name.capitalize()])
        return name

    def any_type(self):
        """Mostly types that the directory has values of, and operational ones now and then."""
        if self.chance(0.1):
            # subschemaSubentry differs whenever it is asked for, so once in a while is enough.
            name = self.pick(OPERATIONAL)
            return name if name != "subschemaSubentry" or self.chance(0.2) else "entryDN"
        if self.focus and self.chance(0.7):
            names = [name for name, _ in self.focus.attributes if name != "userPassword"]
            return self.pick(names).split(";")[0]
        return self.pick(list(self.campus.values)).split(";")[0]

    # Values

    def stored(self, name):
        """A value the directory holds for a type, whatever its options; None where it holds none."""
        own = [value for key, value in self.focus.attributes if key.split(";")[0] == name] if self.focus else []
        if own and self.chance(0.8):
            return self.pick(own)
        values = self.by_type.get(name)
        return self.pick(values) if values else None

    def value(self, name):
        """An assertion value for equality: often one that is there, in this or another spelling."""
        stored = self.stored(name)
        if name == "entryDN":
            return self.dn().encode()
        if name == "hasSubordinates":
            return self.pick([b"TRUE", b"FALSE", b"true", b"maybe"])
        if name == "subschemaSubentry":
            return self.pick([b"cn=Subschema", b"CN=subschema", b"cn=other"])
        if name == "structuralObjectClass":
            return self.pick([b"inetOrgPerson", b"groupOfNames", b"organizationalUnit", b"2.5.6.9", b"person", b"top"])
        if name == "objectClass":
            return self.pick([
                stored or b"top", b"person", b"PERSON", b"top", b"posixAccount", b"2.5.6.6", b"alias", b"noSuchClass",
                b"inetorgperson", b"referral", b"organizationalPerson"
            ])
        if stored is None or self.chance(0.04):
            return self.pick([
                b"x", b"", b"abc", b"17", b"-1", b"Smith", b"\xff\xfe", "é".encode(), b"cn=x,dc=example,dc=edu",
                b"20260101000000Z", b" "
            ])
        return self.respelled(name, stored)

    def respelled(self, name, value):
        if self.chance(0.45) or name in campus.BINARY or name == "entryCSN":
            return value
        if name in campus.NUMBERS:
            number = int(value)
            return self.pick(
                [value,
                 str(number + 1).encode(),
                 str(number - 1).encode(), b"0", b"-1", b"0" + value, b" " + value])
        if name in campus.TIMES:
            return self.pick([
                value,
                self.other_time(value), value[:4] + b"0101000000Z", value[:8], value[:10] + b"Z", b"not a time"
            ])
        if name in campus.NAMES:
            return self.other_dn(value.decode()).encode()
        text = value.decode(errors="replace")
        changed = self.pick([
            text.upper(),
            text.lower(),
            text.swapcase(), f" {text} ",
            text.replace(" ", "  "),
            text.replace(" ", ""), text[:-1], text + "x",
            text.replace("-", " "),
            text.title(),
            unicodedata.normalize("NFD", text) if self.chance(0.2) else text
        ])
        return changed.encode()

    def other_time(self, value):
        """The same moment with another zone or precision, where the value is plain enough."""
        text = value.decode()
        if len(text) == 15 and text.endswith("Z") and "05" < text[8:10] < "20":
            hour = int(text[8:10])
            return self.pick([
                f"{text[:8]}{hour + 1:02d}{text[10:14]}+0100", f"{text[:8]}{hour - 3:02d}{text[10:14]}-03",
                text[:14] + ".0Z", text[:14] + ",000Z"
            ]).encode()
        return value

    # DNs

    def dn(self):
        return self.pick(self.campus.entries).dn

    def other_dn(self, dn):
        """The same name in another spelling, or nearly the same."""
        return self.pick([
            dn,
            dn.replace(",", ", "),
            dn.replace("ou=", "OU=").replace("uid=", "Uid="),
            dn.replace("ou=", "organizationalUnitName="),
            dn.replace("cn=", "2.5.4.3=").replace("dc=", "DC="),
            dn.replace("=", " = ") if "\\=" not in dn else dn,
            dn.replace("\\,", "\\2C").replace("\\+", "\\2b"),
            dn.lower(),
            dn.replace("example", "EXAMPLE"),
            dn.replace("dc=edu", "dc=org"),
            "cn=nobody," + dn,
        ])

    def base(self):
        kind = self.weighted(suffix=30, people=20, container=15, entry=15, respelled=10, missing=6, outside=2, bad=2)
        containers = [entry.dn for entry in self.campus.entries if entry.kind == "container"]
        if kind == "suffix":
            return campus.SUFFIX
        if kind == "people":
            return campus.PEOPLE
        if kind == "container":
            return self.pick(containers)
        if kind == "entry":
            return self.dn()
        if kind == "respelled":
            return self.other_dn(self.pick([self.dn(), self.pick(containers)]))
        if kind == "missing":
            return self.pick([
                "uid=nobody," + self.pick(containers), "ou=a,ou=b,ou=c," + campus.SUFFIX, "ou=Peopl," + campus.SUFFIX,
                "uid=below," + self.dn(), "cn=x+sn=y," + campus.PEOPLE
            ])
        if kind == "outside":
            return self.pick(["dc=edu", "dc=other,dc=edu", "o=elsewhere", "cn=config,dc=x", "xdc=example,dc=edu"])
        return self.pick(
            ["nonsense", "=x", "dc=example,,dc=edu", "cn=\\zz,dc=example,dc=edu", "dc=example,dc=edu,", "cn=a+,dc=edu"])

    def around(self, dn, scope):
        """A base whose scope takes the named entry in."""
        if scope == 0:
            return self.other_dn(dn) if self.chance(0.2) else dn
        parent = dn.replace("\\,", "\0").partition(",")[2].replace("\0", "\\,")
        return parent if scope == 1 or self.chance(0.4) else campus.SUFFIX

    # Filters

    def filter(self, depth=0):
        kind = self.weighted(equal=26,
                             substrings=16,
                             present=9,
                             greater=6,
                             less=6,
                             approx=2,
                             extensible=8,
                             undefined=4,
                             **({"all": 9, "any": 11, "negated": 7, "constant": 1} if depth < 4 else {}))
        return getattr(self, "filter_" + kind)(depth)

    def filter_equal(self, _):
        name = self.any_type()
        if self.chance(0.06):
            name, value = "name", self.value("cn")
            return ("equal", name, value)
        if self.chance(0.08):
            name = self.pick([key for key in self.campus.values if ";" in key] + ["cn;lang-en", "cn;lang-it"])
            return ("equal", name, self.respelled(name, self.pick(self.campus.values.get(name, [b"x"]))))
        return ("equal", self.spelled(name), self.value(name))

    def filter_substrings(self, _):
        name = self.pick(SUBSTRING_TYPES) if self.chance(0.92) else self.any_type()
        stored = self.stored(name) or self.pick([b"Smith", b"abc"])
        if self.chance(0.3):
            stored = self.respelled(name, stored)
        text = stored.decode(errors="replace")
        if name in campus.ADDRESSES:
            # A part lies within one line (RFC 4517 section 4.2.13); slapd has its own idea of spaces around lines.
            text = self.pick(text.split("$")).strip()
        parts = sorted(self.random.randint(0, len(text)) for _ in range(self.random.choice([2, 2, 2, 4, 4, 6])))
        pieces = [text[start:end].encode() for start, end in zip(parts[::2], parts[1::2])]
        initial = text[:self.random.randint(1, 4)].encode() if self.chance(0.35) else None
        final = text[-self.random.randint(1, 4):].encode() if self.chance(0.35) else None
        middle = [piece for piece in pieces if piece] if self.chance(0.7) or (not initial and not final) else []
        initial, final = initial or None, final or None
        if not (initial or final or middle):
            middle = [b"a"]
        if self.chance(0.05):
            name = self.pick(["cn;lang-fr", "name"])
            return ("substrings", name, initial, middle, final)
        return ("substrings", self.spelled(name), initial, middle, final)

    def filter_present(self, _):
        return ("present",
                self.pick([
                    self.spelled(self.any_type()),
                    self.pick(list(self.campus.values)), "objectClass", "name", "cn;lang-fr", "hasSubordinates",
                    "entryDN"
                ]))

    def filter_greater(self, _, kind="greater"):
        name = self.pick(ORDERED_TYPES) if self.chance(0.9) else self.any_type()
        return (kind, self.spelled(name), self.value(name))

    def filter_less(self, depth):
        return self.filter_greater(depth, "less")

    def filter_approx(self, _):
        # Where slapd has no phonetic rule it compares for equality, as peopled always does.
        exact = campus.NUMBERS + campus.TIMES + campus.NAMES + ["objectClass", "entryUUID"]
        name = self.pick(exact if self.chance(0.9) else ["cn", "sn", "givenName"])
        return ("approx", self.spelled(name), self.value(name))

    def filter_extensible(self, _):
        name = self.any_type() if self.chance(0.75) else None
        if name in ("entryUUID", "entryCSN", "hasSubordinates") and self.chance(0.7):
            # These differ whenever they are asked for, so once in a while is enough.
            name = "createTimestamp"
        rule = self.pick(RULES) if name is None or self.chance(0.5) else None
        value = self.value(name or self.pick(["cn", "uid", "ou", "uidNumber", "manager", "mail", "objectClass"]))
        dn_attributes = self.chance(0.35)
        if dn_attributes and self.chance(0.6):
            name, value = self.pick([("ou", b"people"), ("dc", b"Example"), ("uid", self.value("uid")),
                                     ("cn", self.value("cn")), ("ou", self.value("ou"))])
            rule = self.pick([None, None, "caseIgnoreMatch", "caseExactMatch"])
        return ("extensible", rule, self.spelled(name) if name else None, value, dn_attributes)

    def filter_undefined(self, _):
        unknown = self.pick(UNKNOWN)
        return self.pick([("equal", unknown, b"x"), ("present", unknown), ("substrings", unknown, b"a", [], None),
                          ("greater", unknown, b"1"), ("not", ("equal", unknown, b"x")), ("not", ("present", unknown)),
                          ("equal", "userPassword", b"secret-1"), ("present", "userPassword"),
                          ("not", ("present", "userPassword")), ("equal", "uidNumber", b"abc"),
                          ("not", ("equal", "uidNumber", b"abc")), ("greater", "modifyTimestamp", b"yesterday"),
                          ("equal", "manager", b"not a dn"), ("extensible", "noSuchMatch", "cn", b"x", False)])

    def filter_all(self, depth):
        return ("and", [self.filter(depth + 1) for _ in range(self.random.choice([1, 2, 2, 3]))])

    def filter_any(self, depth):
        return ("or", [self.filter(depth + 1) for _ in range(self.random.choice([1, 2, 2, 3, 5]))])

    def filter_negated(self, depth):
        return ("not", self.filter(depth + 1))

    def filter_constant(self, _):
        return (self.pick(["and", "or"]), [])

    # Selections

    def selection(self):
        names = list(self.campus.values)
        some = [self.spelled(self.pick(names)) for _ in range(self.random.randint(1, 5))]
        return self.pick([
            [],
            [],
            ["*"],
            ["*", "+"],
            ["+"],
            ["1.1"],
            some,
            some,
            some + ["1.1"],
            some + some[:1],
            ["cn;lang-fr", "sn"],
            ["name"],
            ["cn"],
            ["@person"],
            ["@posixAccount", "cn"],
            ["@noSuchClass"],
            [self.pick(OPERATIONAL)],
            ["*", self.pick(OPERATIONAL)],
            [self.pick(UNKNOWN), "cn"],
            ["userPassword", "uid"],
            ["objectClass", "structuralObjectClass", "hasSubordinates"],
            ["jpegPhoto"],
            ["cn;lang-"],
            ["description;lang-fr", "description"],
            ["memberOfNothing"],
            ["distinguishedName"],
        ])

    # Operations

    def search(self):
        scope = self.random.choices([0, 1, 2, 3], [15, 20, 55, 10])[0]
        base, self.focus = self.base(), None
        if self.chance(0.6):
            self.focus = self.pick(self.campus.entries)
            if self.chance(0.8):
                base = self.around(self.focus.dn, scope)
        made = Search(base, scope, self.filter(), self.selection())
        if self.chance(0.12):
            made.deref = self.random.randint(1, 3)
        if self.chance(0.08):
            made.size_limit = self.random.choice([1, 2, 5, 20, 1000])
        elif self.chance(0.1):
            made.page_size = self.random.choice([1, 3, 10, 50, 1000])
        made.types_only = self.chance(0.06)
        made.manage_dsa_it = self.chance(0.1)
        return made

    def compare(self):
        entry = self.focus = self.pick(self.campus.entries)
        dn = self.pick([entry.dn] * 8 + [self.other_dn(entry.dn), "uid=nobody," + campus.PEOPLE])
        names = [name for name, _ in entry.attributes if name != "userPassword"]
        name = self.pick(names) if self.chance(0.8) else self.pick([self.any_type(), self.pick(UNKNOWN)])
        own = entry.values(name)
        value = self.respelled(name, self.pick(own)) if own and self.chance(0.8) else self.value(name.split(";")[0])
        return Compare(dn, self.spelled(name), value)

    def operations(self, count):
        """The searches asked for, and one compare for every ten of them."""
        for index in range(count):
            yield self.search()
            if index % 10 == 9:
                yield self.compare()
