import Core
import Foundation

/// Files that the tests read, recorded from terraform 1.11.4.
enum Recorded {
    static func text(_ name: String) throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: folder.appending(path: "Fixtures/terraform/\(name)"), encoding: .utf8)
    }
    static func lines(_ name: String) throws -> [String] {
        try text(name).split(separator: "\n").map(String.init)
    }
}

/// A context on the real disk and processes with a captured terminal, in a folder of its own that goes afterwards.
func withScratch<Result>(
    environment: [String: String] = [:], _ body: (Context, MemoryTerminal) async throws -> Result
) async throws -> Result {
    let folder = "/tmp/nante-terraform-\(SystemRandom().hex(bytes: 6))"
    try DiskFileSystem().makeDirectory(folder)
    defer { try? DiskFileSystem().remove(folder) }
    var variables = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "TMPDIR"].contains($0.key) }
    variables.merge(environment) { $1 }
    let mask = Mask()
    let terminal = MemoryTerminal(mask: mask)
    let context = Context(
        environment: variables, workingDirectory: folder, files: DiskFileSystem(),
        processes: SystemProcessRunner(environment: variables, grace: .milliseconds(200)),
        http: NetworkHTTPSender(), time: SystemTime(), random: SystemRandom(), terminal: terminal, mask: mask)
    return try await body(context, terminal)
}

/// A generator with a seed, so that a failing case can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
