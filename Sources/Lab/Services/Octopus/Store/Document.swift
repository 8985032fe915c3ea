import Core
import GRDB

/// A stored resource: its indexed columns, and the rest as JSON under the API's own names.
struct Document: Sendable, Hashable {
    var kind: DocumentKind
    var id: String
    /// The space that it belongs to; nil for spaces.
    var space: String?
    var name: String
    /// The resource that it hangs on, such as a channel's project; deleted with it.
    var owner: String?
    var body: JSONValue

    /// A member of the body as text; empty where it is not a text.
    func text(_ name: String) -> String { body[name]?.string ?? "" }
    /// A member of the body as a list of texts.
    func texts(_ name: String) -> [String] { body[name]?.array?.compactMap(\.string) ?? [] }
    /// A member of the body as a flag; false where it is none.
    func flag(_ name: String) -> Bool { body[name]?.bool ?? false }
}

extension Document {
    init(row: Row) throws {
        let kind: String = row["kind"]
        let text: String = row["body"]
        guard let known = DocumentKind(rawValue: kind) else {
            throw Failure(.missing, "the lab's database holds an unknown kind of document: \(kind)")
        }
        self.init(
            kind: known, id: row["id"], space: row["space"], name: row["name"], owner: row["owner"],
            body: try JSONValue.parse(text))
    }

    /// The document with the id, in any case of letters; nil where there is none of that kind.
    static func find(_ db: Database, _ kind: DocumentKind, _ id: String, space: String? = nil) throws -> Document? {
        let sql = "SELECT * FROM octopus_document WHERE id = ? AND kind = ? AND (? IS NULL OR space = ?)"
        return try Row.fetchOne(db, sql: sql, arguments: [id, kind.rawValue, space, space]).map(Document.init(row:))
    }

    /// The document with the name, in any case of letters.
    static func named(_ db: Database, _ kind: DocumentKind, _ name: String, space: String?) throws -> Document? {
        let sql = "SELECT * FROM octopus_document WHERE kind = ? AND name = ? AND space IS ? ORDER BY number LIMIT 1"
        return try Row.fetchOne(db, sql: sql, arguments: [kind.rawValue, name, space]).map(Document.init(row:))
    }

    /// All of a kind in the order in which they were made.
    static func all(
        _ db: Database, _ kind: DocumentKind, space: String? = nil, owner: String? = nil
    ) throws -> [Document] {
        let sql = """
            SELECT * FROM octopus_document
            WHERE kind = ? AND (? IS NULL OR space = ?) AND (? IS NULL OR owner = ?) ORDER BY number
            """
        let rows = try Row.fetchAll(db, sql: sql, arguments: [kind.rawValue, space, space, owner, owner])
        return try rows.map(Document.init(row:))
    }

    /// Adds the document.
    func insert(_ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO octopus_document (kind, id, space, name, owner, body) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [kind.rawValue, id, space, name, owner, body.text()])
    }

    /// Replaces the stored document of the same id.
    func update(_ db: Database) throws {
        try db.execute(
            sql: "UPDATE octopus_document SET name = ?, owner = ?, body = ? WHERE id = ? AND kind = ?",
            arguments: [name, owner, body.text(), id, kind.rawValue])
    }

    /// Removes the document, its secrets, and all that hangs on it.
    func delete(_ db: Database) throws {
        let rows = try Row.fetchAll(db, sql: "SELECT * FROM octopus_document WHERE owner = ?", arguments: [id])
        for row in rows { try Document(row: row).delete(db) }
        try db.execute(sql: "DELETE FROM octopus_secret WHERE owner = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM octopus_document WHERE id = ?", arguments: [id])
    }
}

/// Numbers of ids, counted in the transaction that uses them.
enum Counter {
    /// The next number of a kind; the first is 1 unless said otherwise.
    static func next(_ db: Database, _ kind: String, first: Int = 1) throws -> Int {
        try db.execute(
            sql: """
                INSERT INTO octopus_counter (kind, value) VALUES (?, ?)
                ON CONFLICT (kind) DO UPDATE SET value = value + 1
                """, arguments: [kind, first])
        return try Int.fetchOne(db, sql: "SELECT value FROM octopus_counter WHERE kind = ?", arguments: [kind]) ?? first
    }
}

/// Secret values, kept apart from the documents so that no answer can hold one by oversight.
enum Secrets {
    /// The value of a field of a document; nil where none was set.
    static func value(_ db: Database, _ owner: String, _ field: String) throws -> String? {
        try String.fetchOne(
            db, sql: "SELECT value FROM octopus_secret WHERE owner = ? AND field = ?", arguments: [owner, field])
    }

    /// Sets or, by nil, removes a value.
    static func set(_ db: Database, _ owner: String, _ field: String, _ value: String?) throws {
        guard let value else {
            let sql = "DELETE FROM octopus_secret WHERE owner = ? AND field = ?"
            return try db.execute(sql: sql, arguments: [owner, field])
        }
        try db.execute(
            sql: "INSERT OR REPLACE INTO octopus_secret (owner, field, value) VALUES (?, ?, ?)",
            arguments: [owner, field, value])
    }

    /// Copies all secrets of one document to another, for a snapshot.
    static func copy(_ db: Database, from owner: String, to copy: String) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO octopus_secret (owner, field, value)
                SELECT ?, field, value FROM octopus_secret WHERE owner = ?
                """, arguments: [copy, owner])
    }
}

extension JSONValue {
    /// Sets a member of an object, behind those that are there.
    mutating func set(_ name: String, _ value: JSONValue) {
        guard case .object(var members) = self else { return }
        members[name] = value
        self = .object(members)
    }

    /// A copy with members set.
    func with(_ members: [(String, JSONValue)]) -> JSONValue {
        var copy = self
        for (name, value) in members { copy.set(name, value) }
        return copy
    }

    /// A member of an object, null where there is none.
    func at(_ name: String) -> JSONValue { self[name] ?? .null }

    /// The member of an object whose name is the same in any case of letters, the exact one first.
    func member(_ name: String) -> JSONValue? {
        if let exact = self[name] { return exact }
        let wanted = name.lowercased()
        return object?.first { $0.key.lowercased() == wanted }?.value
    }

    /// A text, or null for nil.
    init(_ text: String?) { self = text.map { .string($0) } ?? .null }

    /// A list of texts.
    init(_ texts: [String]) { self = .array(texts.map { .string($0) }) }
}
