extension BuiltInDefinitions {
    /// Operational attributes of other standards and of OpenLDAP: RFC 3045, 3296, 3672, 4530, 5020, X.501; and our own, whose
    /// OID is the UUIDv5 of "urn:peopled:attribute:identitySource" in the name space of URLs, as a number (X.667).
    static let operational = """
        attributetype ( 2.5.18.9 NAME 'hasSubordinates' EQUALITY booleanMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 1.3.6.1.4.1.453.16.2.103 NAME 'numSubordinates' EQUALITY integerMatch
            ORDERING integerOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE NO-USER-MODIFICATION
            USAGE directoryOperation )
        attributetype ( 1.3.6.1.1.16.4 NAME 'entryUUID' EQUALITY UUIDMatch ORDERING UUIDOrderingMatch
            SYNTAX 1.3.6.1.1.16.1 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 1.3.6.1.1.20 NAME 'entryDN' EQUALITY distinguishedNameMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 1.3.6.1.4.1.4203.666.1.7 NAME 'entryCSN' EQUALITY CSNMatch ORDERING CSNOrderingMatch
            SYNTAX 1.3.6.1.4.1.4203.666.11.2.1{64} SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 1.3.6.1.4.1.4203.666.1.13 NAME 'namingCSN' EQUALITY CSNMatch ORDERING CSNOrderingMatch
            SYNTAX 1.3.6.1.4.1.4203.666.11.2.1{64} SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 1.3.6.1.4.1.4203.666.1.25 NAME 'contextCSN' EQUALITY CSNMatch ORDERING CSNOrderingMatch
            SYNTAX 1.3.6.1.4.1.4203.666.11.2.1{64} NO-USER-MODIFICATION USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.4203.666.1.11 NAME 'superiorUUID' EQUALITY UUIDMatch
            ORDERING UUIDOrderingMatch SYNTAX 1.3.6.1.1.16.1 SINGLE-VALUE NO-USER-MODIFICATION
            USAGE directoryOperation )
        attributetype ( 1.3.6.1.4.1.4203.666.1.23 NAME 'syncreplCookie' EQUALITY octetStringMatch
            ORDERING octetStringOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE NO-USER-MODIFICATION
            USAGE dSAOperation )
        attributetype ( 1.2.840.113556.1.2.102 NAME 'memberOf' EQUALITY distinguishedNameMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 NO-USER-MODIFICATION USAGE dSAOperation )
        attributetype ( 2.16.840.1.113730.3.1.34 NAME 'ref' EQUALITY caseExactMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 USAGE distributedOperation )
        attributetype ( 1.3.6.1.1.4 NAME 'vendorName' EQUALITY caseExactMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )
        attributetype ( 1.3.6.1.1.5 NAME 'vendorVersion' EQUALITY caseExactMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )
        attributetype ( 2.5.18.5 NAME 'administrativeRole' EQUALITY objectIdentifierMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 USAGE directoryOperation )
        attributetype ( 2.5.18.6 NAME 'subtreeSpecification' SYNTAX 1.3.6.1.4.1.1466.115.121.1.45 SINGLE-VALUE
            USAGE directoryOperation )
        attributetype ( 2.5.18.12 NAME 'collectiveAttributeSubentries' EQUALITY distinguishedNameMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 2.5.18.7 NAME 'collectiveExclusions' EQUALITY objectIdentifierMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 USAGE directoryOperation )
        attributetype ( 1.3.6.1.4.1.1466.101.119.3 NAME 'entryTtl' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27
            SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.1466.101.119.4 NAME 'dynamicSubtrees' SYNTAX 1.3.6.1.4.1.1466.115.121.1.12
            NO-USER-MODIFICATION USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.4203.666.1.10 NAME 'monitorContext' EQUALITY distinguishedNameMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.4203.1.12.2.1 NAME 'configContext' EQUALITY distinguishedNameMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.4203.1.3.3 NAME 'supportedAuthPasswordSchemes' EQUALITY caseExactIA5Match
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.26{32} USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.42.2.27.8.1.29 NAME 'pwdLastSuccess' EQUALITY generalizedTimeMatch
            ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE
            NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 2.25.238510013020208063885990062756040616680 NAME 'identitySource'
            DESC 'the identity provider that gives the entry, and who it is there; never shown'
            EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE NO-USER-MODIFICATION
            USAGE directoryOperation )
        objectclass ( 2.16.840.1.113730.3.2.6 NAME 'referral' SUP top STRUCTURAL MUST ref )
        objectclass ( 2.5.17.0 NAME 'subentry' SUP top STRUCTURAL MUST ( cn $ subtreeSpecification ) )
        objectclass ( 2.5.17.2 NAME 'collectiveAttributeSubentry' AUXILIARY )
        objectclass ( 1.3.6.1.4.1.1466.101.119.2 NAME 'dynamicObject' SUP top AUXILIARY )
        objectclass ( 1.3.6.1.4.1.4203.1.4.1 NAME ( 'OpenLDAProotDSE' 'LDAProotDSE' ) SUP top STRUCTURAL
            MAY cn )
        objectclass ( 1.3.6.1.4.1.4203.666.3.4 NAME 'glue' SUP top STRUCTURAL )
        """
}
