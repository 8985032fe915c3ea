import Core
import Foundation
import Hummingbird
import OrderedCollections

/// A call whose caller is known and whose parameters have the right form.
struct ProxmoxCall: Sendable {
    let request: Request
    let context: LabRequestContext
    /// Who calls.
    let user: ProxmoxUser
    /// Parameters of query and body, one set as in Proxmox VE, without those of the path.
    var parameters: OrderedDictionary<String, String> = [:]

    /// A part of the path, decoded.
    func path(_ name: String) -> String {
        let text = context.parameters.get(name) ?? ""
        return text.removingPercentEncoding ?? text
    }

    /// The rest of the path, decoded.
    var rest: String {
        let text = context.parameters.getCatchAll().joined(separator: "/")
        return text.removingPercentEncoding ?? text
    }

    /// A parameter; nil where it is absent.
    subscript(name: String) -> String? { parameters[name] }
    /// A number; nil where it is absent.
    func int(_ name: String) -> Int? { parameters[name].flatMap { Int($0) } }
    /// On or off; nil where it is absent.
    func flag(_ name: String) -> Bool? { parameters[name].flatMap(ParameterRule.flag) }
    /// The items of a list, separated as Proxmox VE takes it.
    func list(_ name: String) -> [String] { ProxmoxCall.items(parameters[name] ?? "") }

    static func items(_ text: String) -> [String] { text.split { ",; \0\n\t".contains($0) }.map(String.init) }

    /// The id of the guest in the path.
    func vmid() throws -> Int {
        let text = path("vmid")
        if let fault = ParameterRule.vmid.fault(text) { throw ProxmoxFault.parameter("vmid", fault) }
        return Int(text) ?? 0
    }
}

/// The parameters that a call takes.
struct ProxmoxParameters: Sendable {
    var rules: OrderedDictionary<String, ParameterRule> = [:]
    /// Rules of names that end with a number, such as net0, by what stands before it.
    var numbered: [String: ParameterRule] = [:]
    /// Names that hold more than is checked are taken as they are.
    var isOpen = false

    static let none = ProxmoxParameters()

    init(
        _ rules: OrderedDictionary<String, ParameterRule> = [:], numbered: [String: ParameterRule] = [:],
        isOpen: Bool = false
    ) {
        self.rules = rules
        self.numbered = numbered
        self.isOpen = isOpen
    }

    /// The rule of a name.
    func rule(_ name: String) -> ParameterRule? {
        if let found = rules[name] { return found }
        let stem = name.prefix { !$0.isNumber }
        let number = name.dropFirst(stem.count)
        guard (1...3).contains(number.count), Int(number) != nil else { return nil }
        return numbered[String(stem)]
    }

    /// Looks at every parameter.
    ///
    /// - Throws: a fault that names each one that is wrong.
    func check(_ given: OrderedDictionary<String, String>) throws {
        var faults: OrderedDictionary<String, String> = [:]
        for (name, value) in given {
            guard let rule = rule(name) else {
                if !isOpen {
                    faults[name] =
                        "property is not defined in schema and the schema does not allow additional properties"
                }
                continue
            }
            faults[name] = rule.fault(value, name: name)
        }
        for (name, rule) in rules where rule.isRequired && given[name] == nil {
            faults[name] = "property is missing and it is not optional"
        }
        if !faults.isEmpty { throw ProxmoxFault.parameters(faults) }
    }

    /// The parameters of a request: its query, and its body as a form or as JSON.
    static func read(_ request: Request) async throws -> OrderedDictionary<String, String> {
        var all = form(request.uri.query ?? "")
        guard request.method != .get, request.method != .delete else { return all }
        let type = (request.headers[.contentType] ?? "").lowercased()
        if type.hasPrefix("multipart/") { return all }
        let data = try await request.data(upTo: 4 << 20)
        if type.hasPrefix("application/json"), !data.isEmpty {
            guard let members = try? JSONValue.parse(data).object else {
                throw ProxmoxFault.refused("unable to decode json")
            }
            for (name, value) in members { all[name] = text(value) }
        } else {
            all.merge(form(String(decoding: data, as: UTF8.self))) { $1 }
        }
        return all
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .bool(let flag): flag ? "1" : "0"
        case .array(let items): items.map(text).joined(separator: "\0")
        case .null: ""
        default: value.text()
        }
    }

    /// Reads application/x-www-form-urlencoded.
    static func form(_ text: String) -> OrderedDictionary<String, String> {
        var all: OrderedDictionary<String, String> = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
                let plain = part.replacing("+", with: " ")
                return String(plain.removingPercentEncoding ?? String(plain))
            }
            guard let name = parts.first, !name.isEmpty else { continue }
            let value = parts.count > 1 ? parts[1] : ""
            all[name] = all[name].map { $0 + "\0" + value } ?? value
        }
        return all
    }
}
