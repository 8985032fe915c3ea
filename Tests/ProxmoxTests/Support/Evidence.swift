import Core
import Foundation

/// What others published about the API; not part of the repository, used where it is at hand.
enum Evidence {
    static let folder: String? = {
        let root = #filePath.components(separatedBy: "/Tests/")[0]
        let shared = ProcessInfo.processInfo.environment["NANTE_SHARED"] ?? root + "/../shared"
        let path = shared + "/conformance/vendors"
        return FileManager.default.fileExists(atPath: path + "/check.py") ? path : nil
    }()

    static var isThere: Bool { folder != nil }

    static let hasChecker: Bool = {
        guard isThere else { return false }
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/env")
        python.arguments = ["python3", "-c", "import jsonschema"]
        python.standardError = FileHandle.nullDevice
        guard (try? python.run()) != nil else { return false }
        python.waitUntilExit()
        return python.terminationStatus == 0
    }()

    /// The recorded exchanges.
    static func examples() throws -> [JSONValue] {
        let text = try String(contentsOfFile: (folder ?? "") + "/proxmox/examples.jsonl", encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONValue.parse(String($0)) }
    }

    /// Lets the checker look at exchanges; its findings.
    static func violations(_ exchanges: [JSONValue]) async throws -> [String] {
        let lines = exchanges.map { $0.text() }.joined(separator: "\n") + "\n"
        let runner = SystemProcessRunner(environment: ProcessInfo.processInfo.environment)
        let result = try await runner.run(
            Command("python3", [(folder ?? "") + "/check.py", "proxmox", "--har", "-"], input: lines))
        guard [0, 1, 3].contains(result.code) else { return ["the checker failed: \(result.stderr)"] }
        return result.lines.filter { $0.hasPrefix("violation") || $0.hasPrefix("no-evidence") }
    }
}
