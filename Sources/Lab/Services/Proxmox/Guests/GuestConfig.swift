import Core
import Crypto
import Foundation
import OrderedCollections

/// A guest's configuration as the API writes it.
enum GuestConfig {
    /// The members of the answer, in the types of the schema.
    static func json(_ view: ProxmoxServer.View) -> JSONValue {
        var config = view.guest.config
        drift(&config, view)
        var members: OrderedDictionary<String, JSONValue> = [:]
        for (name, value) in config.sorted(by: { $0.key < $1.key }) {
            members[name] = json(name, value, view.guest.kind.rules)
        }
        if let text = config["description"], !text.hasSuffix("\n") { members["description"] = .string(text + "\n") }
        if let lock = view.guest.lock { members["lock"] = .string(lock) }
        members["digest"] = .string(digest(config))
        return .object(members)
    }

    private static func json(_ name: String, _ value: String, _ rules: ProxmoxParameters) -> JSONValue {
        switch rules.rule(name)?.kind {
        case .boolean?: return ParameterRule.flag(value) == true ? 1 : 0
        case .integer?, .number?: return Double(value).map { .number($0) } ?? .string(value)
        default: return .string(value)
        }
    }

    /// The digest by which two changes at once are noticed: SHA-1 of the text.
    static func digest(_ config: OrderedDictionary<String, String>) -> String {
        let text = config.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\n" }.joined()
        return Insecure.SHA1.hash(data: Data(text.utf8)).hex
    }

    /// What was changed at the host directly shows.
    private static func drift(
        _ config: inout OrderedDictionary<String, String>, _ view: ProxmoxServer.View
    ) {
        guard let record = view.record, let wanted = try? GuestPlan(guest: view.guest).spec() else {
            return
        }
        if record.spec.cores != wanted.cores {
            config["cores"] = "\(record.spec.cores)"
            if config["sockets"] != nil { config["sockets"] = "1" }
        }
        if record.spec.memory != wanted.memory { config["memory"] = "\(record.spec.memory)" }
    }

    /// Values in the form in which Proxmox VE keeps them.
    ///
    /// - Throws: a fault that names the parameter.
    static func kept(_ name: String, _ value: String, _ rules: ProxmoxParameters) throws -> String {
        switch rules.rule(name)?.kind {
        case .boolean?: return ParameterRule.flag(value) == true ? "1" : "0"
        case .properties(let form)?:
            do { return try PropertyString.parse(value, form, name: name).text(form) } catch {
                throw ProxmoxFault.parameter(name, (error as? PropertyString.Fault)?.message ?? "\(error)")
            }
        default:
            guard name == "tags" else { return value }
            return Set(ProxmoxCall.items(value.lowercased())).sorted().joined(separator: ";")
        }
    }

    /// Gives a card the hardware address that its host has, where none was asked for.
    static func completeCard(
        _ config: inout OrderedDictionary<String, String>, _ kind: ProxmoxGuest.Kind, address: String?
    ) throws {
        for key in config.keys where key.hasPrefix("net") && Int(key.dropFirst(3)) != nil {
            guard let text = config[key], case .properties(let form)? = kind.rules.rule(key)?.kind else { continue }
            var card = try PropertyString.parse(text, form, name: key)
            let field = kind == .container ? "hwaddr" : "macaddr"
            if card[field] == nil {
                let octets = (address ?? "").split(separator: ".").compactMap { UInt8($0) }
                let number = UInt8(clamping: Int(key.dropFirst(3)) ?? 0)
                let usual: [UInt8] =
                    number == 0 && octets.count == 4 ? [0x02, 0x6E] + octets : fallback(config, number)
                card[field] = usual.map { [$0].hex.uppercased() }.joined(separator: ":")
            }
            if kind == .container { card["type"] = "veth" }
            config[key] = card.text(form)
        }
    }

    private static func fallback(_ config: OrderedDictionary<String, String>, _ number: UInt8) -> [UInt8] {
        // BC:24:11 is what Proxmox VE 8 and later begin theirs with.
        [0xBC, 0x24, 0x11] + Array(SHA256.hash(data: Data(digest(config).utf8))).prefix(2) + [number]
    }
}
