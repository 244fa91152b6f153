extension BuiltInDefinitions {
    /// What cn=Monitor is made of, as tools know it from OpenLDAP.
    static let monitoring = """
        attributetype ( 1.3.6.1.4.1.4203.666.1.55.1 NAME 'monitoredInfo' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768}
            NO-USER-MODIFICATION USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.4203.666.1.55.3 NAME 'monitorCounter' EQUALITY integerMatch ORDERING integerOrderingMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.27
            NO-USER-MODIFICATION USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.4203.666.1.55.4 NAME 'monitorOpCompleted' SUP monitorCounter
            NO-USER-MODIFICATION USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.4203.666.1.55.5 NAME 'monitorOpInitiated' SUP monitorCounter
            NO-USER-MODIFICATION USAGE dSAOperation )
        attributetype ( 1.3.6.1.4.1.4203.666.1.55.10 NAME 'monitorTimestamp' EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE
            NO-USER-MODIFICATION USAGE dSAOperation )
        objectclass ( 1.3.6.1.4.1.4203.666.3.16.1 NAME 'monitor' SUP top STRUCTURAL MUST cn
            MAY ( description $ seeAlso $ labeledURI $ monitoredInfo ) )
        objectclass ( 1.3.6.1.4.1.4203.666.3.16.2 NAME 'monitorServer' SUP monitor STRUCTURAL )
        objectclass ( 1.3.6.1.4.1.4203.666.3.16.3 NAME 'monitorContainer' SUP monitor STRUCTURAL )
        objectclass ( 1.3.6.1.4.1.4203.666.3.16.4 NAME 'monitorCounterObject' SUP monitor STRUCTURAL )
        objectclass ( 1.3.6.1.4.1.4203.666.3.16.5 NAME 'monitorOperation' SUP monitor STRUCTURAL )
        objectclass ( 1.3.6.1.4.1.4203.666.3.16.8 NAME 'monitoredObject' SUP monitor STRUCTURAL )
        """
}
