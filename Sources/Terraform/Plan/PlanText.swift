import Core
import OrderedCollections

extension TerraformPlan {
    /// One line: "2 to make, 1 to change, 0 to replace, 0 to destroy".
    public var summary: String {
        let counts: [(TerraformAction, String)] = [
            (.create, "to make"), (.update, "to change"), (.replace, "to replace"), (.delete, "to destroy"),
            (.forget, "to forget"),
        ]
        var parts = counts.compactMap { action, words in
            let count = resources.count { $0.action == action }
            return count == 0 ? nil : "\(count) \(words)"
        }
        let imports = resources.count { $0.importing != nil }
        if imports > 0 { parts.append("\(imports) to take over") }
        if parts.isEmpty { return outputs.isEmpty ? "nothing to change" : "only outputs to change" }
        return parts.joined(separator: ", ")
    }

    /// Rows for a table: what happens, to what, and the details.
    public var rows: [[String]] {
        changes.map { change in
            let word =
                change.action == .noop ? (change.importing == nil ? "move" : "take over") : change.action.rawValue
            return [word, change.address, change.words.joined(separator: "; ")]
        }
    }

    /// The plan for programs; sensitive values are hidden.
    public var json: JSONValue {
        [
            "workspace": .string(workspace), "destroy": .bool(isDestroy), "summary": .string(summary),
            "changes": .array(changes.map(\.json)), "drift": .array(drift.map(\.json)),
            "outputs": .object(outputs.mapValues { .string($0) }),
        ]
    }
}

extension TerraformChange {
    /// What a person wants to know of it.
    public var words: [String] {
        var words: [String] = []
        if let importing { words.append("takes over \(importing)") }
        if let previousAddress { words.append("was \(previousAddress)") }
        switch action {
        case .create, .replace, .update:
            let shown = action == .create ? attributes.filter { $0.after != nil && !$0.isUnknown } : attributes
            if action == .replace { words.append(because) }
            if action == .create {
                words += TerraformChange.telling.compactMap { path, word, unit in
                    shown.first { $0.path == path }?.after.map { "\(word): \($0.string ?? $0.text())\(unit)" }
                }
            } else {
                words += shown.filter { action != .replace || !$0.isUnknown }.prefix(12).map(\.text)
            }
        case .delete: words.append(TerraformChange.name(of: before).map { "\($0), with all that is on it" } ?? because)
        case .forget: words.append("stays, only the state forgets it")
        case .noop, .read: break
        }
        return words.filter { !$0.isEmpty }
    }

    /// Why it is replaced or goes.
    public var because: String {
        if !replacePaths.isEmpty { return "can't be changed in place: \(replacePaths.joined(separator: ", "))" }
        switch reason {
        case "replace_because_tainted": return "was left half made"
        case "replace_because_cannot_update": return "can't be changed in place"
        case "replace_by_request": return "asked for"
        case "delete_because_no_resource_config": return "the configuration has it no more"
        case "delete_because_each_key", "delete_because_count_index", "delete_because_no_module":
            return "no instance of the configuration is named so"
        default: return reason?.replacing("_", with: " ") ?? ""
        }
    }

    /// Attributes that say what a new machine is, by which word, in which unit, in the order shown.
    private static let telling: [(path: String, word: String, unit: String)] = [
        ("name", "name", ""), ("initialization[0].hostname", "name", ""), ("vm_id", "id", ""),
        ("initialization[0].ip_config[0].ipv4[0].address", "address", ""), ("network_device[0].vlan_id", "vlan", ""),
        ("network_interface[0].vlan_id", "vlan", ""), ("cpu[0].cores", "cores", ""),
        ("memory[0].dedicated", "memory", " MiB"), ("disk[0].size", "disk", " GiB"),
        ("disk[0].datastore_id", "storage", ""), ("node_name", "node", ""), ("unprivileged", "unprivileged", ""),
        ("protection", "protection", ""), ("input", "input", ""),
    ]

    /// The name of a machine by its values: a VM's name, a container's hostname.
    static func name(of values: JSONValue) -> String? {
        values["name"]?.string ?? values["initialization"]?[0]?["hostname"]?.string
    }

    /// The machine's name, before or after the change.
    public var machineName: String? { TerraformChange.name(of: before) ?? TerraformChange.name(of: after) }

    var json: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "address": .string(address), "action": .string(action.rawValue),
        ]
        if let reason { members["reason"] = .string(reason) }
        if let importing { members["import"] = .string(importing) }
        if let previousAddress { members["previous_address"] = .string(previousAddress) }
        if !replacePaths.isEmpty { members["replace_paths"] = .array(replacePaths.map { .string($0) }) }
        members["attributes"] = .array(
            attributes.map { attribute in
                [
                    "path": .string(attribute.path), "before": attribute.before ?? .null,
                    "after": attribute.after ?? .null, "unknown": .bool(attribute.isUnknown),
                    "sensitive": .bool(attribute.isSensitive),
                ]
            })
        return .object(members)
    }
}
