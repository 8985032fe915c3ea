/// The filters of `on.push`: which refs and files start a workflow.
///
/// Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax (on.push, filter patterns).
public struct PushFilter: Sendable, Hashable {
    /// Patterns by the name of the filter: branches, branches-ignore, tags, tags-ignore, paths, paths-ignore.
    public var filters: [String: [String]]

    /// Filters; none lets everything through.
    public init(_ filters: [String: [String]]) { self.filters = filters }

    /// Whether a push of a ref starts the workflow.
    ///
    /// - Parameter changed: the files that the push changed, asked for only where a filter needs them.
    public func admits(_ ref: PushedRef, changed: () async throws -> [String]) async throws -> Bool {
        guard let kind = ref.kind, admitsRef(kind, ref.short) else { return false }
        // Path filters are not looked at for tags.
        guard kind == .branch, filters["paths"] != nil || filters["paths-ignore"] != nil else { return true }
        let files = try await changed()
        if let wanted = filters["paths"] { return files.contains { PushFilter.match(wanted, $0) } }
        if let ignored = filters["paths-ignore"] { return files.contains { !PushFilter.match(ignored, $0) } }
        return true
    }

    private func admitsRef(_ kind: PushedRef.Kind, _ name: String) -> Bool {
        let (own, other) = kind == .branch ? ("branches", "tags") : ("tags", "branches")
        if let wanted = filters[own] { return PushFilter.match(wanted, name) }
        if let ignored = filters[own + "-ignore"] { return !PushFilter.match(ignored, name) }
        // Filters for the one kind alone leave the other out.
        return filters[other] == nil && filters[other + "-ignore"] == nil
    }

    /// The last pattern that fits decides; one with "!" leaves out again.
    static func match(_ patterns: [String], _ name: String) -> Bool {
        var admitted = false
        for pattern in patterns {
            if pattern.hasPrefix("!") {
                if matches(String(pattern.dropFirst()), name) { admitted = false }
            } else if matches(pattern, name) {
                admitted = true
            }
        }
        return admitted
    }

    /// One pattern: `*` any characters but "/", `**` any, `?` and `+` count the character before, `[…]` a set.
    static func matches(_ pattern: String, _ name: String) -> Bool {
        guard let regex = try? Regex(expression(pattern)) else { return pattern == name }
        return name.wholeMatch(of: regex) != nil
    }

    private static func expression(_ pattern: String) -> String {
        var out = ""
        var rest = Array(pattern)[...]
        while let sign = rest.popFirst() {
            switch sign {
            case "*":
                guard rest.first == "*" else {
                    out += "[^/]*"
                    continue
                }
                rest = rest.drop { $0 == "*" }
                if rest.first == "/", out.isEmpty || out.hasSuffix("/") {
                    // "**/x" also means x at the top.
                    rest.removeFirst()
                    out += "(?:.*/)?"
                } else {
                    out += ".*"
                }
            case "?", "+": out += out.isEmpty ? "\\\(sign)" : String(sign)
            case "[":
                guard let end = rest.firstIndex(of: "]") else {
                    out += "\\["
                    continue
                }
                let set = rest[..<end].map { "\\[^&".contains($0) ? "\\\($0)" : String($0) }.joined()
                out += "[\(set)]"
                rest = rest[(end + 1)...]
            case "\\": if let next = rest.popFirst() { out += escaped(next) }
            default: out += escaped(sign)
            }
        }
        return out
    }

    private static func escaped(_ character: Character) -> String {
        character.isLetter || character.isNumber || character == "/" || character == "-" || character == "_"
            ? String(character) : "\\\(character)"
    }
}
