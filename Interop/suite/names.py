"""Distinguished names as the comparison sees them: one value for every spelling of a name that RFC 4514 allows."""

from functools import lru_cache

# Names and OIDs of the types that occur in DNs; slapd writes the first, whatever was given.
TYPES = {
    "commonname": "cn",
    "2.5.4.3": "cn",
    "userid": "uid",
    "0.9.2342.19200300.100.1.1": "uid",
    "domaincomponent": "dc",
    "0.9.2342.19200300.100.1.25": "dc",
    "organizationalunitname": "ou",
    "2.5.4.11": "ou",
    "organizationname": "o",
    "2.5.4.10": "o",
    "localityname": "l",
    "2.5.4.7": "l",
    "countryname": "c",
    "2.5.4.6": "c",
    "surname": "sn",
    "2.5.4.4": "sn",
    "rfc822mailbox": "mail",
}


def split(text, separators):
    """Parts between separators that no backslash precedes, with the separators."""
    parts, start, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] in separators:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return parts + [text[start:]]


def unescape(text):
    """The octets of an RDN value."""
    found, at, raw = bytearray(), 0, text.strip(" ")
    if text.rstrip(" ").endswith("\\") and text.endswith(" "):
        raw = text.lstrip(" ").rstrip(" ") + " "
    while at < len(raw):
        if raw[at] == "\\" and at + 1 < len(raw):
            pair = raw[at + 1:at + 3]
            if len(pair) == 2 and all(c in "0123456789abcdefABCDEF" for c in pair):
                found.append(int(pair, 16))
                at += 3
            else:
                found += raw[at + 1].encode()
                at += 2
        else:
            found += raw[at].encode()
            at += 1
    return bytes(found)


@lru_cache(maxsize=1 << 19)
def canonical_dn(text):
    """A tuple of RDNs, each a sorted tuple of (type, value octets); the text itself where it is no DN."""
    if text == "":
        return ()
    rdns = []
    for rdn in split(text, ","):
        pairs = []
        for pair in split(rdn, "+"):
            name, sign, value = pair.partition("=")
            if not sign:
                return text
            name = name.strip().lower()
            pairs.append((TYPES.get(name, name), unescape(value)))
        rdns.append(tuple(sorted(pairs)))
    return tuple(rdns)
