import Values

/// When the older plugin library sees no change.
enum Equality {
    /// Whether a planned value changes nothing: equal, or both not set.
    static func same(_ prior: Value, _ planned: Value) -> Bool {
        switch (prior, planned) {
        case (.unknown, _), (_, .unknown): return false
        case (.list(let left), .list(let right)) where left.count == right.count:
            return zip(left, right).allSatisfy(same)
        case (.object(let left), .object(let right)) where Set(left.keys) == Set(right.keys):
            return left.allSatisfy { same($0.value, right[$0.key] ?? .null) }
        default: break
        }
        if prior == planned || (prior.isZero && planned.isZero) { return true }
        if let left = prior.double, let right = planned.double { return left == right }
        return false
    }

    /// Whether the provider ignores a difference of an attribute that it compares by code.
    ///
    /// The resource is the whole planned one: whether a template runs, for one, is nobody's business.
    static func lenient(_ name: String, _ prior: Value, _ planned: Value, resource: Value) -> Bool {
        guard prior.isWhollyKnown, planned.isWhollyKnown else { return false }
        switch name {
        case "tags": return Set(prior.strings.map { $0.lowercased() }) == Set(planned.strings.map { $0.lowercased() })
        case "mount_options": return Set(prior.strings) == Set(planned.strings)
        case "started": return resource["template"].bool == true
        case "full": return true
        case "password": return hidden(prior) || planned.isZero && hidden(prior)
        case "mac_address": return planned.isZero || prior.string?.uppercased() == planned.string?.uppercased()
        case "volume": return (prior.string ?? "").hasPrefix((planned.string ?? "") + ":")
        case "path": return trimmed(prior) == trimmed(planned)
        case "interface", "pool_id": return planned.isZero
        case "hotplug":
            let left = Set((prior.string ?? "").split(separator: ","))
            return left == Set((planned.string ?? "").split(separator: ","))
        default: return false
        }
    }

    /// Whether the server showed only stars.
    private static func hidden(_ value: Value) -> Bool {
        guard let text = value.text else { return false }
        return text.allSatisfy { $0 == "*" }
    }

    /// A path without a slash at either end.
    private static func trimmed(_ value: Value) -> String {
        (value.string ?? "").split(separator: "/", omittingEmptySubsequences: true).joined(separator: "/")
    }
}
