import Core
import Hummingbird

/// A route of the API: a method, a path below the space (or below /api), and what answers.
struct OctopusRoute: Sendable {
    let method: HTTPRequest.Method
    /// Lower-case words, or names in braces that stand for any one segment.
    let segments: [String]
    let handle: @Sendable (OctopusCall) async throws -> Response

    init(
        _ method: HTTPRequest.Method, _ path: String,
        handle: @escaping @Sendable (OctopusCall) async throws -> Response
    ) {
        self.method = method
        segments = path.split(separator: "/").map(String.init)
        self.handle = handle
    }

    /// The values of the names in braces, when the path is this route's; words ignore case.
    func match(_ path: [String]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var arguments: [String: String] = [:]
        for (segment, given) in zip(segments, path) {
            if segment.hasPrefix("{") {
                arguments[String(segment.dropFirst().dropLast())] = given
            } else if segment != given.lowercased() {
                return nil
            }
        }
        return arguments
    }

    /// How many words it has: a route with more of them is tried first.
    var weight: Int { segments.filter { !$0.hasPrefix("{") }.count }
}

/// Finds the route of a request and answers in the API's form; what no route takes is left to the lab's 501.
///
/// One dispatcher instead of the router's own trie, since each resource has three paths (/api/x, /api/Spaces-1/x,
/// /api/spaces/Spaces-1/x), compared in any case while values keep theirs.
struct OctopusDispatch: RouterMiddleware {
    let server: OctopusServer
    let routes: [OctopusRoute]

    init(server: OctopusServer, routes: [OctopusRoute]) {
        self.server = server
        self.routes = routes.sorted { $0.weight > $1.weight }
    }

    func handle(
        _ request: Request, context: LabRequestContext,
        next: (Request, LabRequestContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path.split(separator: "/").map { String($0).removingPercentEncoding ?? String($0) }
        guard path.first?.lowercased() == "api" else { return try await next(request, context) }
        do {
            let rest = Array(path.dropFirst())
            if rest.isEmpty, request.method == .get { return .json(RootDocument.server(server)) }
            guard server.isAllowed(request) else { throw OctopusFault.unauthorized }
            guard let response = try await answer(request, context, rest) else {
                return try await next(request, context)
            }
            return response
        } catch let fault as OctopusFault {
            return fault.response
        }
    }

    private func answer(
        _ request: Request, _ context: LabRequestContext, _ path: [String]
    ) async throws -> Response? {
        let (space, rest) = try await split(path)
        var known = false
        for candidate in rest == path ? [rest] : [rest, path] {
            for route in routes {
                guard let arguments = route.match(candidate) else { continue }
                known = true
                guard route.method == request.method else { continue }
                let call = OctopusCall(
                    server: server, request: request, context: context, space: space, arguments: arguments)
                return try await route.handle(call)
            }
        }
        if known { throw OctopusFault.method(request.method.rawValue) }
        return nil
    }

    /// The space that a path names, and what follows it.
    private func split(_ path: [String]) async throws -> (space: String, rest: [String]) {
        let first = path.first?.lowercased() ?? ""
        if first.hasPrefix("spaces-") {
            return (try await server.space(path[0]), Array(path.dropFirst()))
        }
        if first == "spaces", path.count > 2, path[1].lowercased().hasPrefix("spaces-") {
            return (try await server.space(path[1]), Array(path.dropFirst(2)))
        }
        return (OctopusServer.defaultSpace, path)
    }
}
