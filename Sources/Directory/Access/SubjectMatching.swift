import AttributeIndex
import Schema

extension DirectoryView {
    /// Whether a subject means a requester, where nothing is asked for that could be its own (`itself` means nobody here). For
    /// what is found out once for a connection: names are read each time.
    public func isMeant(_ requester: Requester, by subject: AccessSubject) -> Bool {
        guard subject.fits(requester) else { return false }
        switch subject.who {
        case .everybody: return true
        case .anonymous: return requester.identity == .anonymous
        case .authenticated: return requester.identity != .anonymous
        case .itself: return false
        case .entry(let name), .subtree(let name), .children(let name), .group(let name):
            var key: [UInt8] = []
            guard let own = requester.identity.entryKey,
                (try? schema.appendDNKey(of: name.utf8.span, to: &key)) != nil
            else { return false }
            return isMeant(own, by: subject.who, key)
        }
    }

    private func isMeant(_ own: [UInt8], by who: AccessSubject.Who, _ key: [UInt8]) -> Bool {
        switch who {
        case .entry: return own == key
        case .subtree: return DITKey.isWithin(own.span, subtreeOf: key.span)
        case .children:
            let parent = DITKey.parent(of: own.span)
            return own.count > key.count && parent == key.count && DITKey.isWithin(own.span, subtreeOf: key.span)
        // What cannot be read is damage, which the next search will tell of.
        case .group: return (try? isMember(own, ofGroup: key)) ?? false
        case .everybody, .anonymous, .authenticated, .itself: return false
        }
    }
}
