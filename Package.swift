// swift-tools-version: 6.1
import PackageDescription

/// The settings of every target, beside Swift 6 language mode: existentials are written with `any`.
let strict: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

/// A room: a target whose imports go downward only.
///
/// Layers and contents are in docs/ARCHITECTURE.md.
func room(_ name: String, _ dependencies: [Target.Dependency], embed: [String] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, resources: embed.map { .embedInCode($0) }, swiftSettings: strict)
}

/// A test target for one room.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioFoundation = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let certificates = Target.Dependency.product(name: "X509", package: "swift-certificates")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let collections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "nante",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "nante", targets: ["nante"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // Layer 0
        room(
            "Core",
            [
                subprocess, system, httpClient, nio, nioPosix, nioTLS, nioSSL, nioFoundation, crypto, collections,
                configuration, "Yams",
            ]),
        room("Console", ["Core", "Yams"]),
        // Layer 1
        room("Octopus", ["Core", "Yams", crypto]),
        room("Nexus", ["Core"]),
        room("Proxmox", ["Core"]),
        room("StateStore", ["Core", crypto]),
        .target(name: "Terraform", dependencies: ["Core"], swiftSettings: strict, plugins: ["EmbedHCL"]),
        room("SSH", ["Core"]),
        room("Git", ["Core"]),
        // Layer 2
        room("Workflows", ["Core", "Git", "Yams", collections, crypto]),
        // Scripts that run on hosts are real shell files, so that they can be linted and run; they live in the binary.
        room(
            "Building", ["Core", "Git", "Nexus", "Octopus", crypto],
            embed: ["PreDeploy", "Deploy", "PostDeploy", "DeployFailed"].map { "Scripts/\($0).sh" }),
        room("Deploying", ["Core", "Octopus", "SSH", httpClient, nio], embed: ["Host/nante-slot"]),
        room("Diagnosing", ["Core", "Nexus", "Octopus", "Proxmox", "SSH", "StateStore", "Terraform"]),
        room("Provisioning", ["Core", "Octopus", "Proxmox", "SSH", "StateStore", "Terraform", crypto]),
        // Layer 3
        room(
            "Lab",
            [
                "Core", "Octopus", "Nexus", "Proxmox", "SSH", "StateStore", "Git", hummingbird, hummingbirdTLS, nio,
                nioHTTP, nioPosix, nioSSL, certificates, grdb, lifecycle, logging, crypto, collections,
            ]),
        // Layer 4
        .executableTarget(
            name: "nante",
            dependencies: [
                "Core", "Console", "Octopus", "Nexus", "Proxmox", "SSH", "StateStore", "Terraform", "Git", "Workflows",
                "Building", "Deploying", "Diagnosing", "Provisioning", "Lab", argumentParser,
            ], swiftSettings: strict, plugins: ["StampCommit"]),
        .plugin(name: "StampCommit", capability: .buildTool()),
        .plugin(name: "EmbedHCL", capability: .buildTool()),
        tests("CoreTests", ["Core", hummingbird]),
        tests("ConsoleTests", ["Console", "Core"]),
        tests("OctopusTests", ["Octopus", "Core"]),
        tests("NexusTests", ["Nexus", "Core"]),
        tests("ProxmoxTests", ["Proxmox", "Core", nio, nioPosix, nioSSL, certificates, crypto]),
        tests("StateStoreTests", ["StateStore", "Core"]),
        tests("TerraformTests", ["Terraform", "Core"]),
        tests("GitTests", ["Git", "SSH", "Core"]),
        tests("WorkflowsTests", ["Workflows", "Core"]),
        tests("BuildingTests", ["Building", "Core", "Git", "Nexus", "Octopus"]),
        tests("DeployingTests", ["Deploying", "Core", "Octopus", "SSH", hummingbird]),
        tests("DiagnosingTests", ["Diagnosing", "Core", "Nexus", "Octopus", "Proxmox", "StateStore", "Terraform"]),
        tests("ProvisioningTests", ["Provisioning", "Core", "Octopus", "Proxmox", "SSH", "Terraform"]),
        tests(
            "LabTests",
            ["Lab", "Core", "Diagnosing", "Octopus", "Nexus", "Proxmox", "StateStore", hummingbird, hummingbirdTesting]),
        tests("CommandTests", ["Core"]),
        tests(
            "Acceptance",
            [
                "Core", "Octopus", "Nexus", "Proxmox", "SSH", "StateStore", "Terraform", "Lab", "Provisioning",
                "Deploying", hummingbird, hummingbirdTLS, nio, nioSSL, nioFoundation,
            ]),
        tests("TidyTests", []),
    ]
)
