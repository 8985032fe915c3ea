import Core
import Foundation

/// The built nante, run as a user runs it.
struct Binary: Sendable {
    /// Its path, beside the test bundle.
    static let path: String = {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.appending(path: ".build/debug/nante").path
    }()

    /// Runs it with an environment of its own: no setting of the caller reaches it.
    static func run(
        _ arguments: [String], in folder: String = "/tmp", environment: [String: String] = [:],
        home: String? = nil, limit: Duration = .seconds(60)
    ) async throws -> CommandResult {
        var variables = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder]
        variables["NANTE_HOME"] = home ?? folder.appending(path: "nante-home")
        variables.merge(environment) { $1 }
        let runner = SystemProcessRunner(environment: variables)
        return try await runner.run(
            Command(path, arguments, environment: .exact(variables), workingDirectory: folder, deadline: limit))
    }

    /// Runs a body in a folder of its own, which goes afterwards.
    static func inFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = "/tmp/nante-command-\(SystemRandom().hex(bytes: 6))"
        try DiskFileSystem().makeDirectory(folder)
        defer { try? DiskFileSystem().remove(folder) }
        return try await body(folder)
    }
}
