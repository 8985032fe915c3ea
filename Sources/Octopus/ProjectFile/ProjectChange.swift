import Core

/// A difference between a file and what is live.
public struct ProjectChange: Sendable, Hashable {
    /// What kind of difference.
    public enum Kind: String, Sendable {
        case added = "+"
        case changed = "~"
        case removed = "-"
    }
    /// What kind of difference.
    public let kind: Kind
    /// What it is about, such as "step Deploy".
    public let what: String
    /// Members that differ: "Condition: Success → Always".
    public let details: [String]

    /// The change as lines of a diff.
    public var lines: [String] { ["\(kind.rawValue) \(what)"] + details.map { "    \($0)" } }

    /// The differences of two models of the same kind, member by member.
    static func between<Model: WireModel>(_ old: Model, _ new: Model) -> [String] {
        details(old.json, new.json, at: "")
    }

    private static func details(_ old: JSONValue, _ new: JSONValue, at path: String) -> [String] {
        if old == new { return [] }
        if case .object(let before) = old, case .object(let after) = new {
            let names = after.keys + before.keys.filter { after[$0] == nil }
            return names.flatMap { name in
                details(before[name] ?? .null, after[name] ?? .null, at: path.isEmpty ? name : "\(path).\(name)")
            }
        }
        if case .array(let before) = old, case .array(let after) = new, before.count == after.count,
            after.contains(where: { $0.object != nil })
        {
            return zip(before, after).enumerated().flatMap { index, pair in
                details(pair.0, pair.1, at: "\(path)[\(pair.1["Name"]?.string ?? String(index))]")
            }
        }
        return ["\(path): \(brief(old)) → \(brief(new))"]
    }

    private static func brief(_ value: JSONValue) -> String {
        switch value {
        case .null: return "nothing"
        case .string(let text):
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let first = lines.first.map { String($0.prefix(60)) } ?? ""
            return lines.count > 1 || text.count > 60 ? "\"\(first)…\" (\(lines.count) lines)" : "\"\(first)\""
        default:
            let text = value.text()
            return text.count > 60 ? String(text.prefix(60)) + "…" : text
        }
    }
}
