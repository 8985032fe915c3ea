import Core
import Crypto
import Foundation
import GRDB
import Hummingbird

extension NexusService {
    func addSearchRoutes(to router: Router<LabRequestContext>) {
        router.get("/service/rest/v1/search") { request, _ -> Response in
            try await search(request) { NexusBody.component($0, base(request)) }
        }
        router.get("/service/rest/v1/search/assets") { request, _ -> Response in
            try await search(request) { NexusBody.asset($0, base(request)) }
        }
        router.get("/service/rest/v1/search/assets/download") { request, _ -> Response in
            let query = try NexusQuery(request)
            let rows = try await store.search(query, offset: 0, limit: 2)
            guard let first = rows.first else { throw HTTPError(.notFound) }
            guard rows.count == 1 || query.sort != nil else {
                return .text("Search returned multiple assets, please refine search", status: .badRequest)
            }
            guard let url = NexusBody.asset(first, base(request))["downloadUrl"]?.string else {
                throw HTTPError(.internalServerError)
            }
            return Response(status: .found, headers: [.location: url])
        }
    }

    private func search(_ request: Request, _ item: (NexusAssetRow) -> JSONValue) async throws -> Response {
        let query = try NexusQuery(request)
        var offset = 0
        if let token = request.query("continuationToken") {
            guard let place = query.offset(token) else { return Response(status: .notAcceptable) }
            offset = place
        }
        let rows = try await store.search(query, offset: offset, limit: NexusQuery.page + 1)
        let token = rows.count > NexusQuery.page ? query.token(offset + NexusQuery.page) : nil
        return .json(NexusBody.page(rows.prefix(NexusQuery.page).map(item), token: token))
    }
}

/// A search: conditions that all must hold.
struct NexusQuery: Sendable, Hashable {
    /// Items a page (source of the public server).
    static let page = 50

    /// SQL conditions and their values.
    private(set) var conditions: [String] = []
    private(set) var arguments: [String] = []
    /// The member that it is sorted by.
    let sort: String?
    private let descending: Bool
    private let identity: String

    private static let ignored: Set<String> = ["continuationToken", "timeout", "sort", "direction", "prerelease"]

    /// Reads the parameters of a request.
    ///
    /// - Throws: `NotServed` for parameters of other formats.
    init(_ request: Request) throws {
        let sort = request.query("sort")
        if let sort, !["group", "name", "version", "repository"].contains(sort) {
            throw HTTPError(.badRequest, message: "sort is one of group, name, version, repository")
        }
        self.sort = sort
        descending = request.query("direction")?.lowercased() == "desc"
        let given = request.uri.queryParameters.map { (String($0.key), String($0.value)) }
        identity = given.filter { $0.0 != "continuationToken" }.map { "\($0.0)=\($0.1)" }.sorted()
            .joined(separator: "&")
        for (name, value) in given where !NexusQuery.ignored.contains(name) && !value.isEmpty {
            switch name {
            case "repository", "repositoryName": match("r.name", value)
            case "format": match("'raw'", value)
            case "version": conditions.append("0")
            case "group": match("rtrim(rtrim(a.path, replace(a.path, '/', '')), '/')", value)
            case "name": path(value)
            case "sha1", "sha256", "sha512", "md5": match("b.\(name)", value.lowercased())
            case "q", "keyword": words(value)
            default: throw NotServed("GET \(request.uri.path) with \(name)")
            }
        }
    }

    /// The order, without a doubt for equal members.
    var order: String {
        let column = sort == "repository" ? "r.name" : sort == nil ? "a.id" : "a.path"
        return "\(column) \(descending ? "DESC" : "ASC"), a.id"
    }

    private mutating func match(_ column: String, _ value: String) {
        conditions.append("\(column) GLOB ?")
        arguments.append(NexusQuery.glob(value))
    }

    /// A name with or without its leading slash.
    private mutating func path(_ value: String) {
        conditions.append("(a.path GLOB ? OR a.path GLOB ?)")
        arguments += [NexusQuery.glob(value), "/" + NexusQuery.glob(value)]
    }

    /// Each word stands somewhere in the path; quotes hold words together.
    private mutating func words(_ value: String) {
        for match in value.matches(of: #/"([^"]*)"|(\S+)/#) {
            let word = String(match.1 ?? match.2 ?? "")
            guard !word.isEmpty else { continue }
            conditions.append("a.path GLOB ?")
            arguments.append("*" + NexusQuery.glob(word) + "*")
        }
    }

    /// `*` and `?` mean the same in GLOB; `[` does not.
    private static func glob(_ value: String) -> String { value.replacing("[", with: "[[]") }

    private var mark: String { Insecure.MD5.hash(data: Data(identity.utf8)).hex }

    /// The token of the page at an offset: hexadecimal of "offset:md5(query)".
    func token(_ offset: Int) -> String { Array("\(offset):\(mark)".utf8).hex }

    /// The offset of a token; nil when it is none, or of another query.
    func offset(_ token: String) -> Int? {
        guard token.utf8.count <= 200 else { return nil }
        let text = stride(from: 0, to: token.utf8.count - 1, by: 2).compactMap { place -> UInt8? in
            UInt8(token.dropFirst(place).prefix(2), radix: 16)
        }
        let parts = String(decoding: text, as: UTF8.self).split(separator: ":")
        guard parts.count == 2, parts[1] == mark, let offset = Int(parts[0]), offset >= 0 else { return nil }
        return offset
    }
}

extension NexusStore {
    /// Files that fit a search.
    func search(_ query: NexusQuery, offset: Int, limit: Int) async throws -> [NexusAssetRow] {
        let filter = (["1"] + query.conditions).joined(separator: " AND ")
        let sql = "\(NexusAssetRow.select) WHERE \(filter) ORDER BY \(query.order) LIMIT \(limit) OFFSET \(offset)"
        let arguments = StatementArguments(query.arguments)
        return try await database.read { try NexusAssetRow.fetchAll($0, sql: sql, arguments: arguments) }
    }
}
