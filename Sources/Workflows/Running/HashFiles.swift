import Core
import Crypto
import Foundation

/// The function `hashFiles`: SHA-256 over the raw SHA-256 digests of the files that match, in the order they are found.
///
/// Source: actions/runner, src/Misc/expressionFunc/hashFiles.
struct HashFiles {
    /// The file system.
    let files: any FileSystem
    /// The folder that is searched; nothing outside of it counts.
    let workspace: String

    /// The digest as hexadecimal text; empty when nothing matches.
    func callAsFunction(_ arguments: [String]) throws -> String {
        let texts = arguments.filter { $0 != "--follow-symbolic-links" }.flatMap { $0.split(separator: "\n") }
        let patterns = texts.compactMap { FilePattern(String($0), workspace: workspace) }
        var whole = SHA256()
        var any = false
        for path in try matches(patterns) {
            let data = try files.read(workspace.appending(path: path.joined(separator: "/")))
            SHA256.hash(data: data).withUnsafeBytes { whole.update(bufferPointer: $0) }
            any = true
        }
        return any ? Array(whole.finalize()).hex : ""
    }

    /// The files that match, each once.
    func matches(_ patterns: [FilePattern]) throws -> [[String]] {
        var starts: [[String]] = []
        for pattern in patterns where !pattern.excludes {
            let start = pattern.searchParts
            guard !starts.contains(where: { start.starts(with: $0) }) else { continue }
            starts.removeAll { $0.starts(with: start) }
            starts.append(start)
        }
        var found: [[String]] = []
        for start in starts { try walk(start, patterns, &found) }
        return found
    }

    private func walk(_ path: [String], _ patterns: [FilePattern], _ found: inout [[String]]) throws {
        let full = workspace.appending(path: path.joined(separator: "/"))
        guard files.exists(full) else { return }
        if files.isDirectory(full) {
            // A link to a folder could lead in circles.
            if !path.isEmpty, (try? FileManager.default.destinationOfSymbolicLink(atPath: full)) != nil { return }
            for name in try files.list(full) { try walk(path + [name], patterns, &found) }
        } else if patterns.reduce(false, { $1.matches(path) ? !$1.excludes : $0 }) {
            found.append(path)
        }
    }
}
