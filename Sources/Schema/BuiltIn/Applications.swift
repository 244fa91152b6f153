extension BuiltInDefinitions {
    /// What applications expect beyond the standards: OpenSSH's public keys (openssh-lpk), PKCS #9's mail address, and
    /// the parts of X.521 that RFC 4519 left out.
    static let applications = """
        attributetype ( 1.3.6.1.4.1.24552.500.1.1.1.13 NAME 'sshPublicKey' EQUALITY octetStringMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
        attributetype ( 1.2.840.113549.1.9.1 NAME ( 'email' 'emailAddress' 'pkcs9email' )
            EQUALITY caseIgnoreIA5Match SUBSTR caseIgnoreIA5SubstringsMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.26{128} )
        attributetype ( 2.5.4.2 NAME 'knowledgeInformation' EQUALITY caseIgnoreMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )
        attributetype ( 2.5.4.30 NAME 'supportedApplicationContext' EQUALITY objectIdentifierMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )
        attributetype ( 2.5.4.29 NAME 'presentationAddress' SYNTAX 1.3.6.1.4.1.1466.115.121.1.43 SINGLE-VALUE )
        attributetype ( 2.5.4.54 NAME 'dmdName' SUP name )
        attributetype ( 2.5.4.65 NAME 'pseudonym' SUP name )
        objectclass ( 1.3.6.1.4.1.24552.500.1.1.2.0 NAME 'ldapPublicKey' SUP top AUXILIARY
            MAY ( sshPublicKey $ uid ) )
        objectclass ( 2.5.6.12 NAME 'applicationEntity' SUP top STRUCTURAL MUST ( presentationAddress $ cn )
            MAY ( supportedApplicationContext $ seeAlso $ ou $ o $ l $ description ) )
        objectclass ( 2.5.6.13 NAME 'dSA' SUP applicationEntity STRUCTURAL MAY knowledgeInformation )
        objectclass ( 2.5.6.20 NAME 'dmd' SUP top STRUCTURAL MUST ( dmdName )
            MAY ( userPassword $ searchGuide $ seeAlso $ businessCategory $ x121Address $ registeredAddress $
            destinationIndicator $ preferredDeliveryMethod $ telexNumber $ teletexTerminalIdentifier $
            telephoneNumber $ internationalISDNNumber $ facsimileTelephoneNumber $ street $ postOfficeBox $
            postalCode $ postalAddress $ physicalDeliveryOfficeName $ st $ l $ description ) )
        """
}
