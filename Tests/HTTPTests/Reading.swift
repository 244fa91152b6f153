import HTTP

/// What a reader makes of octets.
struct ReadMessage: Equatable {
    var heads: [String] = []
    var content: [UInt8] = []
    var ends = 0
    var failure: HTTPMessageError?

    /// The verdict: the refusal's status; nil where there was none.
    var status: Int? { failure?.status.code }
}

/// Reads requests that come in pieces of `size` octets.
func readRequests(
    _ octets: [UInt8], inPiecesOf size: Int = .max, limits: MessageLimits = MessageLimits(), contentLimit: UInt64 = .max
) -> ReadMessage {
    var reader = RequestReader(limits)
    var message = ReadMessage()
    var rest = octets[...]
    repeat {
        let piece = Array(rest.prefix(size))
        rest = rest.dropFirst(piece.count)
        var index = 0
        do throws(HTTPMessageError) {
            while let event = try reader.next(piece.span, from: &index) {
                switch event {
                case .head(let head):
                    message.heads.append("\(head.method) \(head.target.text) \(head.version.rawValue)")
                    reader.contentLimit = contentLimit
                case .content(let range): message.content += piece[range]
                case .end: message.ends += 1
                }
            }
        } catch {
            message.failure = error
            return message
        }
    } while !rest.isEmpty
    return message
}

/// Reads an answer that comes in pieces of `size` octets.
func readResponse(
    _ octets: [UInt8], to method: HTTPMethod = .get, inPiecesOf size: Int = .max, contentLimit: UInt64 = .max
) -> ReadMessage {
    var reader = ResponseReader(to: method)
    var message = ReadMessage()
    var rest = octets[...]
    repeat {
        let piece = Array(rest.prefix(size))
        rest = rest.dropFirst(piece.count)
        var index = 0
        do throws(HTTPMessageError) {
            while let event = try reader.next(piece.span, from: &index) {
                switch event {
                case .head(let head):
                    message.heads.append("\(head.status)")
                    reader.contentLimit = contentLimit
                case .content(let range): message.content += piece[range]
                case .end: message.ends += 1
                }
            }
        } catch {
            message.failure = error
            return message
        }
    } while !rest.isEmpty
    return message
}

/// A request with these lines between the Host field and the empty line.
func request(_ line: String = "POST /a HTTP/1.1", _ fields: [String] = [], host: String? = "h", content: String = "")
    -> [UInt8]
{
    let lines = [line] + (host.map { ["Host: \($0)"] } ?? []) + fields
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + content).utf8)
}
