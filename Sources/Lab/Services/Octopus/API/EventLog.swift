import Core
import Foundation
import GRDB
import Hummingbird

/// The audit trail: what was done to what, and by whom.
enum EventLog {
    /// Adds an event of a call.
    static func add(
        _ db: Database, _ call: OctopusCall, _ category: String, _ message: String, _ related: [String]
    ) throws {
        try add(db, space: call.space, at: call.now, user: OctopusServer.userName, category, message, related)
    }

    /// Adds an event.
    static func add(
        _ db: Database, space: String, at now: Date, user: String, _ category: String, _ message: String,
        _ related: [String]
    ) throws {
        let sentence = message.prefix(1).uppercased() + message.dropFirst()
        let id = "Events-\(try Counter.next(db, "Events"))"
        let isUser = user == OctopusServer.userName
        try Document(
            kind: .event, id: id, space: space, name: category, owner: nil,
            body: [
                "RelatedDocumentIds": JSONValue(related), "Category": .string(category),
                "UserId": .string(isUser ? OctopusServer.userId : "users-system"), "Username": .string(user),
                "IsService": .bool(false), "IdentityEstablishedWith": .string(isUser ? "API key" : ""),
                "UserAgent": .string(isUser ? "Api" : "Server"), "Occurred": .string(now.octopus),
                "Message": .string(sentence), "MessageHtml": .string(sentence.htmlEscaped),
                "MessageReferences": .array([]), "Comments": .null, "Details": .null,
                "ChangeDetails": ["DocumentContext": .null, "Differences": .null], "IpAddress": .null,
            ]
        ).insert(db)
    }

    /// Events, newest first.
    static let type = ResourceType(
        kind: .event, fields: [], isNamed: false,
        filters: [
            "regarding": related, "regardingAny": related, "projects": related, "environments": related,
            "eventCategories": { event, wanted in
                wanted.contains { $0.lowercased() == event.text("Category").lowercased() }
            },
        ],
        isBefore: { number($0) > number($1) },
        links: { event, _ in [("Self", "/api/events/\(event.id)")] },
        calls: [.list, .get])

    @Sendable private static func related(_ event: Document, _ wanted: [String]) -> Bool {
        let ids = Set(event.texts("RelatedDocumentIds").map { $0.lowercased() })
        return wanted.contains { ids.contains($0.lowercased()) }
    }

    private static func number(_ event: Document) -> Int { Int(event.id.split(separator: "-").last ?? "") ?? 0 }
}

extension String {
    /// The text with the five characters escaped that HTML and XML give a meaning.
    var htmlEscaped: String {
        var out = ""
        for character in self {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.append(character)
            }
        }
        return out
    }
}
