"""The little BER that the suite's own client needs (RFC 4511 section 5.1): definite lengths, one-octet tags."""


def tlv(tag, content):
    """One element: tag, length, content."""
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(value, tag=0x02):
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(value, tag=0x04):
    return tlv(tag, value if isinstance(value, bytes) else value.encode())


def boolean(value, tag=0x01):
    return tlv(tag, b"\xff" if value else b"\x00")


def sequence(*parts, tag=0x30):
    return tlv(tag, b"".join(parts))


class Malformed(Exception):
    """What was read is not BER as LDAP restricts it."""


def header(data, at=0):
    """(tag, start, end) of the element at an offset; None when more octets are needed to say."""
    if len(data) < at + 2:
        return None
    tag, first = data[at], data[at + 1]
    if first < 128:
        return tag, at + 2, at + 2 + first
    count = first & 0x7F
    if count == 0 or count > 8:
        raise Malformed("indefinite or oversized length")
    if len(data) < at + 2 + count:
        return None
    start = at + 2 + count
    return tag, start, start + int.from_bytes(data[at + 2:start], "big")


def children(data):
    """The elements one after the other in data: [(tag, content)]."""
    found, at = [], 0
    while at < len(data):
        head = header(data, at)
        if head is None or head[2] > len(data):
            raise Malformed("an element is cut short")
        tag, start, at = head
        found.append((tag, data[start:at]))
    return found


def to_integer(content):
    return int.from_bytes(content, "big", signed=True)
