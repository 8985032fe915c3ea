import Foundation

/// The files of this repository, read once.
struct Repository: Sendable {
    /// A text file.
    struct File: Sendable {
        let path: String
        let text: String
        /// Whether it is code that ships, not a test.
        var isSource: Bool { path.hasPrefix("Sources/") || path.hasPrefix("StandIns/") && path.contains("/Sources/") }
        var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
    }

    /// The folder of the package.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All Swift files that were written by hand.
    static let swift: [File] = files(
        below: ["Sources", "Tests", "\(standIn)/Sources", "\(standIn)/Tests"], suffixes: [".swift"]
    ).filter { !$0.path.contains("/Generated/") }
    private static let standIn = "StandIns/TerraformProvider"
    /// All workflow and action files.
    static let workflows: [File] = files(below: [".github"], suffixes: [".yml"])
    /// All Terraform files, without their tests.
    static let terraform: [File] = files(below: ["terraform"], suffixes: [".tf"])
    /// All documents.
    static let documents: [File] =
        files(below: ["docs", "examples", "terraform"], suffixes: [".md"])
        + ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].compactMap(file)

    /// The text of one file; nil where it is not there.
    static func file(_ path: String) -> File? {
        guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else { return nil }
        return File(path: path, text: text)
    }

    private static func files(below folders: [String], suffixes: [String]) -> [File] {
        var found: [File] = []
        for folder in folders {
            let all = FileManager.default.enumerator(atPath: root.appending(path: folder).path) ?? .init()
            for case let name as String in all where suffixes.contains(where: name.hasSuffix) {
                if let file = file("\(folder)/\(name)") { found.append(file) }
            }
        }
        return found.sorted { $0.path < $1.path }
    }
}
