#!/usr/bin/python3
"""Writes ldif/people.ldif: the invented campus that the quickstart serves. Deterministic; run it again after a change.

    ldif/generate-people.py > ldif/people.ldif
"""

import base64
import hashlib
import random
import sys
import unicodedata

SUFFIX = "dc=example,dc=edu"
PEOPLE = f"ou=People,{SUFFIX}"
PERSON_COUNT = 200

# (given name, surname) pairs by script: Latin spelling, native spelling, language tag.
NAMES = {
    "en": (["Alice", "Grace", "Oliver", "Maya", "Theodore", "Ruth", "Desmond", "Hazel", "Ada", "Walter"],
           ["Johnson", "O'Neill", "Smith-Jones", "Baker", "van der Berg", "McAllister", "Whitfield", "Okafor"]),
    "fr": (["Élodie", "François", "Zoé", "Jérôme", "Anaïs",
            "Benoît"], ["Lefèvre", "Dubois", "D'Aubigné", "Garçon", "Noël", "Œuvrard"]),
    "de": (["Jürgen", "Käthe", "Björn", "Annelie", "Götz"], ["Müller", "Weiß", "Schröder", "Grünwald", "Straßer"]),
    "es": (["José", "María del Carmen", "Íñigo", "Begoña", "Andrés"], ["García Márquez", "Núñez", "Ibáñez", "Peña"]),
    "sv": (["Åsa", "Östen", "Sölve", "Ingrid"], ["Ångström", "Öberg", "Sjöström", "Lindqvist"]),
    "pl": (["Łukasz", "Małgorzata", "Żaneta", "Stanisław"], ["Wiśniewski", "Dąbrowska", "Łęcka", "Źrebiec"]),
    "tr": (["İbrahim", "Işıl", "Çağla", "Gökhan"], ["Yıldız", "Şahin", "Öztürk", "Doğan"]),
    "vi": (["Nguyệt", "Hữu Phước", "Thị Ánh", "Đức"], ["Nguyễn", "Trần", "Lê", "Phạm"]),
}
NATIVE_NAMES = {
    "ja": [("Tarō", "太郎"), ("Hanako", "花子"), ("Sakura", "さくら"), ("Kenji", "健二")],
    "ja-sn": [("Yamada", "山田"), ("Satō", "佐藤"), ("Watanabe", "渡辺"), ("Takahashi", "髙橋")],
    "zh": [("Wei", "伟"), ("Xiùyīng", "秀英"), ("Mǐn", "敏"), ("Lěi", "磊")],
    "zh-sn": [("Wáng", "王"), ("Lǐ", "李"), ("Zhāng", "张"), ("Ōuyáng", "欧阳")],
    "ko": [("Min-jun", "민준"), ("Seo-yeon", "서연"), ("Ji-ho", "지호")],
    "ko-sn": [("Kim", "김"), ("Lee", "이"), ("Namgung", "남궁")],
    "ru": [("Svetlana", "Светлана"), ("Dmitriy", "Дмитрий"), ("Yuliya", "Юлия")],
    "ru-sn": [("Ivanova", "Иванова"), ("Chaykovskiy", "Чайковский"), ("Shchukin", "Щукин")],
    "el": [("Eleni", "Ελένη"), ("Giorgos", "Γιώργος"), ("Sofia", "Σοφία")],
    "el-sn": [("Papadopoulos", "Παπαδόπουλος"), ("Nikolaidis", "Νικολαΐδης")],
    "ar": [("Fatima", "فاطمة"), ("Omar", "عمر"), ("Layla", "ليلى")],
    "ar-sn": [("al-Farsi", "الفارسي"), ("Haddad", "حداد")],
    "he": [("Noa", "נועה"), ("Avraham", "אברהם")],
    "he-sn": [("Cohen", "כהן"), ("Mizrahi", "מזרחי")],
    "hi": [("Aarav", "आरव"), ("Priya", "प्रिया"), ("Lakshmi", "लक्ष्मी")],
    "hi-sn": [("Sharma", "शर्मा"), ("Chaudhary", "चौधरी")],
    "th": [("Somchai", "สมชาย"), ("Malee", "มาลี")],
    "th-sn": [("Srisai", "ศรีใส"), ("Wongsakul", "วงศ์สกุล")],
}

DEPARTMENTS = [
    "Mathematics", "Physics & Astronomy", "Computer Science", "History of Art", "Music", "Law, Policy", "Bibliothèque",
    "Registrar", "医学部", "Facilities"
]
TITLES = [
    "Professor", "Associate Professor", "Lecturer", "Research Fellow", "Librarian", "Systems Administrator",
    "Doctoral Candidate", "Dean of Students", "Gardener", "Professeur émérite"
]
AFFILIATIONS = ["student", "faculty", "staff", "employee", "alum", "affiliate", "library-walk-in"]
CITIES = [("Berkeley", "CA", "94720"), ("Davis", "CA", "95616"), ("Zürich", "ZH", "8092"), ("São Paulo", "SP", "05508")]

# The smallest grey JPEG; four octets of its quantisation table are made different for each person.
JPEG = bytes.fromhex(
    "ffd8ffdb004300030202020202030202020303030304060404040404080606050609080a0a090809090a0c0f0c0a0b0e0b09090d110d0e0f"
    "101011100a0c12131210130f101010ffc9000b080001000101011100ffcc000600101005ffda0008010100003f00d2cf20ffd9")


def salted(name, scheme):
    """{SSHA256} and its like: the digest of password and salt, then the salt."""
    password, salt = f"{name}-demo".encode(), hashlib.sha256(name.encode()).digest()[:8]
    algorithm = {"SSHA": "sha1", "SSHA256": "sha256", "SSHA512": "sha512", "SMD5": "md5"}[scheme]
    digest = hashlib.new(algorithm, password + salt).digest()
    return "{%s}" % scheme + base64.b64encode(digest + salt).decode()


def unsalted(name, scheme):
    digest = hashlib.new({"SHA": "sha1", "MD5": "md5"}[scheme], f"{name}-demo".encode()).digest()
    return "{%s}" % scheme + base64.b64encode(digest).decode()


def pbkdf2(name):
    """As OpenLDAP's pw-pbkdf2 and passlib write it: base64 with a full stop for a plus, no padding."""
    salt = hashlib.sha256(name.encode()).digest()[:16]
    derived = hashlib.pbkdf2_hmac("sha256", f"{name}-demo".encode(), salt, 10000)
    salt_text, derived_text = (base64.b64encode(b).decode().rstrip("=").replace("+", ".") for b in (salt, derived))
    return "{PBKDF2-SHA256}10000$" + salt_text + "$" + derived_text


# {CRYPT} is made by libcrypt, which Python is about to lose: these are $6$ (SHA-512) and $5$ (SHA-256) of the password.
CRYPTED = {
    "crypt6": "{CRYPT}$6$campus$eMu8pR7mInZPBj5fgE6ulx.hqPAcKUaXl0"
    "nSgDf1skllh/IFIBO8dNmqKjsLqCAl1BB6Og59XjQ4WVyUtlrWU1",
    "crypt5": "{CRYPT}$5$campus$pamwDBIGMxtqJRtMWX1.qCG0QErUUfkPy9.aQWt1CC4",
}

# Who has a password: the name before "-demo" is the password's, and the user's, name.
PASSWORDS = {
    "clear": lambda name: f"{name}-demo",
    "ssha": lambda name: salted(name, "SSHA"),
    "ssha256": lambda name: salted(name, "SSHA256"),
    "ssha512": lambda name: salted(name, "SSHA512"),
    "smd5": lambda name: salted(name, "SMD5"),
    "sha": lambda name: unsalted(name, "SHA"),
    "md5": lambda name: unsalted(name, "MD5"),
    "pbkdf2": pbkdf2,
    "crypt6": lambda name: CRYPTED["crypt6"],
    "crypt5": lambda name: CRYPTED["crypt5"],
}


def line(name, value):
    """One attribute line (RFC 2849): base64 where the value needs it, folded at 76 octets."""
    raw = value if isinstance(value, bytes) else str(value).encode()
    safe = (raw == b"" or (raw[0] not in b" :<" and raw[-1] != 0x20)) and all(0x20 <= b < 0x7F for b in raw)
    text = f"{name}: {raw.decode()}" if safe else f"{name}:: {base64.b64encode(raw).decode()}"
    return "\n ".join([text[:76]] + [text[at:at + 75] for at in range(76, len(text), 75)])


def entry(dn, attributes):
    return "\n".join([line("dn", dn)] + [line(name, value) for name, value in attributes]) + "\n"


def person_name(random_, index):
    """(given, surname, native given, native surname, language)."""
    if index % 3 == 2:
        language = random_.choice([key for key in NATIVE_NAMES if not key.endswith("-sn")])
        given, surname = random_.choice(NATIVE_NAMES[language]), random_.choice(NATIVE_NAMES[language + "-sn"])
        return given[0], surname[0], given[1], surname[1], language
    language = "en" if index % 3 == 0 else random_.choice(list(NAMES))
    given, surname = random_.choice(NAMES[language][0]), random_.choice(NAMES[language][1])
    return given, surname, given, surname, language


def account_name(given, surname, index):
    """The first letter and the surname in ASCII, and a number: unique, and easy to type."""
    plain = unicodedata.normalize("NFKD", given[:1] + surname.replace("Œ", "Oe").replace("ß", "ss"))
    return "".join(c for c in plain.lower() if c.isascii() and c.isalpha()) + str(index)


def person(random_, index, uid, password, manager, name):
    given, surname, native_given, native_surname, language = name
    department, title = random_.choice(DEPARTMENTS), random_.choice(TITLES)
    affiliation = random_.choice(AFFILIATIONS)
    city, state, code = random_.choice(CITIES)
    classes = [
        "top", "person", "organizationalPerson", "inetOrgPerson", "eduPerson", "schacLinkageIdentifiers",
        "schacEntryMetadata"
    ]
    found = [("uid", uid), ("cn", f"{given} {surname}"), ("sn", surname), ("givenName", given),
             ("displayName", f"{native_given} {native_surname}"), ("mail", f"{uid}@example.edu"),
             ("employeeNumber", f"{10000 + index * 7:08d}"), ("title", title), ("ou", department),
             ("departmentNumber", str(100 + DEPARTMENTS.index(department))),
             ("telephoneNumber", f"+1 510 555 {index:04d}"), ("l", city), ("st", state), ("postalCode", code),
             ("postalAddress", f"{department.replace('$', '')} $ {index} Campus Way $ {city}, {state} {code}"),
             ("preferredLanguage", language), ("eduPersonPrincipalName", f"{uid}@example.edu"),
             ("eduPersonUniqueId", f"{index:08x}cafe@example.edu"), ("eduPersonAffiliation", affiliation),
             ("eduPersonAffiliation", "member"), ("eduPersonPrimaryAffiliation", affiliation),
             ("eduPersonScopedAffiliation", f"{affiliation}@example.edu"),
             ("schacPersonalUniqueCode", f"urn:schac:personalUniqueCode:int:studentID:example.edu:{index:05d}"),
             ("schacExpiryDate", f"{2027 + index % 5}{1 + index % 12:02d}{1 + index % 28:02d}120000Z")]
    if language != "en" and index % 3 == 2:
        found += [(f"cn;lang-{language}", f"{native_surname} {native_given}"), (f"sn;lang-{language}", native_surname),
                  (f"givenName;lang-{language}", native_given)]
    if index % 5 == 0:
        found += [("mail", f"{uid}.alias@alumni.example.edu"), ("cn", f"{surname}, {given}")]
    if index % 4 == 0:
        found += [("eduPersonEntitlement", "urn:mace:dir:entitlement:common-lib-terms"),
                  ("eduPersonEntitlement", f"https://example.edu/entitlement/{department.split()[0].lower()}")]
    if index % 6 == 1:
        found += [("manager", f"uid={manager},{PEOPLE}"), ("roomNumber", f"{index % 9 + 1}-{index:03d}")]
    if index % 7 == 0:
        found += [("description", f"Teaches {department}.\nOffice hours by appointment; ask {given}.")]
    if index % 8 == 3:
        found += [("jpegPhoto", JPEG[:8] + index.to_bytes(4, "big") + JPEG[12:])]
    if index % 9 == 0:
        found += [("labeledURI", f"https://people.example.edu/~{uid} Home page"), ("mobile", f"+41 44 555 {index:04d}")]
    if index % 10 == 4:
        found += [("eduPersonOrcid", f"https://orcid.org/0000-0002-1825-{index:04d}"),
                  ("eduPersonNickname", given[:3] + "y")]
    if index % 5 == 2:
        # UCTrust registers attributes and no class for them.
        classes.append("extensibleObject")
        found += [("UCnetID", str(4000000 + index)), ("UCCampusEmployeeID", f"{10000 + index:09d}@example.edu"),
                  ("UCTrustAssurance", "urn:mace:universityofcalifornia.edu:ucidentity:attributes:assurance:basic")]
    if index % 2 == 0:
        classes.append("posixAccount")
        found += [("uidNumber", 20000 + index), ("gidNumber", 5000 + index % 3), ("homeDirectory", f"/home/{uid}"),
                  ("loginShell", "/bin/bash" if index % 4 else "/usr/bin/zsh"), ("gecos", f"{uid},{index},,")]
    if password:
        found.append(("userPassword", PASSWORDS[password](uid)))
    return entry(f"uid={uid},{PEOPLE}", [("objectClass", name) for name in classes] + found)


def dn_value(value):
    """An RDN value escaped by RFC 4514 section 2.4, as far as these names need it."""
    return "".join("\\" + c if c in ',+"\\<>;' else c for c in value)


def groups(uids):
    yield entry(f"cn=everyone,ou=Groups,{SUFFIX}",
                [("objectClass", "groupOfNames"),
                 ("cn", "everyone")] + [("member", f"uid={uid},{PEOPLE}") for uid in uids])
    for number, name in enumerate(("staff", "faculty", "students")):
        members = uids[number::3]
        yield entry(f"cn={name},ou=Groups,{SUFFIX}",
                    [("objectClass", "groupOfNames"), ("objectClass", "posixGroup"), ("cn", name),
                     ("gidNumber", 5000 + number),
                     ("description", f"All {name}")] + [("member", f"uid={uid},{PEOPLE}")
                                                        for uid in members] + [("memberUid", uid) for uid in members])
    for number, department in enumerate(DEPARTMENTS):
        yield entry(f"cn={dn_value(department)},ou=Groups,{SUFFIX}",
                    [("objectClass", "groupOfNames"),
                     ("cn", department)] + [("member", f"uid={uid},{PEOPLE}") for uid in uids[number::10]])
    yield entry(f"cn=admins,ou=Groups,{SUFFIX}", [("objectClass", "groupOfNames"), ("cn", "admins"),
                                                  ("owner", f"uid={uids[0]},{PEOPLE}"),
                                                  ("member", f"uid={uids[0]},{PEOPLE}"),
                                                  ("member", f"cn=staff,ou=Groups,{SUFFIX}")])


HEADER = f"""\
# An invented campus: {PERSON_COUNT} people, groups and two service accounts. Written by ldif/generate-people.py.
#
# These may bind; each password is the uid followed by -demo, and each uid names the scheme its password is stored in:
#   {', '.join(PASSWORDS)}
#   for example: ldapwhoami -x -H ldap://127.0.0.1:3389 -D uid=ssha512,{PEOPLE} -w ssha512-demo
# The service accounts cn=reader and cn=monitor (under ou=Services,{SUFFIX}) have reader-demo and monitor-demo.
# Nobody else has a password. Never use these for anything that matters.
"""


def main():
    random_ = random.Random(20261121)
    names = [person_name(random_, index) for index in range(PERSON_COUNT)]
    uids = [account_name(name[0], name[1], index) for index, name in enumerate(names)]
    uids[:len(PASSWORDS)] = list(PASSWORDS)
    parts = [
        entry(SUFFIX, [("objectClass", "organization"), ("objectClass", "dcObject"), ("dc", "example"),
                       ("o", "Example University"), ("o;lang-fr", "Université d'Exemple")])
    ]
    parts += [
        entry(f"ou={unit},{SUFFIX}", [("objectClass", "organizationalUnit"), ("ou", unit)])
        for unit in ("People", "Groups", "Services")
    ]
    parts += [
        person(random_, index, uid, uid if uid in PASSWORDS else None, uids[index // 10 * 10], names[index])
        for index, uid in enumerate(uids)
    ]
    parts += groups(uids)
    for name, hashed in (("reader", salted("reader", "SSHA512")), ("monitor", pbkdf2("monitor"))):
        parts.append(
            entry(f"cn={name},ou=Services,{SUFFIX}", [("objectClass", "applicationProcess"),
                                                      ("objectClass", "simpleSecurityObject"), ("cn", name),
                                                      ("description", f"The account of the {name} service"),
                                                      ("userPassword", hashed)]))
    sys.stdout.write(HEADER + "\n".join(parts))


main()
