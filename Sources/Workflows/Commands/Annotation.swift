import Core

/// A notice, warning or error that a step, or nante about a step, puts on a run.
public struct Annotation: Sendable, Hashable {
    /// How grave it is.
    public enum Level: String, Sendable, Hashable, CaseIterable { case notice, warning, error }
    /// How grave it is.
    public var level: Level
    /// The message, at most 4096 characters.
    public var message: String
    /// A title; nil where none is given.
    public var title: String?
    /// The file it is about, from the top of the repository.
    public var file: String?
    /// The line in the file, from 1.
    public var line: Int?
    /// The column in the line, from 1.
    public var column: Int?

    /// How many of each level a step may make; the rest stays in its log.
    public static let limit = 10

    /// An annotation.
    public init(
        _ level: Level, _ message: String, title: String? = nil, file: String? = nil, line: Int? = nil,
        column: Int? = nil
    ) {
        self.level = level
        self.message = String(message.prefix(4096))
        self.title = title
        self.file = file
        self.line = line
        self.column = column
    }

    /// The annotation that a command makes; nil for other commands.
    init?(_ command: WorkflowCommand) {
        guard let level = Level(rawValue: command.name) else { return nil }
        self.init(
            level, command.data, title: command.properties["title"], file: command.properties["file"],
            line: command.properties["line"].flatMap { Int($0) }, column: command.properties["col"].flatMap { Int($0) })
    }

    /// The annotation as it is written to a journal.
    public var json: JSONValue {
        var value: JSONValue = ["level": .string(level.rawValue), "message": .string(message)]
        value.set("title", title.map { .string($0) })
        value.set("file", file.map { .string($0) })
        value.set("line", line.map { .number(Double($0)) })
        value.set("column", column.map { .number(Double($0)) })
        return value
    }

    /// Reads what `json` writes; nil for anything else.
    init?(json: JSONValue) {
        guard let level = json["level"]?.string.flatMap(Level.init), let message = json["message"]?.string else {
            return nil
        }
        self.init(
            level, message, title: json["title"]?.string, file: json["file"]?.string, line: json["line"]?.int,
            column: json["column"]?.int)
    }

    /// The place and message in one line.
    public var text: String {
        let place = file.map { file in file + (line.map { ":\($0)" } ?? "") + ": " } ?? ""
        return place + (title.map { "\($0): " } ?? "") + message
    }
}

extension JSONValue {
    /// Sets a member of an object; nil leaves the object as it is.
    mutating func set(_ name: String, _ value: JSONValue?) {
        guard let value, case .object(var members) = self else { return }
        members[name] = value
        self = .object(members)
    }
}
