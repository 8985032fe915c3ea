import Foundation
import Yams

/// A node of a YAML file with its place, read strictly: unknown keys and wrong types are faults with line and column.
public struct YAMLReader {
    /// The file as the user named it.
    public let file: String
    /// The node.
    public let node: Node
    private let lines: [Substring]

    /// Composes a file of one document.
    public init(text: String, file: String) throws(SourceFault) {
        self.file = file
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        do {
            node = try Yams.compose(yaml: text) ?? Node([:])
        } catch let error as YamlError {
            throw YAMLReader.fault(of: error, file: file, lines: lines)
        } catch {
            throw SourceFault(file: file, line: 1, column: 1, message: "\(error)")
        }
    }

    private init(file: String, node: Node, lines: [Substring]) {
        self.file = file
        self.node = node
        self.lines = lines
    }

    private static func fault(of error: YamlError, file: String, lines: [Substring]) -> SourceFault {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let text = lines.indices.contains(mark.line - 1) ? String(lines[mark.line - 1]) : nil
            return SourceFault(
                file: file, line: mark.line, column: mark.column, message: "not YAML: \(problem)", source: text)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "\($0)" }.joined(separator: ", ")
            return SourceFault(
                file: file, line: context.mark.line, column: context.mark.column,
                message: "a key stands twice: \(names)")
        default: return SourceFault(file: file, line: 1, column: 1, message: "not YAML: \(error)")
        }
    }

    /// A fault at this node.
    public func fault(_ message: String) -> SourceFault {
        let line = node.mark?.line ?? 1
        let text = lines.indices.contains(line - 1) ? String(lines[line - 1]) : nil
        return SourceFault(file: file, line: line, column: node.mark?.column ?? 1, message: message, source: text)
    }

    private func reader(_ node: Node) -> YAMLReader { YAMLReader(file: file, node: node, lines: lines) }

    /// The node is empty or null.
    public var isNull: Bool {
        if case .scalar(let scalar) = node { node.null != nil && scalar.style == .plain } else { false }
    }

    /// The members of a mapping in their order, keys as text.
    public func members(of what: String) throws(SourceFault) -> [(key: String, at: YAMLReader, value: YAMLReader)] {
        if isNull { return [] }
        guard case .mapping(let mapping) = node else { throw fault("\(what) must be a mapping") }
        var members: [(key: String, at: YAMLReader, value: YAMLReader)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw reader(key).fault("a key of \(what) must be text") }
            members.append((name, reader(key), reader(value)))
        }
        return members
    }

    /// The members of a mapping that has only the given keys; a misspelt one is told with the nearest.
    public func members(of what: String, known: [String]) throws(SourceFault) -> [String: YAMLReader] {
        var found: [String: YAMLReader] = [:]
        for member in try members(of: what) {
            guard known.contains(member.key) else {
                let near = known.min { $0.distance(to: member.key) < $1.distance(to: member.key) }
                let hint = near.flatMap { $0.distance(to: member.key) <= 2 ? ", did you mean \($0)?" : nil }
                throw member.at.fault(
                    "\(what) has no key \(member.key)\(hint ?? "; known: \(known.joined(separator: ", "))")")
            }
            found[member.key] = member.value
        }
        return found
    }

    /// The items of a sequence; a single scalar counts as one item.
    public func items(of what: String) throws(SourceFault) -> [YAMLReader] {
        switch node {
        case .sequence(let sequence): return sequence.map(reader)
        case .scalar: return isNull ? [] : [self]
        default: throw fault("\(what) must be a list")
        }
    }

    /// The text of a scalar.
    public func text(of what: String) throws(SourceFault) -> String {
        guard let scalar = node.scalar, !isNull else { throw fault("\(what) must be text") }
        return scalar.string
    }

    /// A whole number in a range.
    public func integer(of what: String, in range: ClosedRange<Int>) throws(SourceFault) -> Int {
        guard let number = node.int, range.contains(number) else {
            throw fault("\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A boolean.
    public func flag(of what: String) throws(SourceFault) -> Bool {
        guard let flag = node.bool else { throw fault("\(what) must be true or false") }
        return flag
    }

    /// A duration such as 20s, 250ms or 5m.
    public func duration(of what: String) throws(SourceFault) -> Duration {
        guard let duration = Duration(short: try text(of: what)) else {
            throw fault("\(what) must be a duration such as 20s, 250ms or 5m")
        }
        return duration
    }

    /// A text that matches a rule told in words.
    public func text(
        of what: String, rule: String, where holds: (String) -> Bool
    ) throws(SourceFault) -> String {
        let value = try text(of: what)
        guard holds(value) else { throw fault("\(what) must be \(rule)") }
        return value
    }
}

extension String {
    /// The edit distance (Levenshtein) to another text, for hints.
    public func distance(to other: String) -> Int {
        let left = Array(self), right = Array(other)
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var previous = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = Swift.min(above + 1, row[j] + 1, previous + (a == b ? 0 : 1))
                previous = above
            }
        }
        return row[right.count]
    }
}
