import Core
import OrderedCollections

/// The map of several machines, as today's library takes it: JSON, name to `{"ip_address": …, …}`.
public enum InstanceMap {
    enum Kind: String { case text = "text", number = "a number", flag = "true or false", list = "a list of texts" }

    /// The fields of an instance with what each holds, as in the variable `instances`.
    static let fields: KeyValuePairs<String, Kind> = [
        "ip_address": .text, "name": .text, "cpu_cores": .number, "ram_mb": .number, "disk_gb": .text,
        "vm_id": .number, "resource_type": .text, "vlan_tag": .text, "tags": .list, "node": .text, "storage": .text,
        "bridge": .text, "template": .text, "prevent_destroy": .flag, "start_on_boot": .flag,
        "lxc_unprivileged": .flag, "lxc_nesting": .flag, "lxc_keyctl": .flag, "lxc_fuse": .flag, "lxc_tun": .flag,
        "lxc_features_docker": .flag,
    ]

    /// Reads the map.
    ///
    /// Numbers may be texts, as today's callers write them.
    /// - Parameter isLab: an address may be left out, it is chosen.
    /// - Throws: a failure with exit `usage` that names the place.
    public static func parse(_ text: String, isLab: Bool = false) throws -> JSONValue {
        let value: JSONValue
        do { value = try JSONValue.parse(text) } catch {
            throw Failure(
                .usage, "--instances is not JSON", where: place(of: error.offset, in: text), why: error.message,
                next: [#"--instances '{"web-1": {"ip_address": "192.168.20.50"}}'"#])
        }
        guard let members = value.object else {
            throw Failure(.usage, "--instances is not a map", why: "it begins as \(kind(of: value))")
        }
        var out: OrderedDictionary<String, JSONValue> = [:]
        for (name, instance) in members {
            guard name.wholeMatch(of: /[A-Za-z0-9](?:[A-Za-z0-9_\-]{0,38}[A-Za-z0-9])?/) != nil else {
                throw Failure(
                    .usage, "\"\(name)\" can't be an instance", where: "--instances",
                    why: "letters, digits, - and _ make one, at most 40")
            }
            out[name] = .object(try self.instance(instance, at: name, isLab: isLab))
        }
        return .object(out)
    }

    private static func instance(
        _ value: JSONValue, at name: String, isLab: Bool
    ) throws -> OrderedDictionary<String, JSONValue> {
        guard let members = value.object else {
            throw Failure(
                .usage, "--instances: \(name) is \(kind(of: value))",
                why: "an instance is {\"ip_address\": \"…\", …}")
        }
        let known = Dictionary(uniqueKeysWithValues: fields.map { ($0.key, $0.value) })
        var out: OrderedDictionary<String, JSONValue> = [:]
        for (field, value) in members where value != .null {
            guard let wanted = known[field] else {
                throw Failure(
                    .usage, "--instances: \(name) has an unknown field \"\(field)\"",
                    why: "known: \(fields.map(\.key).joined(separator: ", "))")
            }
            guard let fitting = fit(value, wanted) else {
                throw Failure(
                    .usage, "--instances: \(name).\(field) is \(kind(of: value))", why: "it is \(wanted.rawValue)")
            }
            out[field] = fitting
        }
        guard isLab || out["ip_address"] != nil else {
            throw Failure(.usage, "--instances: \(name) has no ip_address", why: "every instance names its address")
        }
        return out
    }

    private static func fit(_ value: JSONValue, _ kind: Kind) -> JSONValue? {
        switch (kind, value) {
        case (.text, .string), (.number, .number), (.flag, .bool): return value
        case (.text, .number(let number)): return .string(JSONValue.text(of: number))
        case (.number, .string(let text)): return Double(text).flatMap { $0.isFinite ? .number($0) : nil }
        case (.flag, .string(let text)): return ["true": true, "false": false][text].map { .bool($0) }
        case (.list, .array(let items)): return items.allSatisfy { $0.string != nil } ? value : nil
        default: return nil
        }
    }

    private static func kind(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "a map"
        }
    }

    /// Line and column of a byte.
    private static func place(of offset: Int, in text: String) -> String {
        let before = String(decoding: Array(text.utf8).prefix(offset), as: UTF8.self)
        let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
        return "line \(max(1, lines.count)), column \((lines.last?.count ?? 0) + 1)"
    }
}
