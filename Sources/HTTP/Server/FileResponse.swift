extension HTTPResponse {
    /// A file, or the part of it that a GET asks for, or that the client has it already (RFC 9110 sections 13 and 14). Several
    /// ranges at once get the whole.
    public static func file(_ file: ServedFile, to request: HTTPRequest, _ fields: HTTPFields = [:]) -> HTTPResponse {
        var response = HTTPResponse(.ok, fields)
        response.fields.set("ETag", file.entityTag.description)
        response.fields.set("Accept-Ranges", "bytes")
        response.content = .file(file, 0..<file.size)
        // The order of RFC 9110 section 13.2.2.
        if let (tags, isAny) = request.fields.entityTags("If-Match"), !isAny,
            !tags.contains(where: { $0.isStronglyEqual(to: file.entityTag) })
        {
            return HTTPResponse(.preconditionFailed, text: "The file is another one now")
        }
        if let (tags, isAny) = request.fields.entityTags("If-None-Match"),
            isAny || tags.contains(where: { $0.value == file.entityTag.value })
        {
            response.status = .notModified
            response.content = .octets([])
            return response
        }
        if request.method == .get, let range = ByteRange(in: request.fields), allowsRange(request.fields, file) {
            response.restrict(to: range, of: file)
        }
        return response
    }

    /// RFC 9110 section 13.1.5: another version than the client's is sent whole. There are no dates here to compare.
    private static func allowsRange(_ fields: HTTPFields, _ file: ServedFile) -> Bool {
        let conditions = fields.values("If-Range")
        guard let condition = conditions.first else { return true }
        return conditions.count == 1
            && EntityTag(parsing: condition).map { $0.isStronglyEqual(to: file.entityTag) } == true
    }

    private mutating func restrict(to range: ByteRange, of file: ServedFile) {
        let octets = range.octets(of: file.size)
        fields.set("Content-Range", ContentRange(octets: octets, size: file.size).description)
        if let octets {
            status = .partialContent
            content = .file(file, octets)
        } else {
            status = .rangeNotSatisfiable
            content = .octets([])
        }
    }
}
