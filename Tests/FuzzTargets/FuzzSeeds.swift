import AttributeIndex
import LDAP
import Schema
import Storage

extension FuzzTarget {
    /// Inputs to start from: one of each kind that the parser knows.
    public func seeds() throws -> [[UInt8]] {
        switch self {
        case .ber, .ldap: try FuzzSeeds.messages().map(\.encoded)
        case .filter: (FuzzSeeds.filters + FuzzSeeds.urls).map { Array($0.utf8) }
        case .dn: FuzzSeeds.names.map { Array($0.utf8) }
        case .ldif: FuzzSeeds.ldif.map { Array($0.utf8) }
        case .changelog: changelogSeeds
        case .proxy: proxyHeaderSeeds
        case .http: httpSeeds
        case .segment: [try FuzzSeeds.segment()]
        case .credentials: FuzzSeeds.credentials.map { Array($0.utf8) }
        }
    }
}

private enum FuzzSeeds {
    static let filters = [
        "(cn=Babs Jensen)", "(!(cn=Tim Howes))", "(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))",
        "(o=univ*of*mich*)",
        "(seeAlso=)", "(sn:dn:2.4.6.8.10:=Barney Rubble)", "(:DN:2.4.6.8.10:=Dino)", #"(cn=*\2A*)"#, #"(bin=\00\ff)"#,
        "(&)", "(|)", "(a>=1)", "(a<=1)", "(a~=1)", "(cn;lang-fr=*)",
    ]

    static let urls = [
        "ldap://ldap1.example.net:6666/o=University%20of%20Michigan,c=US?cn,sn?sub?(cn=Babs%20Jensen)",
        "ldaps://[::1]:636/c=GB??ONE", "ldapi://%2Frun%2Fldapi/", "ldap:///??sub??!e-bindname=cn=Manager%2cdc=example",
    ]

    static let names = [
        "", "UID=jsmith,DC=example,DC=net", "OU=Sales+CN=J.  Smith,DC=example,DC=net",
        #"CN=James \"Jim\" Smith\, III,DC=a"#,
        #"CN=Before\0dAfter,DC=example"#, "1.3.6.1.4.1.1466.0=#04024869", #"CN=Lu\C4\8Di\C4\87"#, ##"cn=\ \#a\ ,o=x"##,
        "cn = a , o = b", "x-unknown=Ärger+cn=ＡＢＣ,o=漢",
    ]

    static let ldif = [
        "version: 1\ndn: cn=a,dc=b\nobjectClass: person\ncn: a\nsn:: YQ==\ndescription: fol\n ded\n\n# c\ndn:: Y249Yg==\ncn:b\n",
        "dn: cn=a\ncontrol: 1.2.3 true: x\nchangetype: delete\n\ndn: cn=b\nchangetype: add\ncn: b\n",
        "dn: cn=a\r\nchangetype: modify\r\nadd: mail\r\nmail: a@b\r\n-\r\ndelete: sn\r\n-\r\nreplace: cn\r\ncn: a\r\n-\r\n",
        "dn: cn=a\nchangetype: modrdn\nnewrdn: cn=b\ndeleteoldrdn: 1\nnewsuperior: dc=c\n",
        "dn: cn=a\njpegPhoto:< file:///x\n",
    ]

    static let credentials = [
        "n,,n=user,r=rOprNGfwEbeRWgbNEkqO\nc=biws,r=*,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "p=tls-server-end-point,a=o=2Cx,n=us=3Der,r=x,e=y\nc=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAQID,r=*,e=y,p=AA==",
        "y,,n=\u{AA}\u{627},r=x\nc=eSws,r=*,p=", "n,,m=x,n=user,r=x",
        "{SCRAM-SHA-256}1:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        " SCRAM-SHA-256 $ 1:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        "{SSHA}1G904nLkTkGWjKNnQuB/hpWXC/hzYWx0c2FsdA==", "{CRYPT}$6$rounds=1000$abcdefgh$x",
        "{CRYPT}$y$j75$abcdefgh$x",
        "{PBKDF2-SHA256}2$c2FsdHNhbHQ$hgR9HsqtKupWxpnv8y99TrPDajTT/9PcSTlNafpdLXQ",
        "{ARGON2}$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHQ$50UD97y0OOTVN7ca0lAiIkxAFbJoO8IYMkpI3Oo6akY",
    ]

    static func messages() throws -> [LDAPMessage] {
        let result = LDAPResult(.referral, matchedDN: "dc=a", diagnosticMessage: "ü", referral: ["ldap://a/"])
        let person = PartialAttribute("cn", "a", "b")
        let operations: [ProtocolOp] = [
            .bindRequest(BindRequest(name: "cn=a", authentication: .simple([1]))),
            .bindRequest(BindRequest(name: "", authentication: .sasl(mechanism: "PLAIN", credentials: [0]))),
            .bindResponse(BindResponse(result, serverCredentials: [1])), .unbindRequest,
            .searchResultEntry(SearchResultEntry(name: "cn=a", attributes: [person])),
            .searchResultReference(["ldap://a/"]), .searchResultDone(result),
            .modifyRequest(ModifyRequest(entry: "cn=a", changes: [.init(.replace, person)])),
            .addRequest(AddRequest(entry: "cn=a", attributes: [person])), .deleteRequest("cn=a"),
            .modifyDNRequest(
                ModifyDNRequest(entry: "cn=a", newRDN: "cn=b", deletesOldRDN: true, newSuperior: "dc=a")),
            .compareRequest(CompareRequest(entry: "cn=a", attribute: "cn", value: [1])), .abandonRequest(5),
            .extendedRequest(ExtendedRequest(OID.Extension.cancel, value: [0x30, 3, 2, 1, 5])),
            .extendedResponse(ExtendedResponse(result, name: "1.2", value: [1])),
            .intermediateResponse(IntermediateResponse(name: "1.2", value: [1])),
        ]
        let searches = try filters.map { text in
            ProtocolOp.searchRequest(
                SearchRequest(base: "dc=a", filter: try Filter(parsing: text), attributes: ["cn", "*"]))
        }
        let controls = [PagedResults(size: 5, cookie: [1]).control(isCritical: true), Control(OID.Control.manageDsaIT)]
        return (operations + searches).enumerated().map { index, operation in
            LDAPMessage(MessageID(Int64(index + 1)) ?? 1, operation, controls: index % 2 == 0 ? [] : controls)
        }
    }

    /// A few entries that between them have every section: aliases, operational, hidden, shared and unknown attributes.
    static func segment() throws -> [UInt8] {
        let schema = Schema.builtIn.addingUnknown(
            attributeTypes: [("campusThing", false)], objectClasses: ["campusClass"])
        var builder = SegmentBuilder(schema: schema, seed: 42)
        let suffix = "dc=example,dc=edu"
        try builder.add(record(suffix, [("objectClass", ["domain"]), ("dc", ["example"])], schema))
        for number in 0..<12 {
            try builder.add(
                record(
                    "uid=u\(number),\(suffix)",
                    [
                        ("objectClass", number == 3 ? ["alias", "campusClass"] : ["inetOrgPerson"]),
                        ("uid", ["u\(number)"]), ("cn", ["Person \(number)", "P"]), ("cn;lang-fr", ["Personne"]),
                        ("campusThing", ["t\(number % 3)"]), ("uidNumber", ["\(1000 + number)"]),
                        ("userPassword", ["x"]),
                        ("creatorsName", ["cn=import"]), ("modifyTimestamp", ["2026010100000\(number % 10)Z"]),
                    ], schema))
        }
        builder.addTombstone(key: Array("dc=edu\0dc=example\0uid=gone".utf8))
        let image = try builder.finish()
        var octets: [UInt8] = []
        for index in image.mapping.uncheckedBytes.indices { octets.append(image.mapping.uncheckedBytes[index]) }
        // The fuzzer is worth nothing where the seed does not open, or where making checksums right changes a right one.
        _ = try Segment(mapping: image.mapping, schema: .builtIn)
        var repaired = octets
        repairChecksums(&repaired)
        try demand(repaired == octets, "a sound segment's checksums are right")
        return octets
    }

    private static func record(
        _ dn: String, _ attributes: [(String, [String])], _ schema: Schema
    ) throws -> EntryRecord {
        EntryRecord(
            dn: try DistinguishedName(parsing: dn, schema: schema),
            attributes: attributes.compactMap { name, values in
                AttributeDescription(parsing: name, schema: schema).map {
                    EntryAttribute(description: $0, values: values.map { Array($0.utf8) })
                }
            })
    }
}
