extension BuiltInDefinitions {
    /// RFC 4519: attributes and classes for user applications.
    static let rfc4519 = """
        attributetype ( 2.5.4.41 NAME 'name' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )
        attributetype ( 2.5.4.49 NAME 'distinguishedName' EQUALITY distinguishedNameMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )
        attributetype ( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP name )
        attributetype ( 2.5.4.4 NAME ( 'sn' 'surname' ) SUP name )
        attributetype ( 2.5.4.5 NAME 'serialNumber' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.44{64} )
        attributetype ( 2.5.4.6 NAME ( 'c' 'countryName' ) SUP name SYNTAX 1.3.6.1.4.1.1466.115.121.1.11
            SINGLE-VALUE )
        attributetype ( 2.5.4.7 NAME ( 'l' 'localityName' ) SUP name )
        attributetype ( 2.5.4.8 NAME ( 'st' 'stateOrProvinceName' ) SUP name )
        attributetype ( 2.5.4.9 NAME ( 'street' 'streetAddress' ) EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{128} )
        attributetype ( 2.5.4.10 NAME ( 'o' 'organizationName' ) SUP name )
        attributetype ( 2.5.4.11 NAME ( 'ou' 'organizationalUnitName' ) SUP name )
        attributetype ( 2.5.4.12 NAME 'title' SUP name )
        attributetype ( 2.5.4.13 NAME 'description' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{1024} )
        attributetype ( 2.5.4.14 NAME 'searchGuide' SYNTAX 1.3.6.1.4.1.1466.115.121.1.25 )
        attributetype ( 2.5.4.15 NAME 'businessCategory' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{128} )
        attributetype ( 2.5.4.16 NAME 'postalAddress' EQUALITY caseIgnoreListMatch
            SUBSTR caseIgnoreListSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.41 )
        attributetype ( 2.5.4.17 NAME 'postalCode' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{40} )
        attributetype ( 2.5.4.18 NAME 'postOfficeBox' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{40} )
        attributetype ( 2.5.4.19 NAME 'physicalDeliveryOfficeName' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{128} )
        attributetype ( 2.5.4.20 NAME 'telephoneNumber' EQUALITY telephoneNumberMatch
            SUBSTR telephoneNumberSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.50{32} )
        attributetype ( 2.5.4.21 NAME 'telexNumber' SYNTAX 1.3.6.1.4.1.1466.115.121.1.52 )
        attributetype ( 2.5.4.22 NAME 'teletexTerminalIdentifier' SYNTAX 1.3.6.1.4.1.1466.115.121.1.51 )
        attributetype ( 2.5.4.23 NAME ( 'facsimileTelephoneNumber' 'fax' )
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.22 )
        attributetype ( 2.5.4.24 NAME 'x121Address' EQUALITY numericStringMatch
            SUBSTR numericStringSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.36{15} )
        attributetype ( 2.5.4.25 NAME 'internationalISDNNumber' EQUALITY numericStringMatch
            SUBSTR numericStringSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.36{16} )
        attributetype ( 2.5.4.26 NAME 'registeredAddress' SUP postalAddress
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.41 )
        attributetype ( 2.5.4.27 NAME 'destinationIndicator' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.44{128} )
        attributetype ( 2.5.4.28 NAME 'preferredDeliveryMethod' SYNTAX 1.3.6.1.4.1.1466.115.121.1.14
            SINGLE-VALUE )
        attributetype ( 2.5.4.31 NAME 'member' SUP distinguishedName )
        attributetype ( 2.5.4.32 NAME 'owner' SUP distinguishedName )
        attributetype ( 2.5.4.33 NAME 'roleOccupant' SUP distinguishedName )
        attributetype ( 2.5.4.34 NAME 'seeAlso' SUP distinguishedName )
        attributetype ( 2.5.4.35 NAME 'userPassword' EQUALITY octetStringMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.40{128} )
        attributetype ( 2.5.4.42 NAME ( 'givenName' 'gn' ) SUP name )
        attributetype ( 2.5.4.43 NAME 'initials' SUP name )
        attributetype ( 2.5.4.44 NAME 'generationQualifier' SUP name )
        attributetype ( 2.5.4.45 NAME 'x500UniqueIdentifier' EQUALITY bitStringMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.6 )
        attributetype ( 2.5.4.46 NAME 'dnQualifier' EQUALITY caseIgnoreMatch ORDERING caseIgnoreOrderingMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.44 )
        attributetype ( 2.5.4.47 NAME 'enhancedSearchGuide' SYNTAX 1.3.6.1.4.1.1466.115.121.1.21 )
        attributetype ( 2.5.4.50 NAME 'uniqueMember' EQUALITY uniqueMemberMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.34 )
        attributetype ( 2.5.4.51 NAME 'houseIdentifier' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )
        attributetype ( 0.9.2342.19200300.100.1.1 NAME ( 'uid' 'userid' ) EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{256} )
        attributetype ( 0.9.2342.19200300.100.1.25 NAME ( 'dc' 'domainComponent' ) EQUALITY caseIgnoreIA5Match
            SUBSTR caseIgnoreIA5SubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 SINGLE-VALUE )
        objectclass ( 2.5.6.2 NAME 'country' SUP top STRUCTURAL MUST c MAY ( searchGuide $ description ) )
        objectclass ( 2.5.6.3 NAME 'locality' SUP top STRUCTURAL
            MAY ( street $ seeAlso $ searchGuide $ st $ l $ description ) )
        objectclass ( 2.5.6.4 NAME 'organization' SUP top STRUCTURAL MUST o
            MAY ( userPassword $ searchGuide $ seeAlso $ businessCategory $ x121Address $ registeredAddress $
            destinationIndicator $ preferredDeliveryMethod $ telexNumber $ teletexTerminalIdentifier $
            telephoneNumber $ internationalISDNNumber $ facsimileTelephoneNumber $ street $ postOfficeBox $
            postalCode $ postalAddress $ physicalDeliveryOfficeName $ st $ l $ description ) )
        objectclass ( 2.5.6.5 NAME 'organizationalUnit' SUP top STRUCTURAL MUST ou
            MAY ( userPassword $ searchGuide $ seeAlso $ businessCategory $ x121Address $ registeredAddress $
            destinationIndicator $ preferredDeliveryMethod $ telexNumber $ teletexTerminalIdentifier $
            telephoneNumber $ internationalISDNNumber $ facsimileTelephoneNumber $ street $ postOfficeBox $
            postalCode $ postalAddress $ physicalDeliveryOfficeName $ st $ l $ description ) )
        objectclass ( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn )
            MAY ( userPassword $ telephoneNumber $ seeAlso $ description ) )
        objectclass ( 2.5.6.7 NAME 'organizationalPerson' SUP person STRUCTURAL
            MAY ( title $ x121Address $ registeredAddress $ destinationIndicator $ preferredDeliveryMethod $
            telexNumber $ teletexTerminalIdentifier $ telephoneNumber $ internationalISDNNumber $
            facsimileTelephoneNumber $ street $ postOfficeBox $ postalCode $ postalAddress $
            physicalDeliveryOfficeName $ ou $ st $ l ) )
        objectclass ( 2.5.6.8 NAME 'organizationalRole' SUP top STRUCTURAL MUST cn
            MAY ( x121Address $ registeredAddress $ destinationIndicator $ preferredDeliveryMethod $ telexNumber $
            teletexTerminalIdentifier $ telephoneNumber $ internationalISDNNumber $ facsimileTelephoneNumber $
            seeAlso $ roleOccupant $ preferredDeliveryMethod $ street $ postOfficeBox $ postalCode $ postalAddress $
            physicalDeliveryOfficeName $ ou $ st $ l $ description ) )
        objectclass ( 2.5.6.9 NAME 'groupOfNames' SUP top STRUCTURAL MUST ( member $ cn )
            MAY ( businessCategory $ seeAlso $ owner $ ou $ o $ description ) )
        objectclass ( 2.5.6.10 NAME 'residentialPerson' SUP person STRUCTURAL MUST l
            MAY ( businessCategory $ x121Address $ registeredAddress $ destinationIndicator $
            preferredDeliveryMethod $ telexNumber $ teletexTerminalIdentifier $ telephoneNumber $
            internationalISDNNumber $ facsimileTelephoneNumber $ preferredDeliveryMethod $ street $ postOfficeBox $
            postalCode $ postalAddress $ physicalDeliveryOfficeName $ st $ l ) )
        objectclass ( 2.5.6.11 NAME 'applicationProcess' SUP top STRUCTURAL MUST cn
            MAY ( seeAlso $ ou $ l $ description ) )
        objectclass ( 2.5.6.14 NAME 'device' SUP top STRUCTURAL MUST cn
            MAY ( serialNumber $ seeAlso $ owner $ ou $ o $ l $ description ) )
        objectclass ( 2.5.6.17 NAME 'groupOfUniqueNames' SUP top STRUCTURAL MUST ( uniqueMember $ cn )
            MAY ( businessCategory $ seeAlso $ owner $ ou $ o $ description ) )
        objectclass ( 1.3.6.1.4.1.1466.344 NAME 'dcObject' SUP top AUXILIARY MUST dc )
        objectclass ( 1.3.6.1.1.3.1 NAME 'uidObject' SUP top AUXILIARY MUST uid )
        """
}
