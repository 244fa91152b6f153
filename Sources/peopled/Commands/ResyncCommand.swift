import Administration
import CommandLineTools
import Foundation
import Provisioning

/// `peopled resync`: an administrator's word on an identity provider's people.
enum ResyncCommand: Command {
    static let name = "resync"
    static let usage = "resync IDP [--accept | --discard] [--config FILE] [--json]"
    static let summary = "fetch all people of an identity provider anew, or decide on a delivery that is held"
    static let discussion = """
        IDP is the identity provider's entityID. The running server is asked over its admin socket, and does it as soon as it can;
        'peopled status' and 'peopled changes --follow' show what comes of it. Without an option everybody is fetched and what
        differs is applied. A delivery that would remove too many people at once is held until --accept says that it is right, or
        --discard that it is wrong: then it is forgotten, and what is served stays.
        """
    static let options =
        ServerOfSite.options + [
            .flag("--accept", "apply what is held"), .flag("--discard", "forget what is held"),
            .flag("--json", "one JSON object"),
        ]
    static let examples = [
        "peopled resync https://idp.example.edu/idp --config /etc/peopled/peopled.json5",
        "peopled resync https://idp.example.edu/idp --accept",
    ]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        guard arguments.positionals.count == 1, let source = arguments.positionals.first else {
            throw CommandFailure(
                .usage, "resync needs the entityID of one identity provider; peopled status lists them")
        }
        guard !(arguments.has("--accept") && arguments.has("--discard")) else {
            throw CommandFailure(.usage, "--accept and --discard exclude each other")
        }
        let request: ResyncRequest =
            arguments.has("--accept") ? .accept : arguments.has("--discard") ? .discard : .snapshot
        let body = try JSONEncoder().encode(ResyncCall(source: source, request: request))
        let done = try ServerOfSite(arguments).ask(ResyncCall.self, .post, "/v1/resync", body: Array(body))
        guard !arguments.has("--json") else {
            try StandardOutput.write(
                String(
                    decoding: JSONEncoder().encode(["source": done.source, "request": done.request.rawValue]),
                    as: UTF8.self)
                    + "\n")
            return .success
        }
        switch done.request {
        case .snapshot: try StandardOutput.write("\(source): everybody is fetched anew\n")
        case .accept: try StandardOutput.write("\(source): what is held is applied\n")
        case .discard: try StandardOutput.write("\(source): what is held is forgotten\n")
        }
        return .success
    }
}
