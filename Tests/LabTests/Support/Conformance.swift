import Core
import Foundation
import Testing

/// The vendors' evidence beside the repository, where it is there (`NANTE_SHARED`, else `../shared`).
enum Conformance {
    static let folder: String? = {
        let root = #filePath.components(separatedBy: "/Tests/")[0]
        let shared = ProcessInfo.processInfo.environment["NANTE_SHARED"] ?? root + "/../shared"
        let path = shared + "/conformance/vendors"
        return FileManager.default.fileExists(atPath: path + "/check.py") ? path : nil
    }()

    /// The evidence and its checker are there.
    static var isAvailable: Bool { folder != nil && SystemProcessRunner(environment: [:]).find("python3") != nil }

    /// An exchange as the checker takes it.
    static func exchange(
        _ method: String, _ path: String, request: JSONValue? = nil, status: Int, response: Data
    ) -> JSONValue {
        let plain: JSONValue = response.isEmpty ? .null : .string(String(decoding: response, as: UTF8.self))
        let body = (try? JSONValue.parse(response)) ?? plain
        return [
            "method": .string(method), "path": .string(path), "request": request ?? .null,
            "status": .number(Double(status)), "response": body,
        ]
    }

    /// Lets the checker look at exchanges; its findings, empty when there is none.
    static func findings(_ vendor: String, _ exchanges: [JSONValue]) async throws -> [String] {
        guard let folder else { return [] }
        let lines = exchanges.map { $0.text() }.joined(separator: "\n") + "\n"
        let runner = SystemProcessRunner(environment: ProcessInfo.processInfo.environment)
        let result = try await runner.run(
            Command("python3", [folder + "/check.py", vendor, "--har", "-"], input: lines))
        guard [0, 1, 3].contains(result.code) else { return ["the checker failed: \(result.stderr)"] }
        return result.lines.filter { $0.hasPrefix("violation") || $0.hasPrefix("no-evidence") }
    }
}
