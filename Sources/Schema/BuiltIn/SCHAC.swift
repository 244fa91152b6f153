extension BuiltInDefinitions {
    /// SCHAC 1.6.0 of REFEDS.
    static let schac = """
        attributetype ( 1.3.6.1.4.1.25178.1.2.1 NAME 'schacMotherTongue' EQUALITY caseExactMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.25178.1.2.2 NAME 'schacGender' OBSOLETE EQUALITY integerMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.25178.1.2.3 NAME 'schacDateOfBirth' EQUALITY numericStringMatch
            ORDERING numericStringOrderingMatch SUBSTR numericStringSubstringsMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.36 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.25178.1.2.4 NAME 'schacPlaceOfBirth' EQUALITY caseIgnoreMatch
            ORDERING caseIgnoreOrderingMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15
            SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.25178.1.2.5 NAME 'schacCountryOfCitizenship' EQUALITY caseIgnoreMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.25178.1.2.6 NAME 'schacSn1' EQUALITY caseIgnoreMatch
            ORDERING caseIgnoreOrderingMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.25178.1.2.7 NAME 'schacSn2' EQUALITY caseIgnoreMatch
            ORDERING caseIgnoreOrderingMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.25178.1.2.8 NAME 'schacPersonalTitle' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.25178.1.2.9 NAME 'schacHomeOrganization' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.25178.1.2.10 NAME 'schacHomeOrganizationType' EQUALITY caseIgnoreMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.25178.1.2.11 NAME 'schacCountryOfResidence' EQUALITY caseIgnoreMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.25178.1.2.12 NAME 'schacUserPresenceID' EQUALITY caseExactMatch
            SUBSTR caseExactSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.25178.1.2.13 NAME 'schacPersonalPosition' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.25178.1.2.14 NAME 'schacPersonalUniqueCode' EQUALITY caseIgnoreMatch
            ORDERING caseIgnoreOrderingMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.25178.1.2.15 NAME 'schacPersonalUniqueID' EQUALITY caseExactMatch
            ORDERING caseExactOrderingMatch SUBSTR caseExactSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.25178.1.2.17 NAME 'schacExpiryDate' EQUALITY generalizedTimeMatch
            ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.25178.1.2.18 NAME 'schacUserPrivateAttribute' EQUALITY caseIgnoreIA5Match
            SUBSTR caseIgnoreIA5SubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )
        attributetype ( 1.3.6.1.4.1.25178.1.2.19 NAME 'schacUserStatus' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.25178.1.2.20 NAME 'schacProjectMembership' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.25178.1.2.21 NAME 'schacProjectSpecificRole' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.25178.1.0.2.3 NAME 'schacYearOfBirth' EQUALITY numericStringMatch
            ORDERING numericStringOrderingMatch SUBSTR numericStringSubstringsMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.36 SINGLE-VALUE )
        objectclass ( 1.3.6.1.4.1.25178.1.1.1 NAME 'schacPersonalCharacteristics' AUXILIARY
            MAY ( schacMotherTongue $ schacDateOfBirth $ schacPlaceOfBirth $ schacCountryOfCitizenship $ schacSn1 $
            schacSn2 $ schacPersonalTitle ) )
        objectclass ( 1.3.6.1.4.1.25178.1.1.2 NAME 'schacContactLocation' AUXILIARY
            MAY ( schacHomeOrganization $ schacHomeOrganizationType $ schacCountryOfResidence $ schacUserPresenceID
            ) )
        objectclass ( 1.3.6.1.4.1.25178.1.1.3 NAME 'schacEmployeeInfo' AUXILIARY MAY schacPersonalPosition )
        objectclass ( 1.3.6.1.4.1.25178.1.1.4 NAME 'schacLinkageIdentifiers' AUXILIARY
            MAY ( schacPersonalUniqueCode $ schacPersonalUniqueID ) )
        objectclass ( 1.3.6.1.4.1.25178.1.1.5 NAME 'schacEntryMetadata' AUXILIARY MAY schacExpiryDate )
        objectclass ( 1.3.6.1.4.1.25178.1.1.6 NAME 'schacEntryConfidentiality' AUXILIARY
            MAY schacUserPrivateAttribute )
        objectclass ( 1.3.6.1.4.1.25178.1.1.7 NAME 'schacUserEntitlements' AUXILIARY MAY schacUserStatus )
        objectclass ( 1.3.6.1.4.1.25178.1.1.8 NAME 'schacGroupMembership' AUXILIARY
            MAY ( schacProjectMembership $ schacProjectSpecificRole ) )
        objectclass ( 1.3.6.1.4.1.25178.1.0.1.1 NAME 'schacExperimentalOC' AUXILIARY MAY schacYearOfBirth )
        """
}
