import Values

/// What containers and virtual machines have in common in their state.
enum GuestState {
    /// Whether a state came by an import and knows nothing but the identifier.
    static func isImported(_ state: Value) -> Bool { state["timeout_create"].isNull }

    /// A description with the line break at its end that the state has.
    static func description(_ prior: Value, _ text: String?) -> Value {
        guard let text, !text.trimmed.isEmpty else { return .string("") }
        if let before = prior.string, before.trimmed == text.trimmed { return prior }
        return .string(text.hasSuffix("\n") ? text : text + "\n")
    }

    /// Tags in the server's order.
    static func tags(_ prior: Value, _ text: String?) -> Value {
        let tags = (text ?? "").split { $0 == ";" || $0 == "," || $0 == " " }.map(String.init)
        return tags.isEmpty ? (prior.isZero ? prior : .null) : Value(tags)
    }

    static func startup(_ prior: Value, _ text: String?) -> Value {
        let properties = Properties(text, leading: "order")
        if properties.text.isEmpty, prior.list.isEmpty { return .list([]) }
        return .list([
            .object([
                "down_delay": .int(properties.int("down") ?? -1), "order": .int(properties.int("order") ?? -1),
                "up_delay": .int(properties.int("up") ?? -1),
            ])
        ])
    }

    /// Blocks ip_config of what the interfaces have, one for each that has an address.
    static func addresses(_ prior: Value, _ interfaces: [Properties]) -> Value {
        var blocks = interfaces.enumerated().map { index, net in
            Value.object([
                "ipv4": address(prior[index]["ipv4"], net["ip"], net["gw"]),
                "ipv6": address(prior[index]["ipv6"], net["ip6"], net["gw6"]),
            ])
        }
        while let last = blocks.last, blocks.count > prior.list.count, isEmpty(last) { blocks.removeLast() }
        return .list(blocks)
    }

    private static func isEmpty(_ block: Value) -> Bool { block["ipv4"].list.isEmpty && block["ipv6"].list.isEmpty }

    private static func address(_ prior: Value, _ address: String?, _ gateway: String?) -> Value {
        guard address != nil || gateway != nil || !prior.list.isEmpty else { return .list([]) }
        return .list([
            .object([
                "address": prior[0]["address"].kept(address), "gateway": prior[0]["gateway"].kept(gateway),
            ])
        ])
    }
}
