"""Search filters as tuples, written as BER (RFC 4511 section 4.5.1) and as text (RFC 4515).

("and", [f...]) ("or", [f...]) ("not", f) ("equal", attribute, value) ("greater", ...) ("less", ...) ("approx", ...)
("present", attribute) ("substrings", attribute, initial or None, [any...], final or None)
("extensible", rule or None, attribute or None, value, dn_attributes)
Values are bytes, names are str.
"""

from . import ber

AVA_TAGS = {"equal": 0xA3, "greater": 0xA5, "less": 0xA6, "approx": 0xA8}
AVA_SIGNS = {"equal": "=", "greater": ">=", "less": "<=", "approx": "~="}


def encode(node):
    kind = node[0]
    if kind in ("and", "or"):
        return ber.sequence(*map(encode, node[1]), tag=0xA0 if kind == "and" else 0xA1)
    if kind == "not":
        return ber.tlv(0xA2, encode(node[1]))
    if kind in AVA_TAGS:
        return ber.sequence(ber.octets(node[1]), ber.octets(node[2]), tag=AVA_TAGS[kind])
    if kind == "present":
        return ber.octets(node[1], 0x87)
    if kind == "substrings":
        _, attribute, initial, middle, final = node
        parts = [ber.octets(initial, 0x80)] if initial is not None else []
        parts += [ber.octets(part, 0x81) for part in middle]
        parts += [ber.octets(final, 0x82)] if final is not None else []
        return ber.sequence(ber.octets(attribute), ber.sequence(*parts), tag=0xA4)
    _, rule, attribute, value, dn_attributes = node
    parts = [ber.octets(rule, 0x81)] if rule is not None else []
    parts += [ber.octets(attribute, 0x82)] if attribute is not None else []
    parts += [ber.octets(value, 0x83)] + ([ber.boolean(True, 0x84)] if dn_attributes else [])
    return ber.sequence(*parts, tag=0xA9)


def escape(value):
    """RFC 4515 section 3: the five specials and everything beyond printable ASCII as \\xx."""
    return "".join(chr(b) if 0x20 <= b < 0x7F and chr(b) not in "*()\\" else f"\\{b:02x}" for b in value)


def text(node):
    kind = node[0]
    if kind in ("and", "or"):
        return "(" + ("&" if kind == "and" else "|") + "".join(map(text, node[1])) + ")"
    if kind == "not":
        return "(!" + text(node[1]) + ")"
    if kind in AVA_SIGNS:
        return f"({node[1]}{AVA_SIGNS[kind]}{escape(node[2])})"
    if kind == "present":
        return f"({node[1]}=*)"
    if kind == "substrings":
        _, attribute, initial, middle, final = node
        parts = [initial or b""] + middle + [final or b""]
        return f"({attribute}={'*'.join(map(escape, parts))})"
    _, rule, attribute, value, dn_attributes = node
    names = (attribute or "") + (":dn" if dn_attributes else "") + (":" + rule if rule is not None else "")
    return f"({names}:={escape(value)})"
