"""What several test modules share: the quickstart's LDIF as data, and OpenLDAP's tools without anybody's settings."""

import base64
import os
import subprocess

from . import servers
from .names import canonical_dn

PEOPLE_LDIF = servers.REPOSITORY / "ldif/people.ldif"
SUFFIX = servers.SUFFIX
PEOPLE = f"ou=People,{SUFFIX}"
SCHEMES = ["clear", "ssha", "ssha256", "ssha512", "smd5", "sha", "md5", "pbkdf2", "crypt6", "crypt5"]


def parse_ldif(text):
    """[(dn, {attribute: [value bytes]})] of content records, as the two servers and our generators write them."""
    entries = []
    lines = text.replace("\r\n", "\n").replace("\n ", "").split("\n")
    for line in [*lines, ""]:
        if line.startswith("#") or line.startswith("version:"):
            continue
        if not line:
            entries.append((None, {}))
            continue
        name, _, rest = line.partition(":")
        value = base64.b64decode(rest[1:].strip()) if rest.startswith(":") else rest.strip(" ").encode()
        if name == "dn":
            entries.append((value.decode(), {}))
        elif entries and entries[-1][0] is not None:
            entries[-1][1].setdefault(name, []).append(value)
    return [entry for entry in entries if entry[0] is not None]


def by_name(entries, without=()):
    """The same, by canonical DN, values sorted, names of attributes left out; for comparing two directories."""
    return {
        canonical_dn(dn): {name: sorted(values)
                           for name, values in attributes.items() if name not in without}
        for dn, attributes in entries
    }


def run_tool(*command, input=None, timeout=60):
    """One of OpenLDAP's programs, without ldap.conf, ~/.ldaprc and LDAP* variables: (status, stdout, stderr) as text."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LDAP")}
    ended = subprocess.run(list(map(str, command)),
                           input=input,
                           capture_output=True,
                           text=True,
                           timeout=timeout,
                           env={**environment, "LDAPNOINIT": "1"})
    return ended.returncode, ended.stdout, ended.stderr


def search(url, *words, base=SUFFIX):
    """ldapsearch, anonymous, plain LDIF without wrapping: (status, entries, stderr)."""
    status, out, err = run_tool("ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-H", url, "-b", base, *words)
    return status, parse_ldif(out), err
