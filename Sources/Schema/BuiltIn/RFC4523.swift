extension BuiltInDefinitions {
    /// RFC 4523: X.509 certificates, revocation lists, and who has them.
    static let rfc4523 = """
        attributetype ( 2.5.4.36 NAME 'userCertificate' EQUALITY certificateExactMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.8 )
        attributetype ( 2.5.4.37 NAME 'cACertificate' EQUALITY certificateExactMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.8 )
        attributetype ( 2.5.4.38 NAME 'authorityRevocationList' SYNTAX 1.3.6.1.4.1.1466.115.121.1.9 )
        attributetype ( 2.5.4.39 NAME 'certificateRevocationList' SYNTAX 1.3.6.1.4.1.1466.115.121.1.9 )
        attributetype ( 2.5.4.40 NAME 'crossCertificatePair' SYNTAX 1.3.6.1.4.1.1466.115.121.1.10 )
        attributetype ( 2.5.4.52 NAME 'supportedAlgorithms' SYNTAX 1.3.6.1.4.1.1466.115.121.1.49 )
        attributetype ( 2.5.4.53 NAME 'deltaRevocationList' SYNTAX 1.3.6.1.4.1.1466.115.121.1.9 )
        objectclass ( 2.5.6.15 NAME 'strongAuthenticationUser' SUP top AUXILIARY MUST userCertificate )
        objectclass ( 2.5.6.16 NAME 'certificationAuthority' SUP top AUXILIARY
            MUST ( authorityRevocationList $ certificateRevocationList $ cACertificate ) MAY crossCertificatePair )
        objectclass ( 2.5.6.16.2 NAME 'certificationAuthority-V2' SUP certificationAuthority AUXILIARY
            MAY ( deltaRevocationList ) )
        objectclass ( 2.5.6.18 NAME 'userSecurityInformation' SUP top AUXILIARY MAY ( supportedAlgorithms ) )
        objectclass ( 2.5.6.19 NAME 'cRLDistributionPoint' SUP top STRUCTURAL MUST ( cn )
            MAY ( certificateRevocationList $ authorityRevocationList $ deltaRevocationList ) )
        objectclass ( 2.5.6.21 NAME 'pkiUser' SUP top AUXILIARY MAY userCertificate )
        objectclass ( 2.5.6.22 NAME 'pkiCA' SUP top AUXILIARY
            MAY ( authorityRevocationList $ certificateRevocationList $ cACertificate $ crossCertificatePair ) )
        objectclass ( 2.5.6.23 NAME 'deltaCRL' SUP top AUXILIARY MAY deltaRevocationList )
        """
}
