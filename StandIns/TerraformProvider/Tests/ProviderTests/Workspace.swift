import Foundation
import Provider
import Synchronization
import Testing
import Values

/// A folder in which the real Terraform runs over the provider and a stub cluster.
final class Workspace: Sendable {
    /// Where Terraform is, if it is.
    static let terraform: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/terraform" }.first(where: FileManager.default.isExecutableFile)

    let cluster = StubCluster()
    private let folder: URL
    private let server: StubServer
    private let listener: Listener
    private let serving: Task<Void, any Error>
    private let environment: [String: String]

    private init(folder: URL, cluster: StubCluster) async throws {
        self.folder = folder
        server = try await StubServer { [cluster = self.cluster] in cluster.answer($0) }
        let settings = [
            "PROXMOX_VE_ENDPOINT": server.address, "SSL_CERT_FILE": server.authorities,
            "PROXMOX_VE_API_TOKEN": String(StubCluster.token.dropFirst("PVEAPIToken=".count)),
        ]
        let listener = try Listener(path: folder.appending(path: "s").path, environment: settings)
        self.listener = listener
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        serving = Task { try await listener.run { continuation.yield($0) } }
        var iterator = lines.makeAsyncIterator()
        let line = await iterator.next() ?? ""
        environment = [
            "TF_REATTACH_PROVIDERS": "{\"bpg/proxmox\":\(line)}", "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0", "HOME": folder.path, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "",
        ]
    }

    /// Makes a workspace with the HCL, does something in it, and takes all away again.
    static func with(_ hcl: String, _ work: (Workspace) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tf-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let workspace = try await Workspace(folder: folder, cluster: StubCluster())
        do {
            try workspace.write(hcl)
            try await workspace.run("init")
            try await work(workspace)
        } catch {
            await workspace.end()
            throw error
        }
        await workspace.end()
    }

    /// Puts the HCL of this repository into the folder, with its state beside it; answers whether it is there.
    func takeProduction() async throws -> Bool {
        var root = URL(filePath: #filePath)
        for _ in 0..<5 { root.deleteLastPathComponent() }
        let source = root.appending(path: "terraform")
        guard FileManager.default.fileExists(atPath: source.appending(path: "versions.tf").path) else { return false }
        try FileManager.default.removeItem(at: folder.appending(path: "main.tf"))
        for name in try FileManager.default.contentsOfDirectory(atPath: source.path) where !name.hasPrefix(".") {
            try FileManager.default.copyItem(at: source.appending(path: name), to: folder.appending(path: name))
        }
        let backend = "terraform {\n  backend \"local\" {}\n}\n"
        try backend.write(to: folder.appending(path: "backend_override.tf"), atomically: true, encoding: .utf8)
        try await run("init")
        return true
    }

    /// Sets the root's variables.
    func set(_ variables: String) throws {
        try variables.write(to: folder.appending(path: "test.auto.tfvars"), atomically: true, encoding: .utf8)
    }

    private func end() async {
        listener.stop()
        serving.cancel()
        _ = try? await serving.value
        try? await server.stop()
    }

    /// Replaces the HCL below the block `terraform`.
    func write(_ hcl: String) throws {
        let head = "terraform {\n  required_providers {\n    proxmox = { source = \"bpg/proxmox\" }\n  }\n}\n"
        try (head + hcl).write(to: folder.appending(path: "main.tf"), atomically: true, encoding: .utf8)
    }

    /// What a run of Terraform printed, and how it ended.
    struct Outcome: Sendable {
        let status: Int32
        let output: String
    }

    /// Runs Terraform and returns what it prints, in one line; an exit that is not wanted is a failure of the test.
    @discardableResult
    func run(_ arguments: String..., status wanted: Int32 = 0) async throws -> String {
        let outcome = try await start(arguments)
        try #require(outcome.status == wanted, "\(arguments): \(outcome.output)")
        return outcome.output.replacing("\n", with: " ")
    }

    /// Runs Terraform and interrupts it once, as Ctrl-C does, when something is so.
    func interrupt(_ arguments: String..., when isTime: @escaping @Sendable () -> Bool) async throws -> Outcome {
        try await start(arguments) { process in
            let clock = ContinuousClock()
            let deadline = clock.now + .seconds(30)
            while !isTime(), clock.now < deadline { try? await Task.sleep(for: .milliseconds(20)) }
            process.interrupt()
        }
    }

    private func start(
        _ arguments: [String], beside: (@Sendable (Process) async -> Void)? = nil
    ) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.terraform))
        process.arguments = arguments + (["output", "show", "state"].contains(arguments[0]) ? [] : ["-no-color"])
        process.currentDirectoryURL = folder
        process.environment = environment
        let file = folder.appending(path: "out-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        let handle = try FileHandle(forWritingTo: file)
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in ended.resume() }
            do { try process.run() } catch { ended.resume(throwing: error) }
            if let beside { Task { await beside(process) } }
        }
        let output = try String(contentsOf: file, encoding: .utf8)
        return Outcome(status: process.terminationStatus, output: output)
    }

    /// The attributes of a resource in the state.
    func attributes(_ type: String) async throws -> JSON {
        let state = try JSON(parsing: await run("show", "-json").utf8)
        let resources = state["values"]["root_module"]["resources"].array
        return try #require(resources.first { $0["type"].string == type })["values"]
    }
}
