// swift-tools-version: 6.2
import PackageDescription

// A package of its own, because all of it, and all it depends on, is built with libFuzzer and AddressSanitizer: see `run`.
let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "peopled", path: "../..")],
    targets: [
        .executableTarget(
            name: "Fuzz", dependencies: [.product(name: "FuzzTargets", package: "peopled")],
            swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)])
    ],
    swiftLanguageModes: [.v6]
)
