extension BuiltInDefinitions {
    static let rfc4512 = """
        attributetype ( 2.5.4.0 NAME 'objectClass' EQUALITY objectIdentifierMatch
            SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )
        objectclass ( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )
        """
}
