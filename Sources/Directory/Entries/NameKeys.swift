import Schema

/// Makes the DIT keys of the names that requests give: mostly of siblings, whose parent's key is kept from one to the next.
struct NameKeys {
    private var siblings = SiblingKeys()
    /// The environment that the parent's key was made in.
    private var environment: UInt64 = 0

    /// Appends the key of a name.
    ///
    /// - Throws: what is wrong with the name; what was appended by then is taken back.
    mutating func append(
        _ name: Span<UInt8>, _ environment: PlanEnvironment, to key: inout [UInt8]
    ) throws(DNError) {
        if self.environment != environment.number {
            self.environment = environment.number
            siblings = SiblingKeys()
        }
        try siblings.append(name, in: environment.schema, to: &key)
    }
}
