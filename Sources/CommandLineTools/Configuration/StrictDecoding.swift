/// A key of any name, to see which names a file really has.
private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension Decoder {
    /// The keyed container, once every key in it is one of `Key`'s.
    ///
    /// - Throws: `DecodingError.dataCorrupted` that names the unknown key, where it stands and the nearest known one.
    package func knownKeys<Key: CodingKey & CaseIterable & RawRepresentable>(
        _: Key.Type
    ) throws -> KeyedDecodingContainer<Key> where Key.RawValue == String {
        let known = Key.allCases.map(\.rawValue)
        for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
            let hint =
                nearestName(to: key.stringValue, among: known).map { "did you mean \"\($0)\"?" }
                ?? "known here: \(known.joined(separator: ", "))"
            throw DecodingError.dataCorrupted(
                .init(codingPath: codingPath, debugDescription: "unknown key \"\(key.stringValue)\"; \(hint)"))
        }
        return try container(keyedBy: Key.self)
    }
}

extension KeyedDecodingContainer {
    /// Decodes a value over its default, where the key is there.
    package func decode<Value: Decodable>(_ key: Key, into value: inout Value) throws {
        if let given = try decodeIfPresent(Value.self, forKey: key) { value = given }
    }

    /// The same for a number with a range.
    package func decode(_ key: Key, into value: inout Int, within range: ClosedRange<Int>) throws {
        guard let given = try decodeIfPresent(Int.self, forKey: key) else { return }
        guard range.contains(given) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "\(given) is not within \(range.lowerBound) to \(range.upperBound)")
        }
        value = given
    }
}
