import Schema

/// Attributes whose values let somebody in: nobody sees them but those whom a rule names them for.
///
/// userPassword and authPassword are more than secret: they are for binding only, and no rule opens them. So is identitySource,
/// which is for the agent itself.
enum SecretAttributes {
    static let forNobody = ["userPassword", "authPassword", "identitySource"]

    /// Hashes, keys and recovery codes that directories are known to hold, whether or not a schema defines them.
    static let names = [
        // Samba and Active Directory.
        "sambaNTPassword", "sambaLMPassword", "sambaPasswordHistory", "sambaClearTextPassword",
        "sambaPreviousClearTextPassword", "sambaTrustPassword", "unicodePwd", "dBCSPwd", "ntPwdHistory", "lmPwdHistory",
        "supplementalCredentials", "ms-Mcs-AdmPwd",
        // Kerberos.
        "krbPrincipalKey", "krbMKey", "krbPwdHistory", "krbExtraData", "krb5Key", "krb5PrincipalKey",
        // Password policies.
        "pwdHistory", "passwordHistory",
        // One-time passwords.
        "oathSecret", "oathHOTPSecret", "oathTOTPSecret", "oathEncKey", "ipatokenOTPkey", "ipaNTHash",
        "googleAuthSecret",
        // Private keys.
        "userPKCS12", "ipaPrivateKey", "sshPrivateKey", "pgpPrivateKey",
        // Passwords for other services.
        "clearPassword", "cleartextPassword", "radiusTunnelPassword", "mailPassword", "olcRootPW", "goImapPassword",
    ]

    /// The types that these names stand for, their subtypes included.
    static func types(named names: [String], _ schema: Schema) -> Set<AttributeTypeID> {
        Set(names.compactMap { schema.attributeType($0) }.flatMap { schema.subtypes(of: $0.id) })
    }
}
