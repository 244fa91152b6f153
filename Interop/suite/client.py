"""A small LDAPv3 client that hides nothing: result codes, matchedDN, diagnostics, entries, references, controls, PDUs.

python-ldap is used by the suite too, as a client that applications use; this one shows what is on the wire.
"""

import socket
from dataclasses import dataclass, field

from . import ber, filters

PAGED_RESULTS = "1.2.840.113556.1.4.319"
MANAGE_DSA_IT = "2.16.840.1.113730.3.4.2"
CANCEL = "1.3.6.1.1.8"
WHO_AM_I = "1.3.6.1.4.1.4203.1.11.3"
NOTICE_OF_DISCONNECTION = "1.3.6.1.4.1.1466.20036"


class Disconnected(Exception):
    """The server closed the connection where an answer was due."""


@dataclass
class Result:
    """An LDAPResult, with what a search returned before it."""

    code: int
    matched: str = ""
    diagnostic: str = ""
    referrals: list = field(default_factory=list)
    entries: list = field(default_factory=list)  # (dn, {attribute: [value bytes]})
    references: list = field(default_factory=list)  # [[uri...]...]
    controls: dict = field(default_factory=dict)  # oid -> value bytes or None
    value: bytes = None  # of an extended response


def control(oid, critical=False, value=None):
    parts = [ber.octets(oid)]
    parts += [ber.boolean(True)] if critical else []
    parts += [ber.octets(value)] if value is not None else []
    return ber.sequence(*parts)


def paged_control(size, cookie=b"", critical=True):
    return control(PAGED_RESULTS, critical, ber.sequence(ber.integer(size), ber.octets(cookie)))


def page_cookie(result):
    """The cookie of a paged answer; None where the answer has no such control."""
    value = result.controls.get(PAGED_RESULTS)
    return None if value is None else ber.children(ber.children(value)[0][1])[1][1]


class Connection:
    def __init__(self, port, host="127.0.0.1", timeout=20):
        self.socket = socket.create_connection((host, port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.message_id = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    # Messages

    def send(self, operation, controls=()):
        """Sends one request, given as its encoded protocolOp, and returns its messageID."""
        self.message_id += 1
        parts = [ber.integer(self.message_id), operation]
        parts += [ber.sequence(*controls, tag=0xA0)] if controls else []
        self.socket.sendall(ber.sequence(*parts))
        return self.message_id

    def receive(self):
        """The next message: (messageID, protocolOp tag, protocolOp content, controls)."""
        while True:
            head = ber.header(self.buffer)
            if head and len(self.buffer) >= head[2]:
                break
            more = self.socket.recv(262144)
            if not more:
                raise Disconnected("the server closed the connection")
            self.buffer += more
        message = ber.children(bytes(self.buffer[head[1]:head[2]]))
        del self.buffer[:head[2]]
        controls = {}
        for tag, content in message[2:]:
            for _, item in ber.children(content) if tag == 0xA0 else []:
                parts = ber.children(item)
                values = [part for kind, part in parts[1:] if kind == 0x04]
                controls[parts[0][1].decode()] = values[0] if values else None
        return ber.to_integer(message[0][1]), message[1][0], message[1][1], controls

    # Operations

    def bind(self, dn="", password="", version=3):
        self.send(ber.sequence(ber.integer(version), ber.octets(dn), ber.octets(password, 0x80), tag=0x60))
        return self.result()

    def unbind(self):
        self.send(ber.tlv(0x42, b""))

    def search(self,
               base,
               scope,
               filter,
               attributes=(),
               deref=0,
               size_limit=0,
               time_limit=0,
               types_only=False,
               controls=(),
               parse=None):
        self.send(search_request(base, scope, filter, attributes, deref, size_limit, time_limit, types_only), controls)
        return self.search_result(parse)

    def compare(self, dn, attribute, value, controls=()):
        assertion = ber.sequence(ber.octets(attribute), ber.octets(value))
        self.send(ber.sequence(ber.octets(dn), assertion, tag=0x6E), controls)
        return self.result()

    def extended(self, oid, value=None, controls=()):
        parts = [ber.octets(oid, 0x80)] + ([ber.octets(value, 0x81)] if value is not None else [])
        self.send(ber.sequence(*parts, tag=0x77), controls)
        return self.result()

    def abandon(self, message_id):
        self.send(ber.integer(message_id, 0x50))

    def paged(self, size, base, scope, filter, attributes=(), **options):
        """All pages of a search, as one result, and how many pages there were."""
        cookie, pages, together = b"", 0, None
        while True:
            result = self.search(base, scope, filter, attributes, controls=[paged_control(size, cookie)], **options)
            pages += 1
            if together:
                result.entries = together.entries + result.entries
                result.references = together.references + result.references
            together, cookie = result, page_cookie(result)
            if result.code != 0 or not cookie:
                return together, pages

    # Answers

    def result(self):
        _, _, content, controls = self.receive()
        return parse_result(content, controls)

    def search_result(self, parse=None):
        """Entries and references up to SearchResultDone; `parse` makes of an entry's octets what `entries` holds."""
        parse = parse or parse_entry
        entries, references = [], []
        while True:
            _, tag, content, controls = self.receive()
            if tag == 0x64:
                entries.append(parse(content))
            elif tag == 0x73:
                references.append([uri.decode() for _, uri in ber.children(content)])
            else:
                result = parse_result(content, controls)
                result.entries, result.references = entries, references
                return result


def search_request(base, scope, filter, attributes=(), deref=0, size_limit=0, time_limit=0, types_only=False):
    """An encoded SearchRequest; the filter as a tuple (see filters.py) or already encoded."""
    encoded = filter if isinstance(filter, bytes) else filters.encode(filter)
    return ber.sequence(ber.octets(base),
                        ber.integer(scope, 0x0A),
                        ber.integer(deref, 0x0A),
                        ber.integer(size_limit),
                        ber.integer(time_limit),
                        ber.boolean(types_only),
                        encoded,
                        ber.sequence(*map(ber.octets, attributes)),
                        tag=0x63)


def parse_entry(content):
    dn, listed = split_entry(content)
    return dn, parse_attributes(listed)


def split_entry(content):
    """The DN, and the encoded attributes: all that is needed of most entries of a large answer."""
    (_, dn), (_, listed) = ber.children(content)
    return dn.decode(), listed


def parse_attributes(listed):
    attributes = {}
    for _, item in ber.children(listed):
        (_, name), (_, values) = ber.children(item)
        attributes.setdefault(name.decode(), []).extend(value for _, value in ber.children(values))
    return attributes


def parse_result(content, controls):
    parts = ber.children(content)
    result = Result(ber.to_integer(parts[0][1]), parts[1][1].decode(), parts[2][1].decode(errors="replace"))
    result.controls = controls
    for tag, part in parts[3:]:
        if tag == 0xA3:
            result.referrals = [uri.decode() for _, uri in ber.children(part)]
        elif tag == 0x8B:
            result.value = part
    return result
