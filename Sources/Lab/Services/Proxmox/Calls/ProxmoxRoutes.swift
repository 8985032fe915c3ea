import Core
import Foundation
import Hummingbird
import OrderedCollections

/// Adds the calls of the API, each with its parameters.
struct ProxmoxRoutes {
    let server: ProxmoxServer
    let router: Router<LabRequestContext>

    /// What a call does; its answer is put under `data`.
    typealias Body = @Sendable (ProxmoxCall) async throws -> JSONValue

    /// Adds a call that needs a known caller.
    func on(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: ProxmoxParameters = .none, _ body: @escaping Body
    ) {
        let server = server
        router.on(RouterPath("/api2/json" + path), method: method) { request, context -> Response in
            var call = ProxmoxCall(
                request: request, context: context, user: try await server.accounts.caller(request))
            call.parameters = try await ProxmoxParameters.read(request)
            if path.contains("{node}") || path.contains(":node") { try server.checkNode(call) }
            try parameters.check(call.parameters)
            return ProxmoxAnswer.data(try await body(call))
        }
    }

    /// Adds a call that everybody may make.
    func open(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: ProxmoxParameters,
        _ body: @escaping @Sendable (OrderedDictionary<String, String>) async throws -> JSONValue
    ) {
        router.on(RouterPath("/api2/json" + path), method: method) { request, _ -> Response in
            let given = try await ProxmoxParameters.read(request)
            try parameters.check(given)
            return ProxmoxAnswer.data(try await body(given))
        }
    }
}

extension JSONValue {
    /// A whole number.
    static func int(_ number: Int) -> JSONValue { .number(Double(number)) }
    /// A whole number.
    static func int(_ number: Int64) -> JSONValue { .number(Double(number)) }
    /// On or off as Proxmox VE writes it.
    static func flag(_ flag: Bool) -> JSONValue { flag ? 1 : 0 }
    /// Members without those that have no value.
    static func members(_ pairs: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        var all: OrderedDictionary<String, JSONValue> = [:]
        for (name, value) in pairs { all[name] = value }
        return .object(all)
    }
}
