import Administration
import Addresses
import CommandLineTools
import Foundation
import LDAPServer
import Testing
import Transport

@testable import peopled

@Suite struct ListenerSettingsTests {
    private func listener(
        _ url: String, _ passwords: Configuration.PasswordTransport? = nil
    ) -> Configuration.Listener {
        Configuration.Listener(url: url, passwords: passwords)
    }

    @Test(arguments: [
        ("ldap://127.0.0.1:3389", ListenerURL.Scheme.ldap, ListenAddress(host: "127.0.0.1", port: 3389)),
        ("LDAP://localhost/", .ldap, ListenAddress(host: "localhost", port: 389)),
        ("ldap://[::1]", .ldap, ListenAddress(host: "::1", port: 389)),
        ("ldap://:0", .ldap, ListenAddress(host: "", port: 0)),
        ("ldaps://ldap.example.edu", .ldaps, ListenAddress(host: "ldap.example.edu", port: 636)),
        ("ldapi:///run/peopled/ldapi", .ldapi, .file(path: "/run/peopled/ldapi")),
        ("ldapi://%2Frun%2Fpeopled%2Fldapi", .ldapi, .file(path: "/run/peopled/ldapi")),
        ("ldapi://%2frun%2fa%20b/", .ldapi, .file(path: "/run/a b")),
    ])
    func readsURLs(text: String, scheme: ListenerURL.Scheme, address: ListenAddress) throws {
        let url = try ListenerURL(text)
        #expect(url.scheme == scheme)
        #expect(url.address == address)
        let again = try ListenerURL(url.text(at: url.address))
        #expect(again == url)
    }

    @Test(arguments: [
        "", "127.0.0.1:389", "http://x", "ldap:/x", "ldap://a:b", "ldap://a:65536", "ldap://::1:389", "ldap://a/b",
        "ldapi://", "ldapi:///", "ldapi://run", "ldapi://%2Frun%00x", "ldapi:///run/", "ldapi://%2",
    ])
    func refusesOtherURLs(text: String) {
        let failure = #expect(throws: CommandFailure.self) { try ListenerURL(text) }
        #expect(failure?.message.contains("expected ldap://HOST:PORT") == true)
    }

    @Test(arguments: [
        "ldap://127.0.0.1", "ldap://127.8.9.10:0", "ldap://[::1]:389", "ldap://localhost", "ldap://db.localhost:1",
        "ldapi:///run/ldapi",
    ])
    func passwordsMayBePlainWithinTheMachine(url: String) throws {
        #expect(try !listener(url).policy().requiresConfidentiality)
    }

    @Test(arguments: [
        "ldap://0.0.0.0", "ldap://", "ldap://:389", "ldap://[::]", "ldap://192.0.2.1", "ldap://[2001:db8::1]:389",
        "ldap://[::ffff:192.0.2.1]", "ldap://people.example.edu", "ldap://localhost.example.edu",
    ])
    func passwordsAcrossTheNetworkNeedADecision(url: String) throws {
        let failure = #expect(throws: CommandFailure.self) { try listener(url).policy() }
        #expect(failure?.status == .refusedInput)
        #expect(failure?.message.hasPrefix("listener \(url): passwords would cross the network in the clear") == true)
        #expect(failure?.message.contains("passwords: \"encrypted\"") == true)
        #expect(try listener(url, .encrypted).policy().requiresConfidentiality)
        #expect(try !listener(url, .plain).policy().requiresConfidentiality)
    }

    @Test func aUnixSocketHasNoProxies() throws {
        var listener = listener("ldapi:///run/ldapi")
        listener.proxies = [try #require(.init("10.0.0.0/8"))]
        #expect(throws: CommandFailure.self) { try listener.policy() }
    }
}

@Suite struct PassedSocketsTests {
    private func passed(_ environment: [String: String]) -> PassedSockets {
        PassedSockets(environment: environment, process: 42)
    }

    @Test func socketsAreTakenByName() {
        var sockets = passed(["LISTEN_PID": "42", "LISTEN_FDS": "3", "LISTEN_FDNAMES": "ldap:ldaps:ldap"])
        #expect(sockets.take("ldap") == [3, 5])
        #expect(sockets.take("ldap").isEmpty)
        #expect(sockets.names == ["ldaps"])
        #expect(sockets.take("ldaps") == [4])
        #expect(sockets.isEmpty)
    }

    @Test func withoutNamesTheyAreUnknown() {
        var sockets = passed(["LISTEN_PID": "42", "LISTEN_FDS": "1"])
        #expect(sockets.take("unknown") == [3])
    }

    @Test(arguments: [
        [:], ["LISTEN_FDS": "1"], ["LISTEN_PID": "41", "LISTEN_FDS": "1"], ["LISTEN_PID": "42"],
        ["LISTEN_PID": "42", "LISTEN_FDS": "-1"], ["LISTEN_PID": "42", "LISTEN_FDS": "0"],
        ["LISTEN_PID": "42", "LISTEN_FDS": "99999999999"], ["LISTEN_PID": "42", "LISTEN_FDS": "x"],
    ])
    func thereAreNoneWhereTheyAreNotForThisProcess(environment: [String: String]) {
        #expect(passed(environment).isEmpty)
    }
}

@Suite struct ServiceNotifierTests {
    @Test(
        arguments: [
            (["NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "42"], 5000),
            (["NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "3000000"], 1500),
            (["NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "41"], nil),
            (["NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "soon"], nil), (["WATCHDOG_USEC": "3000000"], nil),
            (["NOTIFY_SOCKET": "x", "WATCHDOG_USEC": "3000000"], nil),
        ] as [([String: String], Int?)])
    func theWatchdogIsFedTwiceAsOftenAsItWants(environment: [String: String], interval: Int?) {
        #expect(ServiceNotifier(environment: environment, process: 42).watchdogInterval == interval)
    }
}

@Suite struct AccountTests {
    @Test func findsUsersAndGroups() throws {
        let root = try Account(user: "root", group: nil)
        #expect(root.user == 0 && root.group == 0)
        let daemon = try Account(user: "daemon", group: "root")
        #expect(daemon.user != 0 && daemon.group == 0)
    }

    @Test func namesWhatDoesNotExist() {
        let user = #expect(throws: CommandFailure.self) { try Account(user: "nobody-of-that-name", group: nil) }
        #expect(user?.message == "user: there is no user \"nobody-of-that-name\" on this machine")
        let group = #expect(throws: CommandFailure.self) { try Account(user: "root", group: "no-group") }
        #expect(group?.message == "group: there is no group \"no-group\" on this machine")
    }
}
