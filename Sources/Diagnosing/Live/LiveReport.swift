import Core
import Foundation

/// What a live run found; it can be shared: no secret, and no host unless asked for, is in it.
public struct LiveReport: Sendable {
    /// One service's part.
    public struct Part: Sendable {
        /// Such as "Octopus".
        public var service: String
        /// The version of the server.
        public var version: String
        /// nil where all went well.
        public var failure: String?
        /// The steps.
        public var steps: [LiveStep]
        /// The calls.
        public var calls: [LiveCall]
        /// What is odd in answers.
        public var notes: [String]
        /// What earlier runs had left, removed now.
        public var leftovers: [String]
        /// What was left for a look.
        public var kept: String?
    }
    /// When it was.
    public var date: Date
    /// The services.
    public var parts: [Part]

    /// All went well.
    public var isGood: Bool { parts.allSatisfy { $0.failure == nil } }
    /// Calls in all.
    public var calls: Int { parts.reduce(0) { $0 + $1.calls.count } }

    /// The report as data, members in a fixed order.
    ///
    /// - Parameter hide: takes hosts and names out of a text.
    public func json(version: String, platform: String, hide: (String) -> String) -> JSONValue {
        [
            "version": 1, "nante": .string(version), "date": .string(date.iso8601), "platform": .string(platform),
            "good": .bool(isGood), "services": .array(parts.map { LiveReport.json($0, hide) }),
        ]
    }

    private static func json(_ part: Part, _ hide: (String) -> String) -> JSONValue {
        let steps: [JSONValue] = part.steps.map { step in
            [
                "step": .string(step.title), "ok": .bool(step.failure == nil),
                "failure": step.failure.map { .string(hide($0)) } ?? nil,
                "milliseconds": .number((step.took.seconds * 1_000).rounded()),
            ]
        }
        let calls: [JSONValue] = tally(part.calls).map { call, count in
            [
                "method": .string(call.method), "path": .string(hide(call.path)),
                "status": .number(Double(call.status)), "count": .number(Double(count)),
            ]
        }
        return [
            "service": .string(part.service), "serverVersion": .string(part.version),
            "good": .bool(part.failure == nil),
            "failure": part.failure.map { .string(hide($0)) } ?? nil, "steps": .array(steps),
            "calls": .array(calls), "notes": .array(part.notes.map { .string(hide($0)) }),
            "leftovers": .array(part.leftovers.map { .string($0) }),
            "kept": part.kept.map { .string($0) } ?? nil,
        ]
    }

    /// The report in Markdown.
    public func markdown(version: String, platform: String, hide: (String) -> String) -> String {
        var lines = [
            "# nante doctor --live", "",
            "\(version), \(date.iso8601), \(platform): \(isGood ? "all went well" : "something went wrong").", "",
            "Hosts, keys and bodies are not in this report.", "",
        ]
        for part in parts {
            lines += ["## \(part.service) \(part.version)", ""]
            if let failure = part.failure { lines += ["**Failed:** \(hide(failure))", ""] }
            lines += ["| step | result | time |", "|---|---|---|"]
            lines += part.steps.map { step in
                let result = step.failure.map { hide($0).replacing("|", with: "\\|") } ?? "ok"
                return "| \(step.title) | \(result) | \(step.took.short) |"
            }
            lines += ["", "| call | status | times |", "|---|---|---|"]
            lines += LiveReport.tally(part.calls).map { call, count in
                "| \(call.method) `\(hide(call.path))` | \(call.status == 0 ? "none" : "\(call.status)") | \(count) |"
            }
            if !part.notes.isEmpty { lines += ["", "Odd in answers:", ""] + part.notes.map { "- \(hide($0))" } }
            if !part.leftovers.isEmpty {
                lines += ["", "Removed from earlier runs: \(part.leftovers.joined(separator: ", "))"]
            }
            if let kept = part.kept { lines += ["", "Left for a look: \(kept)"] }
            lines.append("")
        }
        return lines.joined(separator: "\n")
    }

    /// Calls of the same form with their number, in the order of the first.
    static func tally(_ calls: [LiveCall]) -> [(LiveCall, Int)] {
        var order: [LiveCall] = []
        var counts: [LiveCall: Int] = [:]
        for call in calls {
            if counts[call] == nil { order.append(call) }
            counts[call, default: 0] += 1
        }
        return order.map { ($0, counts[$0] ?? 0) }
    }
}
