extension BuiltInDefinitions {
    /// eduPerson 202208 (4.4.0) of REFEDS, and isMemberOf of eduMember.
    ///
    /// Substrings rules are given where the published file has none: applications look for the beginnings of
    /// entitlements and the scopes of affiliations.
    static let eduPerson = """
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.1 NAME 'eduPersonAffiliation' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.2 NAME 'eduPersonNickname' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.3 NAME 'eduPersonOrgDN' EQUALITY distinguishedNameMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.4 NAME 'eduPersonOrgUnitDN' EQUALITY distinguishedNameMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.5 NAME 'eduPersonPrimaryAffiliation' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.6 NAME 'eduPersonPrincipalName' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.7 NAME 'eduPersonEntitlement' EQUALITY caseExactMatch
            SUBSTR caseExactSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.8 NAME 'eduPersonPrimaryOrgUnitDN'
            EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.9 NAME 'eduPersonScopedAffiliation' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.10 NAME 'eduPersonTargetedID' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.11 NAME 'eduPersonAssurance' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.12 NAME 'eduPersonPrincipalNamePrior' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.13 NAME 'eduPersonUniqueId' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.16 NAME 'eduPersonOrcid' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.17 NAME 'eduPersonAnalyticsTag' EQUALITY caseExactMatch
            SUBSTR caseExactSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.5923.1.1.1.18 NAME 'eduPersonDisplayPronouns' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.5923.1.5.1.1 NAME 'isMemberOf' EQUALITY caseExactMatch
            SUBSTR caseExactSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        objectclass ( 1.3.6.1.4.1.5923.1.1.2 NAME 'eduPerson' AUXILIARY
            MAY ( eduPersonAffiliation $ eduPersonNickname $ eduPersonOrgDN $ eduPersonOrgUnitDN $
            eduPersonPrimaryAffiliation $ eduPersonPrincipalName $ eduPersonEntitlement $ eduPersonPrimaryOrgUnitDN
            $ eduPersonScopedAffiliation $ eduPersonTargetedID $ eduPersonAssurance $ eduPersonPrincipalNamePrior $
            eduPersonUniqueId $ eduPersonOrcid $ eduPersonAnalyticsTag $ eduPersonDisplayPronouns ) )
        objectclass ( 1.3.6.1.4.1.5923.1.5.2.1 NAME 'eduMember' AUXILIARY MAY ( isMemberOf $ hasMember ) )
        attributetype ( 1.3.6.1.4.1.5923.1.5.1.2 NAME 'hasMember' EQUALITY caseExactMatch
            SUBSTR caseExactSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        """
}
