/// The object identifiers of controls, extended operations and features that LDAP servers publish.
public enum OID {
    /// Controls (RFC 4511 §4.1.11).
    public enum Control {
        /// Paged results (RFC 2696).
        public static let pagedResults = "1.2.840.113556.1.4.319"
        /// ManageDsaIT (RFC 3296).
        public static let manageDsaIT = "2.16.840.1.113730.3.4.2"
        /// Subentries (RFC 3672).
        public static let subentries = "1.3.6.1.4.1.4203.1.10.1"
        /// Proxied authorisation (RFC 4370).
        public static let proxiedAuthorization = "2.16.840.1.113730.3.4.18"
        /// Assertion (RFC 4528).
        public static let assertion = "1.3.6.1.1.12"
        /// Server-side sorting, the request (RFC 2891).
        public static let serverSideSort = "1.2.840.113556.1.4.473"
        /// Password policy (draft-behera-ldap-password-policy).
        public static let passwordPolicy = "1.3.6.1.4.1.42.2.27.8.5.1"
    }

    /// Extended operations (RFC 4511 §4.12).
    public enum Extension {
        /// StartTLS (RFC 4511 §4.14).
        public static let startTLS = "1.3.6.1.4.1.1466.20037"
        /// Who am I? (RFC 4532).
        public static let whoAmI = "1.3.6.1.4.1.4203.1.11.3"
        /// Cancel (RFC 3909).
        public static let cancel = "1.3.6.1.1.8"
        /// Password modify (RFC 3062).
        public static let passwordModify = "1.3.6.1.4.1.4203.1.11.1"
        /// Notice of Disconnection, an unsolicited notification (RFC 4511 §4.4.1).
        public static let noticeOfDisconnection = "1.3.6.1.4.1.1466.20036"
    }

    /// Features of the root DSE's supportedFeatures (RFC 4512 §5.1).
    public enum Feature {
        /// All operational attributes, `+` (RFC 3673).
        public static let allOperationalAttributes = "1.3.6.1.4.1.4203.1.5.1"
        /// Attributes by object class, `@class` (RFC 4529).
        public static let attributesByObjectClass = "1.3.6.1.4.1.4203.1.5.2"
        /// Absolute true and false filters, `(&)` and `(|)` (RFC 4526).
        public static let absoluteFilters = "1.3.6.1.4.1.4203.1.5.3"
        /// Language tags as options (RFC 3866).
        public static let languageTagOptions = "1.3.6.1.4.1.4203.1.5.4"
        /// Language ranges as options (RFC 3866).
        public static let languageRangeOptions = "1.3.6.1.4.1.4203.1.5.5"
        /// Increment in modify (RFC 4525).
        public static let modifyIncrement = "1.3.6.1.1.14"
    }
}
