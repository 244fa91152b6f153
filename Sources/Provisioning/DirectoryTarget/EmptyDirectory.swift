public import AttributeIndex
public import Schema

/// The directory before any person comes: the suffix and ou=People.
enum EmptyDirectory {
    /// ou=People below a suffix; the suffix itself where it is one.
    static func people(below suffix: String, _ schema: Schema) throws(DNError) -> DistinguishedName {
        let root = try DistinguishedName(parsing: suffix, schema: schema)
        let name = try DistinguishedName(parsing: "ou=People,\(root.text)", schema: schema)
        return NamingPart.parts(ofKey: root.key).first == NamingPart.parts(ofKey: name.key).first ? root : name
    }
}

extension DirectoryTarget {
    /// Makes the suffix and ou=People in a data directory that holds nothing yet.
    public static func makeEmptyDirectory(
        in store: IndexStore, schema: Schema, suffix: String
    ) throws(DeliveryError) {
        let root: DistinguishedName
        let people: DistinguishedName
        do throws(DNError) {
            root = try DistinguishedName(parsing: suffix, schema: schema)
            people = try EmptyDirectory.people(below: suffix, schema)
        } catch {
            throw .configuration("suffix: \(error)")
        }
        let made = MadeEntries(schema: schema, stamp: .now())
        var builder = SegmentBuilder(schema: schema)
        do throws(SegmentError) {
            try builder.add(made.container(root))
            if people != root { try builder.add(made.container(people)) }
        } catch {
            throw DeliveryError(error)
        }
        let metadata = ImportMetadata(suffix: root.text, imported: SyscallsClock.now().seconds, files: [])
        do throws(StoreError) { try store.replaceAll(with: builder, metadata: metadata) } catch {
            throw .store(error)
        }
    }
}
