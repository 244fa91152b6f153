import AttributeIndex
import LDAP
import Schema

/// A state of the directory as one requester may see it: searches and comparisons are asked of this, and of nothing else, so
/// that none is answered without regard to the rules.
public struct GrantedView {
    /// The state of the directory.
    public let view: DirectoryView
    /// Which of the root DSEs the requester sees; see `DirectoryConfiguration.supportedSASLMechanisms`.
    public var rootDSE = 0
    /// Nil where there are no rules, and everything but secrets is everybody's.
    let access: SessionAccess?
}

extension DirectoryView {
    /// What a requester may see. `session` keeps what was found out about it from one request to the next: it must be one
    /// requester's only, nil at first and again whenever anything about the requester changes.
    public func granted(to requester: @autoclosure () -> Requester, session: inout SessionAccess?) -> GrantedView {
        guard let policy = environment.policy else { return GrantedView(view: self, access: nil) }
        if let session, session.viewNumber == number { return GrantedView(view: self, access: session) }
        let access = SessionAccess(requester(), self, policy)
        session = access
        return GrantedView(view: self, access: access)
    }

    /// What a requester may see, for a single request.
    public func granted(to requester: Requester) -> GrantedView {
        var session: SessionAccess?
        return granted(to: requester, session: &session)
    }

    /// Whether this state and another are under the same rules: what was begun in one may be gone on with in the other.
    public func isUnderSameRules(as other: DirectoryView) -> Bool {
        environment.settings == other.environment.settings
    }

    /// All of it but secrets, for those who hold the data themselves.
    var unrestricted: GrantedView { GrantedView(view: self, access: nil) }
}

/// What becomes of a name that a request is about, when not all that stands there is for the requester to know.
extension GrantedView {
    /// What may be done with an entry itself.
    func level(of place: EntryPlace) throws(SegmentError) -> AccessLevel {
        guard let access else { return .read }
        return try access.mask(of: place, view).entry
    }

    /// Whether a level is granted on an entry, and on its attribute of the type.
    func grants(
        _ level: AccessLevel, at place: EntryPlace, on type: AttributeTypeID?
    ) throws(SegmentError) -> Bool {
        guard let access, let type else { return true }
        let mask = try access.mask(of: place, view)
        return mask.entry >= level && mask.grants(level, on: type)
    }

    /// Whether a type may be compared in an entry that is there for the requester.
    func mayCompare(_ place: EntryPlace, _ type: AttributeTypeID) throws(SegmentError) -> Bool {
        guard let access else { return true }
        let mask = try access.mask(of: place, view)
        return mask.entry >= .disclose && mask.grants(.compare, on: type)
    }

    /// Whether the requester may be sent on by a referral: whoever may read its URLs.
    func mayRefer(_ place: EntryPlace) throws(SegmentError) -> Bool {
        try grants(.read, at: place, on: view.environment.types.ref)
    }

    /// Whether an alias may be followed: by whoever may search by what it stands for.
    func mayFollow(_ place: EntryPlace) throws(SegmentError) -> Bool {
        try grants(.search, at: place, on: view.environment.types.aliasedObjectName)
    }

    /// The entry with the longest name above or at `key` that is there for the requester; nil where not even the suffix is.
    func closest(to key: Span<UInt8>) throws(SegmentError) -> EntryPlace? {
        var length = key.count
        while length > 0, let place = try view.served.closest(to: key.extracting(0..<length)) {
            if try level(of: place) >= .disclose { return place }
            length = DITKey.parent(of: try view.segment(place.segment).entryKey(place.entry))
        }
        return nil
    }

    /// The answer to a request about an entry that is not there, or not for the requester: both look the same.
    func noSuchObject(_ key: Span<UInt8>) throws(SegmentError) -> LDAPResult {
        guard let place = try closest(to: key) else { return LDAPResult(.noSuchObject) }
        let name = String(octets: try view.segment(place.segment).dn(place.entry))
        return LDAPResult(.noSuchObject, matchedDN: name)
    }

    /// The answer to a request that goes beyond what the requester may do with an entry: the truth where the entry is
    /// disclosed, else that there is none.
    func denial(at place: EntryPlace, key: Span<UInt8>) throws(SegmentError) -> LDAPResult {
        if try level(of: place) >= .disclose { return LDAPResult(.insufficientAccessRights) }
        let parent = DITKey.parent(of: key)
        return parent > 0 ? try noSuchObject(key.extracting(0..<parent)) : LDAPResult(.noSuchObject)
    }
}
