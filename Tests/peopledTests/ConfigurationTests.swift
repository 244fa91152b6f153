import CommandLineTools
import Foundation
import LDAPServer
import Testing

@testable import peopled

@Suite struct ConfigurationTests {
    private func load(_ text: String) throws -> Configuration {
        let file = FileManager.default.temporaryDirectory.appending(path: "peopled-\(UUID().uuidString).json5")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try Configuration(file: file.path)
    }

    @Test func anEmptyFileIsTheDefault() throws {
        let configuration = try load("{}")
        #expect(configuration.listeners == [Configuration.Listener(url: "ldap://127.0.0.1:3389")])
        #expect(configuration.suffix == nil)
    }

    @Test func readsJSON5AndKeepsTheOtherDefaults() throws {
        let configuration = try load("{ suffix: 'dc=example,dc=edu', limits: { size: 500, }, /* comment */ }")
        #expect(configuration.suffix == "dc=example,dc=edu")
        #expect(configuration.limits.everybody.size == SteppedLimit(500))
        #expect(configuration.limits.everybody.time == SteppedLimit(3_600))
        #expect(configuration.limits.message == 30)
    }

    @Test func pathsAreRelativeToTheFile() throws {
        let configuration = try load("{ data: 'people', schema: ['/etc/x.schema', 'campus.schema'] }")
        let folder = FileManager.default.temporaryDirectory.path
        #expect(configuration.data.hasSuffix("/people") && configuration.data.hasPrefix("/"))
        #expect(configuration.schema.first == "/etc/x.schema")
        #expect(configuration.schema.last?.hasPrefix(folder) == true)
    }

    @Test(arguments: [
        ("{ sufix: 'x' }", "unknown key \"sufix\"; did you mean \"suffix\"?"),
        ("{ listeners: [{ url: 'x', urll: true }] }", "listeners[0]: unknown key \"urll\"; did you mean \"url\"?"),
        (
            "{ listeners: [{ url: 'x', mode: '0888' }] }",
            "listeners[0].mode: \"0888\" is no file mode; expected one in octal, as in \"0660\""
        ),
        (
            "{ listeners: [{ url: 'x', mode: '4755' }] }",
            "listeners[0].mode: \"4755\" is no file mode; expected one in octal, as in \"0660\""
        ),
        (
            "{ listeners: [{ url: 'x', proxies: ['10.0.0.1/8'] }] }",
            "listeners[0].proxies: \"10.0.0.1/8\" is no network; expected an address or a prefix, as in \"10.0.0.0/8\""
        ),
        (
            "{ listeners: [{ url: 'x', passwords: 'maybe' }] }",
            "listeners[0].passwords: \"maybe\" is not known here; expected \"encrypted\" or \"plain\""
        ),
        ("{ limits: { size: 'many' } }", "limits.size: expected a whole number"),
        ("{ limits: { size: -1 } }", "limits.size: -1 is not within 0 to 2147483647"),
        ("{ listeners: [{}] }", "listeners[0]: \"url\" is missing"),
    ])
    func refusesAndNamesTheKey(text: String, message: String) {
        let failure = #expect(throws: CommandFailure.self) { try load(text) }
        #expect(failure?.status == .refusedInput)
        #expect(failure?.message.hasSuffix(message) == true, "\(failure?.message ?? "")")
    }

    @Test(arguments: [
        ("{\n suffix: 'x'\n data: 3 }", ":3:2: expected a comma or }"),
        ("{ suffix: 'x }", ":1:11: expected the string that starts here to end in its line"),
        ("{\n suffix 'x' }", ":2:9: expected a colon after the key"),
        ("{ listeners: [ { url: 'x' } }", ":1:29: expected a comma or ]"),
        ("{ /* never closed", ":1:3: expected the comment that starts here to end"),
        ("{ } }", ":1:5: expected the end of the file"),
        ("", ":1:1: expected {"),
        ("{ suffix: }", ":1:11: expected a value after the colon"),
    ])
    func aSyntaxErrorNamesLineAndColumn(text: String, message: String) {
        let failure = #expect(throws: CommandFailure.self) { try load(text) }
        #expect(failure?.status == .refusedInput)
        #expect(failure?.message.hasSuffix(message) == true, "\(failure?.message ?? "")")
    }
}
