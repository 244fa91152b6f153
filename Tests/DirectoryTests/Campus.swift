/// A small campus that most tests ask of.
let campus = """
    dn: dc=example,dc=edu
    objectClass: top
    objectClass: domain
    dc: example
    structuralObjectClass: domain

    dn: ou=People,dc=example,dc=edu
    objectClass: top
    objectClass: organizationalUnit
    ou: People

    dn: ou=Groups,dc=example,dc=edu
    objectClass: organizationalUnit
    ou: Groups

    dn: uid=ann,ou=People,dc=example,dc=edu
    objectClass: inetOrgPerson
    objectClass: posixAccount
    uid: ann
    cn: Ann Ångström
    cn;lang-sv: Anna Ångström
    sn: Ångström
    givenName: Ann
    mail: ann@example.edu
    mail: a.angstrom@example.edu
    telephoneNumber: +1 555-0100
    uidNumber: 1001
    gidNumber: 100
    homeDirectory: /home/ann
    userPassword: {CLEARTEXT}secret
    createTimestamp: 20240101000000Z
    entryUUID: 6ba7b810-9dad-11d1-80b4-00c04fd430c8

    dn: uid=bob,ou=People,dc=example,dc=edu
    objectClass: inetOrgPerson
    uid: bob
    cn: Bob  Builder
    sn: Builder
    description: likes, commas
    createTimestamp: 20240301000000Z

    dn: cn=staff,ou=Groups,dc=example,dc=edu
    objectClass: groupOfNames
    cn: staff
    member: UID=Ann,ou=people,DC=example,dc=edu
    member: uid=bob,ou=People,dc=example,dc=edu

    dn: cn=board,ou=Groups,dc=example,dc=edu
    objectClass: groupOfUniqueNames
    cn: board
    uniqueMember: uid=ann,ou=People,dc=example,dc=edu
    """

let ann = "uid=ann,ou=People,dc=example,dc=edu"
let bob = "uid=bob,ou=People,dc=example,dc=edu"
let staff = "cn=staff,ou=Groups,dc=example,dc=edu"
let board = "cn=board,ou=Groups,dc=example,dc=edu"

/// Built once: making the subschema subentry takes a while without optimisation.
let campusDirectory = Result { try TestDirectory(campus) }
