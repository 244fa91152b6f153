import AttributeIndex

/// `peopled check`: configuration, schema, and every checksum and cross-reference of the index.
enum CheckCommand: Command {
    static let name = "check"
    static let usage = "check [--config FILE] [--data DIR]"
    static let summary = "verify the configuration, the schema files, every checksum and every cross-reference"
    static let discussion = """
        Reads the configuration and the schema files it names, then the whole data directory: checksums of every
        block, and every reference between entries, dictionaries, postings and the journal. It changes nothing and
        may run beside a server. Each finding names the file, what is wrong and what puts it right.
        """
    static let options = Site.options
    static let examples = ["peopled check --config /etc/peopled/peopled.json5"]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        let site = try Site(arguments)
        try arguments.refusePositionals(of: name)
        var server = try ServerSettings(site.configuration).server
        try site.configuration.applyClients(to: &server, schema: site.schema)
        guard IndexStore.holdsIndex(site.configuration.data, files: site.files) else {
            throw CommandFailure(.noIndex, "\(site.configuration.data) holds no index; peopled import makes one")
        }
        let findings = try IndexStore.check(
            directory: site.configuration.data, schema: site.schema, files: site.files,
            progress: { StandardError.write("checking \($0)\n") })
        for finding in findings { try StandardOutput.write("\(finding)\n") }
        guard findings.isEmpty else { return .damagedIndex }
        try StandardOutput.write("\(site.configuration.data) is whole\n")
        return .success
    }
}
