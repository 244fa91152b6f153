extension BuiltInDefinitions {
    /// RFC 4512: what every directory needs, and the root DSE's attributes.
    static let rfc4512 = """
        attributetype ( 2.5.4.0 NAME 'objectClass' EQUALITY objectIdentifierMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )
        attributetype ( 2.5.4.1 NAME ( 'aliasedObjectName' 'aliasedEntryName' ) EQUALITY distinguishedNameMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE )
        attributetype ( 2.5.18.1 NAME 'createTimestamp' EQUALITY generalizedTimeMatch
            ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE
            NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 2.5.18.2 NAME 'modifyTimestamp' EQUALITY generalizedTimeMatch
            ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE
            NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 2.5.18.3 NAME 'creatorsName' EQUALITY distinguishedNameMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 2.5.18.4 NAME 'modifiersName' EQUALITY distinguishedNameMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 2.5.18.10 NAME 'subschemaSubentry' EQUALITY distinguishedNameMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 2.5.21.9 NAME 'structuralObjectClass' EQUALITY objectIdentifierMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 2.5.21.10 NAME 'governingStructureRule' EQUALITY integerMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )
        attributetype ( 2.5.21.1 NAME 'dITStructureRules' EQUALITY integerFirstComponentMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.17 USAGE directoryOperation )
        attributetype ( 2.5.21.2 NAME 'dITContentRules' EQUALITY objectIdentifierFirstComponentMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.16 USAGE directoryOperation )
        attributetype ( 2.5.21.4 NAME 'matchingRules' EQUALITY objectIdentifierFirstComponentMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.30 USAGE directoryOperation )
        attributetype ( 2.5.21.5 NAME 'attributeTypes' EQUALITY objectIdentifierFirstComponentMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.3 USAGE directoryOperation )
        attributetype ( 2.5.21.6 NAME 'objectClasses' EQUALITY objectIdentifierFirstComponentMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.37 USAGE directoryOperation )
        attributetype ( 2.5.21.7 NAME 'nameForms' EQUALITY objectIdentifierFirstComponentMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.35 USAGE directoryOperation )
        attributetype ( 2.5.21.8 NAME 'matchingRuleUse' EQUALITY objectIdentifierFirstComponentMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.31 USAGE directoryOperation )
        attributetype ( 1.3.6.1.4.1.1466.101.120.16 NAME 'ldapSyntaxes'
            EQUALITY objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.54
            USAGE directoryOperation )
        attributetype ( 1.3.6.1.4.1.1466.101.120.6 NAME 'altServer' SYNTAX 1.3.6.1.4.1.1466.115.121.1.26
            USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.1466.101.120.5 NAME 'namingContexts' EQUALITY distinguishedNameMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.1466.101.120.13 NAME 'supportedControl' EQUALITY objectIdentifierMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.1466.101.120.7 NAME 'supportedExtension' EQUALITY objectIdentifierMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.4203.1.3.5 NAME 'supportedFeatures' EQUALITY objectIdentifierMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.1466.101.120.15 NAME 'supportedLDAPVersion' EQUALITY integerMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.1466.101.120.14 NAME 'supportedSASLMechanisms' EQUALITY caseIgnoreMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 USAGE dSAOperation )
        objectclass ( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )
        objectclass ( 2.5.6.1 NAME 'alias' SUP top STRUCTURAL MUST aliasedObjectName )
        objectclass ( 2.5.20.1 NAME 'subschema' AUXILIARY
            MAY ( dITStructureRules $ nameForms $ dITContentRules $ objectClasses $ attributeTypes $ matchingRules $
            matchingRuleUse $ ldapSyntaxes ) )
        objectclass ( 1.3.6.1.4.1.1466.101.120.111 NAME 'extensibleObject' SUP top AUXILIARY )
        """
}
