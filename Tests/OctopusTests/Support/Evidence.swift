import Core
import Foundation
import Testing

@testable import Octopus

/// What others published about the API; not part of the repository, used where it is at hand.
enum Evidence {
    static let folder: String? = {
        let environment = ProcessInfo.processInfo.environment
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let candidates = [environment["NANTE_SHARED"], root.appending(path: "../shared").standardized.path()]
        return candidates.compactMap { $0 }.map { $0 + "/conformance" }
            .first { FileManager.default.fileExists(atPath: $0 + "/vendors/check.py") }
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
        let text = try String(contentsOfFile: (folder ?? "") + "/vendors/octopus/examples.jsonl", encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONValue.parse(String($0)) }
    }

    /// Runs the checker over exchanges; returns its violations.
    static func violations(_ exchanges: [JSONValue]) throws -> [String] {
        let checker = Process()
        checker.executableURL = URL(filePath: "/usr/bin/env")
        checker.arguments = ["python3", (folder ?? "") + "/vendors/check.py", "octopus", "--har", "-"]
        let input = Pipe()
        let output = Pipe()
        checker.standardInput = input
        checker.standardOutput = output
        try checker.run()
        let lines = exchanges.map { $0.text() }.joined(separator: "\n") + "\n"
        // Written beside the reading, since either pipe may fill up.
        let writer = input.fileHandleForWriting
        DispatchQueue.global().async {
            try? writer.write(contentsOf: Data(lines.utf8))
            try? writer.close()
        }
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        checker.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("violation") || $0.hasPrefix("no-evidence") }
    }
}
