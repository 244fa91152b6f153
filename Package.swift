// swift-tools-version: 6.2
import PackageDescription

/// Every target is built alike: Swift 6 language mode, strict memory safety, warnings as errors.
let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name), "RandomTesting"] + dependencies,
        swiftSettings: settings)
}

let package = Package(
    name: "peopled",
    products: [
        .executable(name: "peopled", targets: ["peopled"]),
        .executable(name: "peoplefeed", targets: ["peoplefeed"]),
        // For Interop/fuzz, a package of its own, since it is built with a sanitizer.
        .library(name: "FuzzTargets", targets: ["FuzzTargets"]),
    ],
    targets: [
        .executableTarget(
            name: "peopled",
            dependencies: [
                "Addresses", "Administration", "AttributeIndex", "CSystem", "CommandLineTools", "CommonInterface",
                "Credentials", "Directory", "EventLog", "HTTP", "LDAP", "LDAPClient", "LDAPServer", "LDIF",
                "Provisioning",
                "Schema", "Storage", "Transport",
            ],
            swiftSettings: settings),

        .executableTarget(
            name: "peoplefeed",
            dependencies: [
                "Administration", "CommandLineTools", "CommonInterface", "EventLog", "HTTP", "IdentityProvider", "LDIF",
                "Schema", "Storage", "Transport",
            ],
            swiftSettings: settings),
        module("CommandLineTools"),
        // How commands speak with the server beside them.
        module("Administration", ["EventLog", "HTTP", "Transport"]),

        // Control plane: what fills the index.
        module(
            "Provisioning",
            [
                "AttributeIndex", "CommonInterface", "Credentials", "Directory", "EventLog", "HTTP", "LDIF",
                "ReusedMemory", "Schema", "Storage", "Transport",
            ]),
        module("LDIF", ["Schema"]),
        module("CommonInterface", ["CivilCalendar", "LDIF", "Schema"]),

        // The other end: the identity provider's agent.
        module(
            "IdentityProvider",
            [
                "CommonInterface", "Credentials", "EventLog", "HTTP", "LDAP", "LDIF", "Schema", "Storage", "Transport",
            ]),

        // Data plane: what answers from it.
        module(
            "LDAPServer",
            [
                "Addresses", "BER", "LDAP", "LDAPClient", "Schema", "AttributeIndex", "Directory", "Credentials",
                "EventLog", "ReusedMemory", "Transport",
            ]),
        module("LDAPClient", ["BER", "LDAP", "Transport"]),
        module("Directory", ["Addresses", "AttributeIndex", "BER", "LDAP", "ReusedMemory", "Schema"]),
        module("LDAP", ["BER", "ReusedMemory"]),
        module("BER"),
        module("ReusedMemory"),

        // What both stand on.
        module("AttributeIndex", ["BER", "ReusedMemory", "Schema", "Storage"]),
        module("Schema", ["UnicodeNormalization"]),
        module("Credentials", ["Storage", "UnicodeNormalization", "COpenSSL", "CSystem"]),
        module("UnicodeNormalization"),
        module("Storage", ["CSystem"]),
        module("HTTP", ["Addresses", "CivilCalendar", "Transport", "EventLog"]),
        module("Transport", ["Addresses", "COpenSSL", "CSystem"]),
        module("Addresses"),
        module("EventLog", ["CivilCalendar"]),
        module("CivilCalendar"),

        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "CSystem", linkerSettings: [.linkedLibrary("crypt")]),

        // Random numbers that a seed repeats.
        .target(name: "RandomTesting", path: "Tests/RandomTesting", swiftSettings: settings),
        // A file system whose calls fail as a test asks, and temporary directories.
        .target(
            name: "StorageTesting", dependencies: ["Storage"], path: "Tests/StorageTesting", swiftSettings: settings),

        // Certificates for tests.
        .target(name: "TransportTesting", path: "Tests/TransportTesting", swiftSettings: settings),

        tests(of: "BER"),
        tests(of: "ReusedMemory"),
        tests(of: "LDAP", ["BER", "ReusedMemory"]),
        tests(of: "LDAPClient", ["LDAP", "Transport"]),
        tests(of: "Schema"),
        tests(of: "LDIF", ["Schema"]),
        tests(of: "CommonInterface", ["LDIF", "Schema"]),
        tests(
            of: "IdentityProvider",
            ["CommonInterface", "Credentials", "EventLog", "LDIF", "Schema", "Storage", "StorageTesting"]),
        tests(of: "Storage", ["StorageTesting"]),
        tests(of: "AttributeIndex", ["BER", "Schema", "Storage", "StorageTesting"]),
        tests(of: "Directory", ["AttributeIndex", "BER", "LDAP", "Schema", "Storage"]),
        tests(
            of: "Provisioning",
            [
                "AttributeIndex", "CommonInterface", "Credentials", "Directory", "EventLog", "HTTP", "IdentityProvider",
                "LDIF", "Schema", "Storage", "StorageTesting", "Transport", "TransportTesting",
            ]),
        tests(of: "Credentials", ["Storage", "StorageTesting"]),
        tests(of: "Transport", ["Addresses", "TransportTesting"]),
        tests(of: "HTTP", ["EventLog", "Transport", "TransportTesting"]),
        tests(of: "Administration", ["EventLog", "HTTP", "StorageTesting", "Transport"]),
        tests(of: "EventLog"),
        tests(of: "Addresses"),
        tests(
            of: "LDAPServer",
            [
                "Addresses", "AttributeIndex", "BER", "Credentials", "Directory", "LDAP", "LDAPClient", "LDIF",
                "Provisioning",
                "Schema", "Storage", "Transport", "TransportTesting",
            ]),
        tests(
            of: "peopled",
            [
                "Addresses", "Administration", "CommandLineTools", "CommonInterface", "Credentials", "Directory",
                "LDAPServer",
                "Provisioning", "Schema",
                "Storage",
                "Transport", "TransportTesting",
            ]),

        .target(
            name: "FuzzTargets",
            dependencies: [
                "AttributeIndex", "BER", "CommonInterface", "Credentials", "HTTP", "LDAP", "LDIF", "ReusedMemory",
                "Schema",
                "Storage",
                "Transport",
            ],
            path: "Tests/FuzzTargets", swiftSettings: settings),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "RandomTesting"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
