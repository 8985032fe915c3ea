import Core

/// All findings of a run.
public struct CheckReport: Sendable, Hashable {
    /// In the order of the checks.
    public var findings: [Finding]

    /// A report.
    public init(_ findings: [Finding]) { self.findings = findings }

    /// How many have a status.
    public func count(_ status: Finding.Status) -> Int { findings.count { $0.status == status } }

    /// How the command ends: `failed` when something is wrong, else `missing` when something is absent.
    public var exit: Exit {
        if count(.failed) > 0 { return .failed }
        return count(.missing) > 0 ? .missing : .done
    }

    /// One line about all.
    public var summary: String {
        let words: [(Finding.Status, String)] = [
            (.failed, "wrong"), (.missing, "missing"), (.warning, "to know"), (.skipped, "not looked at"),
        ]
        let others = words.filter { count($0.0) > 0 }.map { "\(count($0.0)) \($0.1)" }
        return ([count(.ok) == findings.count ? "all \(findings.count) ok" : "\(count(.ok)) ok"] + others)
            .joined(separator: ", ")
    }

    /// The report as data, members in a fixed order.
    public var json: JSONValue {
        [
            "version": 1,
            "summary": .object(
                .init(Finding.Status.allCases.map { ($0.rawValue, JSONValue.number(Double(count($0)))) }) { $1 }),
            "exit": .number(Double(exit.code)), "findings": .array(findings.map(\.json)),
        ]
    }

    /// The report for people: groups, findings, and under what is not well the reason and the way out.
    public func lines(mark: (Finding.Status) -> String) -> [String] {
        var lines: [String] = []
        var group = ""
        let width = (findings.map(\.title.count).max() ?? 0) + 2
        for finding in findings {
            if finding.group != group {
                if !group.isEmpty { lines.append("") }
                lines.append(finding.group)
                group = finding.group
            }
            lines.append("  \(mark(finding.status)) \(finding.title.padding(to: width))\(finding.what)")
            let indent = String(repeating: " ", count: 4 + width)
            lines += finding.details.map { indent + $0 }
            lines += finding.fix.map { indent + "fix  " + $0 }
        }
        return lines + ["", summary]
    }
}
