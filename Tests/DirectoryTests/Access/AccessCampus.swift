import Addresses
import Directory
import LDAP
import Schema

/// The small campus with what access rules are about: a unit that is hidden, somebody with a privacy flag, secrets, groups
/// that not all may see, aliases and a referral.
let guardedCampus =
    campus + """


        dn: uid=eve,ou=People,dc=example,dc=edu
        objectClass: inetOrgPerson
        uid: eve
        cn: Eve Hidden
        sn: Hidden
        mail: eve@example.edu
        employeeType: private
        mobile: +1 555-0666
        userPassword: {CLEARTEXT}evesecret

        dn: uid=admin,ou=People,dc=example,dc=edu
        objectClass: inetOrgPerson
        uid: admin
        cn: Admin
        sn: Admin

        dn: ou=Secret,dc=example,dc=edu
        objectClass: organizationalUnit
        ou: Secret

        dn: uid=spy,ou=Secret,dc=example,dc=edu
        objectClass: inetOrgPerson
        objectClass: krb5Secrets
        uid: spy
        cn: Spy
        sn: Spy
        krbPrincipalKey: hash
        sambaNTPassword: 0123

        dn: ou=Apps,dc=example,dc=edu
        objectClass: organizationalUnit
        ou: Apps

        dn: cn=wiki,ou=Apps,dc=example,dc=edu
        objectClass: device
        cn: wiki
        description: an application
        sambaNTPassword: 4567

        dn: cn=deep,cn=wiki,ou=Apps,dc=example,dc=edu
        objectClass: device
        cn: deep

        dn: cn=admins,ou=Groups,dc=example,dc=edu
        objectClass: groupOfNames
        cn: admins
        member: uid=admin,ou=People,dc=example,dc=edu

        dn: cn=conspiracy,ou=Groups,dc=example,dc=edu
        objectClass: groupOfNames
        cn: conspiracy
        description: hidden
        member: uid=ann,ou=People,dc=example,dc=edu
        member: uid=bob,ou=People,dc=example,dc=edu

        dn: uid=shortcut,dc=example,dc=edu
        objectClass: alias
        objectClass: extensibleObject
        uid: shortcut
        aliasedObjectName: ou=Secret,dc=example,dc=edu

        dn: uid=door,dc=example,dc=edu
        objectClass: alias
        objectClass: extensibleObject
        uid: door
        aliasedObjectName: ou=Apps,dc=example,dc=edu

        dn: ou=away,dc=example,dc=edu
        objectClass: referral
        objectClass: extensibleObject
        ou: away
        ref: ldap://secret.example.edu/ou=away,dc=example,dc=edu
        """

let eve = "uid=eve,ou=People,dc=example,dc=edu"
let admin = "uid=admin,ou=People,dc=example,dc=edu"
let spy = "uid=spy,ou=Secret,dc=example,dc=edu"
let wiki = "cn=wiki,ou=Apps,dc=example,dc=edu"
let admins = "cn=admins,ou=Groups,dc=example,dc=edu"
let conspiracy = "cn=conspiracy,ou=Groups,dc=example,dc=edu"
let suffix = "dc=example,dc=edu"
let people = "ou=People,dc=example,dc=edu"

/// The schema with two secrets that directories are known to hold.
let secretSchema: Schema = Schema.builtIn.addingUnknown(
    attributeTypes: [("krbPrincipalKey", false), ("sambaNTPassword", false), ("badgeCode", false)],
    objectClasses: ["krb5Secrets"])

/// Ten rules as a campus might have them.
let typicalRules: [AccessRule] = [
    // 0: administrators see everything, from the campus and over TLS; the others go on.
    AccessRule(
        grants: [.init(.read, to: [AccessSubject(.group(admins), addresses: campusNetworks, strength: 128)])],
        continues: true),
    // 1: nobody sees what is below ou=Secret, nor that it is there.
    AccessRule(.subtree("ou=Secret,dc=example,dc=edu"), grants: [.init(.read, to: [])]),
    // 2: a secret of an application, for that application.
    AccessRule(
        .subtree("ou=Apps,dc=example,dc=edu"), attributes: ["sambaNTPassword"],
        grants: [.init(.read, to: [AccessSubject(.entry(wiki))])]),
    // 3: people with a privacy flag are there for themselves alone, and known to those who have bound.
    AccessRule(
        .subtree(people), filter: "(employeeType=private)",
        grants: [.init(.read, to: [AccessSubject(.itself)]), .init(.disclose, to: [AccessSubject(.authenticated)])]),
    // 4: telephones.
    AccessRule(
        .children(people), attributes: ["telephoneNumber", "mobile", "homePhone"],
        grants: [
            .init(.read, to: [AccessSubject(.itself), AccessSubject(.group(staff))]),
            .init(.compare, to: [AccessSubject(.authenticated)]),
        ]),
    // 5: addresses are searched by the listener for mail alone.
    AccessRule(
        .subtree(people), attributes: ["mail"],
        grants: [
            .init(.read, to: [AccessSubject(.authenticated)]),
            .init(.search, to: [AccessSubject(.everybody, listeners: [2])]),
        ]),
    // 6: a group that only its members see.
    AccessRule(.entry(conspiracy), grants: [.init(.read, to: [AccessSubject(.group(conspiracy))])]),
    // 7: who is in a group.
    AccessRule(
        .subtree("ou=Groups,dc=example,dc=edu"), attributes: ["member", "uniqueMember"],
        grants: [.init(.read, to: [AccessSubject(.authenticated)])]),
    // 8: the names of people and units, groups and applications are public.
    AccessRule(
        attributes: [
            "entry", "objectClass", "name", "uid", "dc", "@groupOfNames", "hasSubordinates", "numSubordinates",
        ],
        grants: [.init(.read, to: [AccessSubject(.everybody)])]),
    // 9: all else is for who has bound with a name below ou=People, or from the campus; binding is for TLS.
    AccessRule(
        grants: [
            .init(
                .read,
                to: [AccessSubject(.children(people)), AccessSubject(.anonymous, addresses: campusNetworks)])
        ],
        bind: [AccessSubject(.everybody, strength: 128), AccessSubject(.everybody, addresses: campusNetworks)]),
]

let campusNetworks = ["10.0.0.0/8"].compactMap { IPPrefix($0) }

/// A requester by name; nil for nobody in particular.
func requester(
    _ name: String? = nil, from address: String? = "192.0.2.1", listener: Int = 0, strength: Int = 0
) throws -> Requester {
    var requester = Requester(address: address.flatMap { IPAddress($0) }, listener: listener, strength: strength)
    if let name {
        requester.identity = .entry(dn: name, key: try DistinguishedName(parsing: name, schema: .builtIn).key)
    }
    return requester
}

extension TestDirectory {
    /// The guarded campus under these rules.
    static func guarded(_ rules: [AccessRule]?, secret: [String] = []) throws -> TestDirectory {
        var configuration = DirectoryConfiguration()
        configuration.access = AccessSettings(rules: rules, secretAttributes: secret)
        return try TestDirectory(guardedCampus, schema: secretSchema, configuration: configuration)
    }
}

let typicalDirectory = Result { try TestDirectory.guarded(typicalRules) }
