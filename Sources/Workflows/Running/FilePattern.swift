/// A pattern of files in the syntax of @actions/glob: `*`, `?`, `[…]` in a name, `**` over folders, `!` to leave out.
///
/// Names that begin with a dot match like others. Source: actions/toolkit, packages/glob, internal-pattern.ts.
struct FilePattern: Sendable, Hashable {
    /// Files that match are left out again.
    var excludes: Bool
    /// The parts between slashes, from the workspace down.
    var parts: [[Character]]

    /// Reads a pattern; nil for an empty line, a comment, or one that leads out of the workspace.
    init?(_ text: String, workspace: String) {
        var rest = text.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        guard !rest.isEmpty, rest.first != "#" else { return nil }
        excludes = false
        while rest.first == "!" {
            excludes.toggle()
            rest = rest.dropFirst().drop(while: \.isWhitespace)
        }
        if rest.hasPrefix("/") {
            guard rest == workspace[...] || rest.hasPrefix(workspace + "/") else { return nil }
            rest = rest.dropFirst(workspace.count)
        }
        parts = []
        for part in rest.split(separator: "/") where part != "." {
            if part == ".." {
                guard !parts.isEmpty else { return nil }
                parts.removeLast()
            } else {
                parts.append(Array(part))
            }
        }
    }

    /// The folder or file below which every match lies: the parts before the first with a sign.
    var searchParts: [String] {
        parts.prefix { !$0.contains { "*?[".contains($0) } }.map { String($0) }
    }

    /// The path, or a folder above it, matches.
    func matches(_ path: [String]) -> Bool {
        FilePattern.match(parts[...], path.map(Array.init)[...])
    }

    private static func match(_ pattern: ArraySlice<[Character]>, _ path: ArraySlice<[Character]>) -> Bool {
        // A folder that matches stands for all that is in it.
        guard let part = pattern.first else { return true }
        if part == ["*", "*"] {
            if match(pattern.dropFirst(), path) && !(pattern.count == 1 && path.isEmpty) { return true }
            return !path.isEmpty && match(pattern, path.dropFirst())
        }
        guard let name = path.first, matchName(part[...], name[...]) else { return false }
        return match(pattern.dropFirst(), path.dropFirst())
    }

    private static func matchName(_ pattern: ArraySlice<Character>, _ name: ArraySlice<Character>) -> Bool {
        guard let sign = pattern.first else { return name.isEmpty }
        switch sign {
        case "*":
            let rest = pattern.drop { $0 == "*" }
            return (name.startIndex...name.endIndex).contains { matchName(rest, name[$0...]) }
        case "?": return !name.isEmpty && matchName(pattern.dropFirst(), name.dropFirst())
        case "[":
            guard let end = pattern.dropFirst(2).firstIndex(of: "]") else { fallthrough }
            guard let first = name.first else { return false }
            let set = pattern[(pattern.startIndex + 1)..<end]
            return inSet(first, set) && matchName(pattern[(end + 1)...], name.dropFirst())
        default: return name.first == sign && matchName(pattern.dropFirst(), name.dropFirst())
        }
    }

    private static func inSet(_ character: Character, _ set: ArraySlice<Character>) -> Bool {
        var rest = set
        let negated = rest.first == "!" || rest.first == "^"
        if negated { rest.removeFirst() }
        var found = false
        while let low = rest.popFirst() {
            if rest.first == "-", rest.count > 1 {
                rest.removeFirst()
                let high = rest.removeFirst()
                if low <= high, (low...high).contains(character) { found = true }
            } else if low == character {
                found = true
            }
        }
        return found != negated
    }
}
