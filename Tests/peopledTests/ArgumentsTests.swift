import CommandLineTools
import Testing

@testable import peopled

@Suite struct ArgumentsTests {
    private let options: [OptionSpecification] = [
        .value("--data", "DIR", ""), .value("--ldif", "FILE", repeatable: true, ""), .flag("--strict", ""),
    ]

    @Test func readsValuesFlagsAndPositionals() throws {
        let arguments = try Arguments(
            ["--data", "d", "a.ldif", "--strict", "--ldif=x", "--ldif", "y", "--", "--b"], accepting: options)
        #expect(arguments.value("--data") == "d")
        #expect(arguments.all("--ldif") == ["x", "y"])
        #expect(arguments.has("--strict"))
        #expect(arguments.positionals == ["a.ldif", "--b"])
    }

    @Test(arguments: [
        (["--dta", "d"], "unknown option --dta; did you mean --data?"),
        (["--data"], "--data needs a value: --data DIR"),
        (["--strict=1"], "--strict takes no value"),
        (["--data", "a", "--data", "b"], "--data may be given once only"),
        (["--wholly-different"], "unknown option --wholly-different; --help lists what there is"),
    ])
    func refusesAndSaysWhatToDo(words: [String], message: String) {
        let failure = #expect(throws: CommandFailure.self) { try Arguments(words, accepting: options) }
        #expect(failure?.status == .usage)
        #expect(failure?.message == message)
    }
}
