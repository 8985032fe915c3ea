import Core
import Foundation
import GRDB
import Hummingbird

/// A kind of resource with the usual calls: list, all, get, create, update, delete.
struct ResourceType: Sendable {
    /// What a save or a removal is done with.
    struct Change: Sendable {
        let call: OctopusCall
        /// The document before; nil for a new one.
        let previous: Document?
        /// What the request said, for members that are no part of the shape.
        let given: JSONValue
        /// Secrets that the request sets (or removes, by nil) by the path of the member.
        let secrets: [(field: String, value: String?)]
    }

    let kind: DocumentKind
    let fields: [Field]
    /// Names are unique within the space.
    var isNamed = true
    /// Has a `Slug` made of its name.
    var hasSlug = false
    /// Query parameters that select, beside ids, name and partialName.
    var filters: [String: @Sendable (Document, [String]) -> Bool] = [:]
    /// The order of lists; by name unless said otherwise.
    var isBefore: @Sendable (Document, Document) -> Bool = { $0.name.lowercased() < $1.name.lowercased() }
    /// Checks and completes a document before it is stored.
    var prepare: @Sendable (Database, inout Document, Change) throws -> Void = { _, _, _ in }
    /// What else is stored with a new or changed document.
    var saved: @Sendable (Database, Document, Change) throws -> Void = { _, _, _ in }
    /// Refuses the removal of what is in use.
    var removing: @Sendable (Database, Document) throws -> Void = { _, _ in }
    /// Adds what is computed when a document is shown.
    var present: @Sendable (Database, Document, JSONValue) throws -> JSONValue = { $2 }
    /// Links beside Self.
    var links: @Sendable (Document, String) -> [(String, String)] = { _, _ in [] }
    /// Calls that the kind has; some have no list or no delete.
    var calls: Set<Usual> = Set(Usual.allCases)
    /// Runs after the transaction.
    var afterwards: @Sendable (Document, Change) async throws -> Void = { _, _ in }

    /// The usual calls.
    enum Usual: CaseIterable, Sendable { case list, all, get, create, update, delete }

    /// The routes of the usual calls.
    var routes: [OctopusRoute] {
        var routes: [OctopusRoute] = []
        let folder = kind.folder
        if calls.contains(.list) { routes.append(OctopusRoute(.get, folder, handle: list)) }
        if calls.contains(.all) { routes.append(OctopusRoute(.get, "\(folder)/all", handle: all)) }
        if calls.contains(.get) { routes.append(OctopusRoute(.get, "\(folder)/{id}", handle: get)) }
        if calls.contains(.create) { routes.append(OctopusRoute(.post, folder, handle: create)) }
        if calls.contains(.update) { routes.append(OctopusRoute(.put, "\(folder)/{id}", handle: update)) }
        if calls.contains(.delete) { routes.append(OctopusRoute(.delete, "\(folder)/{id}", handle: delete)) }
        return routes
    }

    /// The resource as it is shown.
    func show(_ db: Database, _ document: Document) throws -> JSONValue {
        let home = document.space.map { "/api/\($0)" } ?? "/api"
        let path = "\(home)/\(kind.folder)/\(document.id)"
        var links = JSONValue.emptyObject
        links.set("Self", .string(path))
        for (name, target) in self.links(document, path) { links.set(name, .string(target)) }
        var shown: JSONValue = ["Id": .string(document.id)]
        if let space = document.space, kind != .buildInformation { shown.set("SpaceId", .string(space)) }
        // Members that begin with "_" are the lab's own notes.
        for (name, value) in document.body.object ?? [:] where !name.hasPrefix("_") { shown.set(name, value) }
        shown = try present(db, document, shown)
        shown.set("Links", links)
        return shown
    }
}

extension ResourceType {
    private func space(_ call: OctopusCall) -> String? { kind == .space ? nil : call.space }

    /// The document of a call's `{id}`: by id, else by slug where the kind has one.
    func document(_ db: Database, _ call: OctopusCall, _ id: String) throws -> Document {
        if let found = try Document.find(db, kind, id, space: space(call)) { return found }
        if hasSlug {
            let all = try Document.all(db, kind, space: space(call))
            if let found = all.first(where: { $0.text("Slug") == id.lowercased() }) { return found }
        }
        throw OctopusFault.missing(kind, id)
    }

    /// The documents that a call's query selects, in order.
    func selected(_ db: Database, _ call: OctopusCall, owner: String? = nil) throws -> [Document] {
        var documents = try Document.all(db, kind, space: space(call), owner: owner).sorted(by: isBefore)
        if let ids = call.list("ids") {
            let wanted = Set(ids.map { $0.lowercased() })
            documents.removeAll { !wanted.contains($0.id.lowercased()) }
        }
        if let name = call.query("name") { documents.removeAll { $0.name.lowercased() != name.lowercased() } }
        if let part = call.query("partialName")?.lowercased() {
            documents.removeAll { !$0.name.lowercased().contains(part) }
        }
        for (name, keep) in filters {
            if let values = call.list(name) { documents.removeAll { !keep($0, values) } }
        }
        return documents
    }

    /// A page of the documents.
    func page(_ call: OctopusCall, owner: String? = nil, path: String? = nil) async throws -> Response {
        let page = try Page(call)
        let base = kind == .space ? "/api" : call.base
        let template = ["ids", "partialName"] + filters.keys.sorted()
        let (items, total) = try await call.read { db -> ([JSONValue], Int) in
            let documents = try selected(db, call, owner: owner)
            return (try page.slice(documents).map { try show(db, $0) }, documents.count)
        }
        return .json(
            page.envelope(
                items, total: total, itemType: kind.itemType, path: path ?? "\(base)/\(kind.folder)",
                template: template))
    }

    @Sendable func list(_ call: OctopusCall) async throws -> Response { try await page(call) }

    @Sendable func all(_ call: OctopusCall) async throws -> Response {
        .json(.array(try await call.read { db in try selected(db, call).map { try show(db, $0) } }))
    }

    @Sendable func get(_ call: OctopusCall) async throws -> Response {
        .json(try await call.read { db in try show(db, try document(db, call, call.argument("id"))) })
    }

    @Sendable func create(_ call: OctopusCall) async throws -> Response {
        let given = try await call.body()
        let (made, change, shown) = try await call.write { db -> (Document, Change, JSONValue) in
            let (made, change) = try store(db, call, given, previous: nil)
            return (made, change, try show(db, made))
        }
        try await afterwards(made, change)
        return .json(shown, status: .created)
    }

    @Sendable func update(_ call: OctopusCall) async throws -> Response {
        let given = try await call.body()
        let (made, change, shown) = try await call.write { db -> (Document, Change, JSONValue) in
            let previous = try document(db, call, call.argument("id"))
            let (made, change) = try store(db, call, given, previous: previous)
            return (made, change, try show(db, made))
        }
        try await afterwards(made, change)
        return .json(shown)
    }

    @Sendable func delete(_ call: OctopusCall) async throws -> Response {
        try await call.write { db in
            let gone = try document(db, call, call.argument("id"))
            try removing(db, gone)
            try gone.delete(db)
            try EventLog.add(db, call, "Deleted", "\(kind.words) \(gone.name) was deleted", [gone.id])
        }
        return .json(.emptyObject)
    }

    /// Reads, checks and stores a request's resource in the caller's transaction.
    func store(
        _ db: Database, _ call: OctopusCall, _ given: JSONValue, previous: Document?
    ) throws -> (Document, Change) {
        var reader = ShapeReader()
        let body = reader.read(fields, given)
        guard reader.faults.isEmpty else { throw OctopusFault.invalid(reader.faults) }
        var document = Document(
            kind: kind, id: previous?.id ?? "", space: space(call), name: body["Name"]?.string ?? "",
            owner: previous?.owner, body: body)
        let change = Change(call: call, previous: previous, given: given, secrets: reader.secrets)
        if isNamed { try checkName(db, document) }
        if hasSlug { try setSlug(db, &document, given) }
        try prepare(db, &document, change)
        if document.id.isEmpty {
            document.id = "\(kind.rawValue)-\(try Counter.next(db, kind.rawValue))"
            try document.insert(db)
        } else if previous == nil {
            try document.insert(db)
        } else {
            try document.update(db)
        }
        for (field, value) in reader.secrets {
            if let value { call.server.context.mask.add(value) }
            try Secrets.set(db, document.id, field, value)
        }
        try saved(db, document, change)
        let verb = previous == nil ? "created" : "changed"
        let category = previous == nil ? "Created" : "Modified"
        try EventLog.add(db, call, category, "\(kind.words) \(document.name) was \(verb)", [document.id])
        return (document, change)
    }

    private func checkName(_ db: Database, _ document: Document) throws {
        guard document.name.count <= 200 else {
            throw OctopusFault.invalid("The name of a \(kind.words) can't be longer than 200 characters.")
        }
        if document.name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
            throw OctopusFault.invalid("The name of a \(kind.words) can't hold control characters.")
        }
        let other = try Document.named(db, kind, document.name, space: document.space)
        if let other, other.id != document.id {
            throw OctopusFault.invalid(
                "A \(kind.words) with the name '\(document.name)' already exists. Please choose a different name.")
        }
    }

    private func setSlug(_ db: Database, _ document: inout Document, _ given: JSONValue) throws {
        let wanted = given.member("Slug")?.string.flatMap { $0.isEmpty ? nil : $0 }
        let stem = Slug.make(wanted ?? document.name)
        let taken = Set(
            try Document.all(db, kind, space: document.space).filter { $0.id != document.id }.map { $0.text("Slug") })
        var slug = stem
        var number = 1
        while taken.contains(slug) {
            slug = "\(stem)-\(number)"
            number += 1
        }
        document.body.set("Slug", .string(slug))
    }
}

/// Names as parts of addresses.
enum Slug {
    /// Lower-case letters and digits with single hyphens between: "My App" is "my-app".
    static func make(_ name: String) -> String {
        let words = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return words.isEmpty ? "x" : words.joined(separator: "-")
    }
}
