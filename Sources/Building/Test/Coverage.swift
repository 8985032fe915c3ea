import Core
import Foundation

/// How much of the code the tests ran, from a coverage profile of go (https://go.dev/blog/cover).
public struct Coverage: Sendable, Hashable {
    /// One source file.
    public struct File: Sendable, Hashable {
        /// Its import path with its name.
        public var name: String
        /// Statements in it.
        public var statements: Int
        /// Statements that were run.
        public var covered: Int
        /// Statements that were not run.
        public var missed: Int { statements - covered }
        /// The part that was run, 0 to 100.
        public var percent: Double { Coverage.percent(covered, of: statements) }
    }

    /// The files, sorted by name.
    public let files: [File]

    /// Reads a profile.
    ///
    /// A block that several test programs report counts once, as run when one of them ran it.
    public init(profile: String) {
        var blocks: [String: (statements: Int, count: Int)] = [:]
        for line in profile.split(separator: "\n") where !line.hasPrefix("mode:") {
            let parts = line.split(separator: " ")
            guard parts.count == 3, let statements = Int(parts[1]), let count = Int(parts[2]) else { continue }
            let known = blocks[String(parts[0])]?.count ?? 0
            blocks[String(parts[0])] = (statements, max(known, count))
        }
        var files: [String: File] = [:]
        for (place, block) in blocks {
            let name = place.lastIndex(of: ":").map { String(place[..<$0]) } ?? place
            var file = files[name] ?? File(name: name, statements: 0, covered: 0)
            file.statements += block.statements
            if block.count > 0 { file.covered += block.statements }
            files[name] = file
        }
        self.files = files.values.sorted { $0.name < $1.name }
    }

    /// The part of all statements that was run, 0 to 100, rounded down to one decimal: 79.96 does not pass a gate
    /// of 80.
    public var percent: Double {
        Coverage.percent(files.reduce(0) { $0 + $1.covered }, of: files.reduce(0) { $0 + $1.statements })
    }

    /// The files with the most statements that were not run.
    public var gaps: [File] {
        files.filter { $0.missed > 0 }.sorted { ($1.missed, $0.name) < ($0.missed, $1.name) }
    }

    private static func percent(_ part: Int, of whole: Int) -> Double {
        whole == 0 ? 0 : (Double(part) * 1000 / Double(whole)).rounded(.down) / 10
    }
}

extension Double {
    /// A percentage with one decimal, such as `92.6 %`.
    var percentText: String { "\((self * 10).rounded() / 10) %" }
}
