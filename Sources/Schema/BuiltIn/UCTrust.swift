extension BuiltInDefinitions {
    /// UCTrust of the University of California. UCnetID is digits in a field of ten characters, kept as text; no object
    /// class is registered for these attributes, and UCTrustCampusIDShort has no OID that is published.
    static let ucTrust = """
        attributetype ( 2.16.840.1.113916.1.1.4.1 NAME 'UCnetID' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
        attributetype ( 2.16.840.1.113916.1.1.5 NAME 'UCTrustAssurance' EQUALITY caseExactMatch
            SUBSTR caseExactSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 2.16.840.1.113916.1.1.6 NAME 'UCCampusEmployeeID' EQUALITY caseIgnoreMatch
            SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
        """
}
