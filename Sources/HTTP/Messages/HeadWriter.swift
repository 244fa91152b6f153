/// Writes first lines and fields. Whatever a value holds, it ends no line: control characters become "?".
enum HeadWriter {
    static func request(_ method: HTTPMethod, _ target: String, _ fields: HTTPFields) -> [UInt8] {
        write("\(method.name) \(target) HTTP/1.1", fields)
    }

    static func response(_ status: HTTPStatus, _ fields: HTTPFields) -> [UInt8] {
        // The space before the words stays though there be none (RFC 9112 section 4).
        write("HTTP/1.1 \(status.code) \(status.reason)", fields)
    }

    private static func write(_ first: String, _ fields: HTTPFields) -> [UInt8] {
        var octets: [UInt8] = []
        append(first, to: &octets)
        for field in fields.list where Array(field.name.utf8).isToken {
            octets += field.name.utf8
            octets += ": ".utf8
            append(field.value, to: &octets)
        }
        octets += "\r\n".utf8
        return octets
    }

    private static func append(_ line: String, to octets: inout [UInt8]) {
        for octet in line.utf8 { octets.append(octet.isSentFieldOctet ? octet : UInt8(ascii: "?")) }
        octets += "\r\n".utf8
    }
}
