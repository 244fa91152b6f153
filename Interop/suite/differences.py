"""The kinds of difference from slapd where peopled is right, each with the clause that says so.

Interop/README.md lists the same kinds. An explanation is as narrow as it can be: it looks at what was asked and at how
the answers differ, so that a mistake does not hide behind a known kind.
"""

import unicodedata

from . import campus
from .names import canonical_dn

CASE_IGNORING = {name.lower()
                 for name in campus.TEXT + campus.EXACT_TEXT + campus.ADDRESSES + campus.NAMES} | {"name", "entrydn"}
# The names by which the generator asks for types, back to the first.
FIRST_NAMES = {}


def items(filter):
    """Every item of a filter, flat."""
    if filter[0] in ("and", "or"):
        return [item for part in filter[1] for item in items(part)]
    return items(filter[1]) if filter[0] == "not" else [filter]


def attribute_of(item):
    """The attribute of an item, lower-case, by its first name and without options; None where it names none."""
    name = item[2] if item[0] == "extensible" else item[1]
    if name is None:
        return None
    name = name.split(";")[0].lower()
    if not FIRST_NAMES:
        from .searches import ALIASES
        FIRST_NAMES.update({other.lower(): first.lower() for first, others in ALIASES.items() for other in others})
    return FIRST_NAMES.get(name, name)


def asked(operation):
    """The items of a search's filter, or a compare's assertion as one."""
    if hasattr(operation, "filter"):
        return items(operation.filter)
    return [("equal", operation.attribute, operation.value)]


def values_of(item):
    """The assertion values in an item."""
    if item[0] == "substrings":
        return [part for part in (item[2], *item[3], item[4]) if part is not None]
    return [] if item[0] == "present" else [item[3] if item[0] == "extensible" else item[2]]


def special_preparation(text):
    """Whether preparing it (RFC 4518 section 2.2) takes more than lower-casing each letter: letters that fold to
    several, final sigma, and capitals within compatibility characters."""
    def special(c):
        plain = unicodedata.normalize("NFKC", c)
        # Tabs and line ends are spaces; slapd knows but one space.
        return c.casefold() != c.lower() or len(c.lower()) > 1 or c in "\u0307\t\n\v\f\r" or \
            plain != c and plain != plain.casefold()

    return any(map(special, text))


def differing_entries(operation, ours, theirs, made):
    """The entries that only one of the answers holds; the one compared, in a compare."""
    names = set(ours.entries) ^ set(theirs.entries)
    if not hasattr(operation, "filter"):
        names = {canonical_dn(operation.dn)}
    return [entry for entry in made.entries if canonical_dn(entry.dn) in names]


def string_preparation(operation, ours, theirs, made):
    """Such letters in the name asked for, in an assertion, or in the values of each entry that differs."""
    if special_preparation(getattr(operation, "base", "") or getattr(operation, "dn", "")) and ours.code != theirs.code:
        return True
    strings = [
        item for item in asked(operation)
        if item[0] not in ("present", "approx") and (attribute_of(item) is None or attribute_of(item) in CASE_IGNORING)
    ]
    if not strings:
        return False
    assertions = [value.decode(errors="replace") for item in strings for value in values_of(item)]
    if any(map(special_preparation, assertions)):
        return True
    # Which values differ cannot always be told from an entry that is named otherwise, or from those within a limit.
    is_partial = not hasattr(operation, "filter") or operation.size_limit > 0
    if is_partial and any("ss" in text.casefold() for text in assertions):
        return True
    names = {attribute_of(item) for item in strings}
    covers_all = bool(names & {None, "name", "entrydn"}) or any(item[0] == "extensible" and item[4] for item in strings)
    found = differing_entries(operation, ours, theirs, made)
    special = [
        any(
            special_preparation(value.decode(errors="replace")) for name, value in entry.attributes
            if covers_all or name.split(";")[0].lower() in names or name in campus.NAMES) for entry in found
    ]
    return any(special) if is_partial else bool(special) and all(special)


def phonetic_matching(operation, ours, theirs, made):
    return any(item[0] == "approx" and attribute_of(item) in CASE_IGNORING for item in asked(operation))


def computed_subschema(operation, ours, theirs, made):
    return hasattr(operation, "filter") and any(attribute_of(item) == "subschemasubentry" for item in asked(operation))


def computed_compare(operation, ours, theirs, made):
    if hasattr(operation, "filter"):
        return False
    if attribute_of(asked(operation)[0]) not in ("entrydn", "subschemasubentry", "hassubordinates"):
        return False
    return theirs.code in (53, 0) and ours.code in (5, 6, 10, 32) or theirs.code in (5, 6) and ours.code == 10


def outer_spaces_of_parts(operation, ours, theirs, made):
    """slapd cuts spaces off the ends of parts of IA5 strings, whatever stands beside them."""
    return any(item[0] == "substrings" and attribute_of(item) in ("mail", "dc") and
               any(value != value.strip(b" ") for value in values_of(item)) for item in asked(operation))


def operational_extensible(operation, ours, theirs, made):
    return any(item[0] == "extensible" and attribute_of(item) in ("entryuuid", "entrycsn", "hassubordinates")
               for item in asked(operation))


def class_rule(operation, ours, theirs, made):
    return any(item[0] == "extensible" and item[1] == "objectIdentifierMatch" for item in asked(operation))


def repeated_entries(operation, ours, theirs, made):
    return bool(theirs.repeated) and not ours.repeated and getattr(operation, "deref", 0) in (1, 3) and \
        ours.code == theirs.code and set(theirs.entries) <= set(ours.entries)


def aliases_in_narrow_scopes(operation, ours, theirs, made):
    """Pages of one level, which slapd fills with the targets' subtrees; subordinates, where it leaves targets out."""
    if getattr(operation, "deref", 0) not in (1, 3) or ours.code != theirs.code:
        return False
    if operation.scope == 1 and operation.page_size > 0:
        return set(ours.entries) <= set(theirs.entries)
    return operation.scope == 3 and set(theirs.entries) <= set(ours.entries)


def aliases_beside_large_scopes(operation, ours, theirs, made):
    """Of more entries than 65,535 slapd keeps but the range of their numbers, and takes aliases that were loaded within
    it to be in scope: it adds what those point to."""
    if getattr(operation, "deref", 0) not in (1, 3) or ours.code != theirs.code or len(made.entries) < 65536:
        return False
    targets = [
        canonical_dn(value.decode()) for entry in made.entries if entry.kind == "alias"
        for value in entry.values("aliasedObjectName")
    ]
    added = set(theirs.entries) - set(ours.entries)
    return set(ours.entries) <= set(theirs.entries) and all(
        any(name[-len(target):] == target for target in targets) for name in added)


KINDS = {
    "entries repeated through aliases": repeated_entries,
    "narrow scopes through aliases": aliases_in_narrow_scopes,
    "aliases beside large scopes": aliases_beside_large_scopes,
    "phonetic matching": phonetic_matching,
    "subschemaSubentry in filters": computed_subschema,
    "compare of a computed attribute": computed_compare,
    "extensible match of an operational attribute": operational_extensible,
    "objectIdentifierMatch by name": class_rule,
    "outer spaces of parts of IA5 strings": outer_spaces_of_parts,
    "string preparation": string_preparation,
}


def explain(operation, ours, theirs, made):
    """The kind of a difference, or None where nothing explains it."""
    for kind, applies in KINDS.items():
        if applies(operation, ours, theirs, made):
            return kind
    return None
