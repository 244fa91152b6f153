/// Makes the DIT keys of names that come one after another, most of them below one parent: its key is kept.
public struct SiblingKeys: Sendable {
    private var parentText: [UInt8] = []
    private var parentKey: [UInt8] = []

    /// Knows no parent yet.
    public init() {}

    /// Appends the key of a name, as `Schema.appendDNKey` does. All names must be read with one schema.
    public mutating func append(_ text: Span<UInt8>, in schema: Schema, to key: inout [UInt8]) throws(DNError) {
        let comma = Self.firstSeparator(in: text)
        guard comma < text.count else { return try schema.appendDNKey(of: text, to: &key) }
        let start = key.count
        if isParent(text, from: comma + 1) {
            key.append(contentsOf: parentKey)
            key.append(DITKey.separator)
            do {
                try schema.appendRDNKey(text, range: 0..<comma, to: &key)
            } catch {
                key.removeSubrange(start...)
                throw error
            }
            return
        }
        try schema.appendDNKey(of: text, to: &key)
        let length = DITKey.parent(of: key.span.extracting(start...))
        parentKey.removeAll(keepingCapacity: true)
        parentKey.append(contentsOf: key[start..<start + max(0, length)])
        parentText.removeAll(keepingCapacity: true)
        parentText.append(copying: text.extracting((comma + 1)...))
    }

    private func isParent(_ text: Span<UInt8>, from start: Int) -> Bool {
        guard text.count - start == parentText.count, !parentText.isEmpty else { return false }
        let known = parentText.span
        for index in 0..<known.count where known[index] != text[start + index] { return false }
        return true
    }

    /// Where the first unescaped comma is; the text's end where there is none.
    private static func firstSeparator(in text: Span<UInt8>) -> Int {
        var index = 0
        while index < text.count, text[index] != ASCII.comma {
            index += text[index] == ASCII.backslash ? 2 : 1
        }
        return index
    }
}
