/// The client's first message (RFC 5802 section 7): gs2-header, name and nonce.
struct SCRAMClientFirst {
    /// What the client says of channel binding.
    enum BindingFlag: Equatable {
        /// `n`: it cannot.
        case none
        /// `y`: it could, and believes that the server cannot.
        case unoffered
        /// `p=`: it does, with this type.
        case used(String)
    }

    let flag: BindingFlag
    /// With both commas: what the next message must repeat.
    let header: [UInt8]
    /// Whom the client wants to be, if it says so.
    let authorization: String?
    let name: String
    let nonce: [UInt8]
    let bare: [UInt8]

    init(_ message: Span<UInt8>) throws(SCRAMError) {
        let fields = try SCRAMFields(message)
        guard fields.count >= 4 else { throw .malformed("a client-first message has at least four parts") }
        flag = try Self.flag(fields[0])
        if fields[1].isEmpty {
            authorization = nil
        } else {
            authorization = try Self.name(of: try fields.value(1, "a"))
        }
        guard !fields[2].starts(with: [0x6D, 0x3D]) else {
            throw SCRAMError(.extensionsNotSupported, "the client asks for a mandatory extension")
        }
        name = try Self.name(of: try fields.value(2, "n"))
        nonce = Array(try fields.value(3, "r"))
        guard (1...SCRAMServer.maximumNonce).contains(nonce.count), nonce.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw .malformed("a nonce is of 1 to \(SCRAMServer.maximumNonce) printable characters")
        }
        try fields.checkExtensions(from: 4, to: fields.count)
        let headerLength = fields[0].count + fields[1].count + 2
        header = message.extracting(0..<headerLength).copied()
        bare = message.extracting(headerLength...).copied()
    }

    private static func flag(_ field: ArraySlice<UInt8>) throws(SCRAMError) -> BindingFlag {
        switch String(decoding: field, as: UTF8.self) {
        case "n": return .none
        case "y": return .unoffered
        case let text where text.hasPrefix("p="):
            let type = text.dropFirst(2)
            guard (1...64).contains(type.utf8.count), type.utf8.allSatisfy(isTypeCharacter) else { break }
            return .used(String(type))
        default: break
        }
        throw .malformed("a message begins with n, y or p= and a type of channel binding")
    }

    private static func isTypeCharacter(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// A saslname: `=2C` is a comma, `=3D` an equals sign, and no equals sign stands for itself. Prepared by SASLprep.
    private static func name(of field: ArraySlice<UInt8>) throws(SCRAMError) -> String {
        var octets: [UInt8] = []
        var rest = field
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "=") else {
                octets.append(octet)
                continue
            }
            if rest.starts(with: "2C".utf8) {
                octets.append(UInt8(ascii: ","))
            } else if rest.starts(with: "3D".utf8) {
                octets.append(UInt8(ascii: "="))
            } else {
                throw SCRAMError(.invalidUsernameEncoding, "a name has an equals sign that is not =2C or =3D")
            }
            rest = rest.dropFirst(2)
        }
        guard octets.count <= SCRAMServer.maximumName, let prepared = SASLprep.prepare(octets.span), !prepared.isEmpty
        else {
            throw SCRAMError(.invalidUsernameEncoding, "a name is empty, too long or refused by SASLprep")
        }
        return String(decoding: prepared, as: UTF8.self)
    }
}

/// The client's last message: channel binding, nonce and proof.
struct SCRAMClientFinal {
    let binding: [UInt8]
    let nonce: [UInt8]
    let proof: [UInt8]
    /// The message up to the comma before the proof.
    let withoutProof: [UInt8]

    init(_ message: Span<UInt8>) throws(SCRAMError) {
        let fields = try SCRAMFields(message)
        guard fields.count >= 3 else { throw .malformed("a client-final message has at least three parts") }
        guard let binding = Base64.decode(Array(try fields.value(0, "c")).span) else {
            throw .malformed("the channel binding is not base 64")
        }
        self.binding = binding
        nonce = Array(try fields.value(1, "r"))
        try fields.checkExtensions(from: 2, to: fields.count - 1)
        let last = fields.count - 1
        guard let proof = Base64.decode(Array(try fields.value(last, "p")).span) else {
            throw .malformed("the proof is not base 64")
        }
        self.proof = proof
        withoutProof = message.extracting(0..<(message.count - fields[last].count - 1)).copied()
    }
}

/// The parts of a message, between commas.
private struct SCRAMFields {
    private let fields: [ArraySlice<UInt8>]

    init(_ message: Span<UInt8>) throws(SCRAMError) {
        guard message.count <= SCRAMServer.maximumMessage else {
            throw .malformed("a message is longer than \(SCRAMServer.maximumMessage) octets")
        }
        let octets = message.copied()
        guard !octets.contains(0), String(validating: octets, as: UTF8.self) != nil else {
            throw .malformed("a message is not UTF-8, or has a NUL in it")
        }
        fields = octets.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    }

    var count: Int { fields.count }

    subscript(index: Int) -> ArraySlice<UInt8> { fields[index] }

    /// The value of the attribute that must stand at `index`.
    func value(_ index: Int, _ letter: Character) throws(SCRAMError) -> ArraySlice<UInt8> {
        guard fields[index].starts(with: "\(letter)=".utf8) else {
            throw .malformed("\(letter)= is not where it belongs")
        }
        return fields[index].dropFirst(2)
    }

    /// Optional extensions, which are not looked at: a letter, an equals sign and a value. `m` asks to be understood.
    func checkExtensions(from start: Int, to end: Int) throws(SCRAMError) {
        for field in fields[min(start, end)..<end] {
            let octets = Array(field.prefix(2))
            guard field.count >= 3, octets[1] == UInt8(ascii: "="),
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= octets[0] | 0x20
            else { throw .malformed("an extension is a letter, an equals sign and a value") }
            guard octets[0] != UInt8(ascii: "m") else {
                throw SCRAMError(.extensionsNotSupported, "the client asks for a mandatory extension")
            }
        }
    }
}

extension SCRAMError {
    static func malformed(_ what: String) -> SCRAMError { SCRAMError(.invalidEncoding, what) }
}
