// swift-tools-version: 6.1
import PackageDescription

/// The settings of every target, beside Swift 6 language mode: existentials are written with `any`.
let strict: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

let grpcCore = Target.Dependency.product(name: "GRPCCore", package: "grpc-swift-2")
let grpcTransport = Target.Dependency.product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")
let grpcProtobuf = Target.Dependency.product(name: "GRPCProtobuf", package: "grpc-swift-protobuf")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nio = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let certificates = Target.Dependency.product(name: "X509", package: "swift-certificates")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let package = Package(
    name: "TerraformProvider",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "nante-terraform-provider", targets: ["nante-terraform-provider"])],
    dependencies: [
        .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "2.4.1"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    ],
    targets: [
        .target(name: "Wire", dependencies: [grpcCore, grpcProtobuf, protobuf], swiftSettings: strict),
        .target(name: "Values", swiftSettings: strict),
        .target(
            name: "Planning", dependencies: ["Values"], resources: [.embedInCode("Resources/schema.json")],
            swiftSettings: strict),
        .target(name: "Guests", dependencies: ["Values", "Planning", httpClient, nio, nioTLS], swiftSettings: strict),
        .target(
            name: "Provider", dependencies: ["Wire", "Values", "Planning", "Guests", grpcCore, grpcTransport],
            swiftSettings: strict),
        .executableTarget(name: "nante-terraform-provider", dependencies: ["Provider"], swiftSettings: strict),
        .testTarget(
            name: "ProviderTests",
            dependencies: ["Provider", "Guests", "Planning", "Values", nio, nioHTTP, nioTLS, certificates, crypto],
            resources: [.embedInCode("Resources/examples.json")], swiftSettings: strict),
    ])
