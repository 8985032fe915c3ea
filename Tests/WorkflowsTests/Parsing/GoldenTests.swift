import Core
import Foundation
import Testing

@testable import Workflows

/// GitHub's own reader goldens, where they are on this machine: verdict, messages and places.
@Suite("GitHub's reader goldens", .enabled(if: Vectors.isThere))
struct GoldenTests {
    /// Cases that are not met, and why.
    static let unmet = [
        "errors-anchor-tag.yml": "older than GitHub's support of anchors (August 2025)",
        "errors-reusable-workflow-max-result-size.yml": "a limit of two kilobytes that only the test sets",
    ]

    @Test("verdict, message and place", arguments: Vectors.files("workflow-parser", suffix: ".yml"))
    func golden(path: String) throws {
        let name = path.lastPathComponent
        let golden = try Golden(path)
        let wanted = golden.errors
        let got = golden.check(name)
        if Self.unmet[name] != nil {
            #expect(got != wanted, "\(name) is met now: take it off the list")
        } else {
            #expect(got == wanted)
        }
    }
}

/// One golden file.
private struct Golden {
    let options: [String: String]
    let text: String
    let called: [String: String]
    let errors: [String]

    init(_ path: String) throws {
        let all = try String(contentsOfFile: path, encoding: .utf8)
        var parts: [String] = [""]
        for line in all.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.trimmingCharacters(in: .whitespaces) == "---", !line.hasPrefix(" ") {
                parts.append("")
            } else {
                parts[parts.count - 1] += line + "\n"
            }
        }
        var options: [String: String] = [:]
        for line in parts[0].split(separator: "\n") {
            let halves = line.split(separator: ":", maxSplits: 1)
            if halves.count == 2 {
                options[String(halves[0])] = halves[1].prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            }
        }
        self.options = options
        text = parts[1]
        var called: [String: String] = [:]
        for place in stride(from: 2, to: parts.count - 1, by: 2) {
            called[parts[place].trimmingCharacters(in: .whitespacesAndNewlines)] = parts[place + 1]
        }
        self.called = called
        let json = try JSONValue.parse(parts[parts.count - 1])
        errors = (json["errors"]?.array ?? []).compactMap { $0["Message"]?.string }
    }

    func check(_ name: String) -> [String] {
        var check = WorkflowCheck(source: TextSource(files: called))
        if let depth = options["max-depth"].flatMap({ Int($0) }) { check.limits.depth = depth }
        if let jobs = options["max-job-limit"].flatMap({ Int($0) }) { check.maximumJobs = jobs }
        if let levels = options["max-nested-reusable-workflows-depth"].flatMap({ Int($0) }) {
            check.maximumNesting = levels
        }
        if options["permissions-policy"] == "LimitedRead" { check.policy = .limitedRead }
        do {
            _ = try check.check(text: text, file: ".github/workflows/\(name)")
            return []
        } catch {
            return error.faults.map { fault in
                let place = fault.line > 0 ? " (Line: \(fault.line), Col: \(fault.column))" : ""
                let isBare = fault.line == 0 && !errors.contains { $0.hasPrefix(fault.file) }
                return isBare ? fault.message : "\(fault.file)\(place): \(fault.message)"
            }
        }
    }
}
