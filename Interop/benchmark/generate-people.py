#!/usr/bin/python3
"""Writes N people as LDIF for the benchmark; the same N and seed give the same file. About 800 octets each.

    Interop/benchmark/generate-people.py N [--passwords] [--seed S] > people.ldif

load.c computes the same names (its option -s is the seed, 0 without): a person's number gives five syllables of forty,
by splitmix64, so that it knows what to ask for. One person in eight has a given syllable, about 190 of 100,000 given
five letters, most whole names are unique.
"""

import argparse
import base64
import hashlib
import sys

FIRST, VOWELS, LAST = "bdklmrst", "aeiou", "nrlmbdgk"
SYLLABLES = [FIRST[i % 8] + VOWELS[i // 8] + LAST[i * 3 % 8] for i in range(40)]
GIVEN = """Alice Bruno Chloé Dmitri Elena Fátima Gustav Hiroshi Ingrid José Kwame Łucja Mehmet Noor Óscar Priya Quentin
Renée Søren Tomás Ursula Vera Wei Zoë""".split()
RANKS = ["Professor", "Senior", "Associate", "Assistant", "Visiting"]
FIELDS = [
    "Physics", "Chemistry", "History", "Music", "Law", "Nursing", "Library", "Economics", "Geology", "Botany", "Drama",
    "Logic"
]
JOBS = ["Lecturer", "Analyst", "Fellow", "Clerk"]
MASK = (1 << 64) - 1


def mix(value):
    value = (value + 0x9E3779B97F4A7C15) & MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def syllables(number, seed):
    bits = mix(number + (seed << 40))
    return [SYLLABLES[(bits >> (12 * k) & 0xFFF) % 40] for k in range(5)]


def line(name, value):
    """One line of LDIF, in base64 where the value is not ASCII."""
    return f"{name}: {value}" if value.isascii() else f"{name}:: {base64.b64encode(value.encode()).decode()}"


def title(number):
    """One of 240, all equally many."""
    return f"{RANKS[number % 5]} {FIELDS[number // 5 % 12]} {JOBS[number // 60 % 4]}"


def person(number, passwords, seed):
    parts = syllables(number, seed)
    given, middle, surname = GIVEN[number % 24], "".join(parts[:2]).capitalize(), "".join(parts[2:]).capitalize()
    name = f"{given} {middle} {surname}"
    uid, campus = f"u{number:07d}", f"campus{number % 10}.example.edu"
    affiliation = ("student", "faculty", "staff")[number % 3]
    text = f"""\
dn: uid={uid},ou=People,dc=example,dc=edu
objectClass: inetOrgPerson
objectClass: eduPerson
objectClass: posixAccount
uid: {uid}
{line("cn", name)}
sn: {surname}
{line("givenName", given)}
{line("displayName", name)}
mail: {uid}@{campus}
employeeNumber: {number:08d}
telephoneNumber: +1 510 {number // 10000 % 1000:03d} {number % 10000:04d}
title: {title(number)}
departmentNumber: {number % 97}
roomNumber: {number % 9}-{number % 511}
l: {('Berkeley', 'Davis', 'Irvine', 'Merced')[number // 7 % 4]}
postalAddress: {number % 999} Campus Way$Department {number % 97}$California
preferredLanguage: en
eduPersonPrincipalName: {uid}@{campus}
eduPersonUniqueId: {mix(number + (seed << 40)):016x}@{campus}
eduPersonAffiliation: {affiliation}
eduPersonAffiliation: member
eduPersonScopedAffiliation: {affiliation}@{campus}
eduPersonEntitlement: urn:mace:example.edu:entitlement:{number % 13}
uidNumber: {100000 + number}
gidNumber: {100 + number % 20}
homeDirectory: /home/{uid}
loginShell: /bin/bash
"""
    if passwords:
        salt = mix(number + (seed << 40) + (1 << 36)).to_bytes(8, "big")
        digest = hashlib.sha1(f"secret{number:07d}".encode() + salt).digest()
        text += f"userPassword: {{SSHA}}{base64.b64encode(digest + salt).decode()}\n"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("people", type=int, metavar="N")
    parser.add_argument("--passwords", action="store_true", help="userPassword: {SSHA} of secretNNNNNNN")
    parser.add_argument("--seed", type=int, default=0, help="other names: a number up to 8388607")
    chosen = parser.parse_args()
    write = sys.stdout.write
    write("dn: dc=example,dc=edu\nobjectClass: organization\nobjectClass: dcObject\ndc: example\no: Example\n\n")
    write("dn: ou=People,dc=example,dc=edu\nobjectClass: organizationalUnit\nou: People\n")
    for number in range(chosen.people):
        write("\n" + person(number, chosen.passwords, chosen.seed))


main()
