import Values

/// What a change will make of a resource.
package struct Plan: Sendable {
    package var planned: Value
    /// Attributes whose change can't be made in place.
    package var replaced: [Path]

    package init(planned: Value, replaced: [Path]) {
        self.planned = planned
        self.replaced = replaced
    }
}

/// Plans a change of one resource, as bpg's provider does.
///
/// https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol and the rules that Terraform checks:
/// a planned value is the configured one, the prior one, or the provider's own where none is configured.
package struct Planner {
    let schema: Schema
    /// Null when the resource is made.
    let prior: Value
    private var resource = Value.null
    private var replaced: [Path] = []

    /// Plans from the state as it is and the configuration.
    ///
    /// A difference that the provider does not count, such as null for "", keeps the prior value.
    package static func plan(_ schema: Schema, prior: Value, config: Value) -> Plan {
        var planner = Planner(schema: schema, prior: prior)
        planner.resource = config
        let planned = planner.block(schema.block, config, prior, Path())
        planner.replaceByCode(planned)
        return Plan(planned: planner.settled(planned), replaced: planner.replaced)
    }

    private init(schema: Schema, prior: Value) {
        self.schema = schema
        self.prior = prior
    }

    /// The planned resource with what only a change makes unknown.
    ///
    /// Frameworks resources make computed attributes unknown once anything else changes; legacy ones keep them.
    private func settled(_ planned: Value) -> Value {
        guard !schema.isLegacy, !prior.isNull, planned != prior else { return planned }
        var planned = planned
        for (name, attribute) in schema.block.attributes
        where attribute.computed && !attribute.optional && !attribute.keepsState { planned[name] = .unknown }
        return planned
    }

    private mutating func block(_ block: Block, _ config: Value, _ prior: Value, _ path: Path) -> Value {
        if config.isUnknown { return .unknown }
        var members: [String: Value] = [:]
        for (name, attribute) in block.attributes {
            members[name] = value(attribute, name, config[name], prior.isNull ? nil : prior[name], path + name)
        }
        for (name, nested) in block.blocks {
            members[name] = blocks(nested, name, config[name], prior.isNull ? nil : prior[name], path + name)
        }
        return .object(members)
    }

    // MARK: attributes

    /// The planned value of an attribute; no prior at all means that its block is new.
    private mutating func value(
        _ attribute: Attribute, _ name: String, _ config: Value, _ prior: Value?, _ path: Path
    ) -> Value {
        if let elements = attribute.elements, !config.isNull { return listed(elements, config, prior, path) }
        let planned = target(attribute, name, config, prior)
        if attribute.isForcing, planned != (prior ?? .null), !equal(attribute, name, prior ?? .null, planned) {
            replaced.append(path)
        }
        return planned
    }

    private func target(_ attribute: Attribute, _ name: String, _ config: Value, _ prior: Value?) -> Value {
        guard config.isNull else {
            let wanted = attribute.isNormalised ? Self.normalised(config) : config
            guard let prior, equal(attribute, name, prior, wanted) else { return wanted }
            return prior
        }
        guard let fallback = attribute.fallback else {
            if attribute.computed { return prior ?? .unknown }
            guard let prior, equal(attribute, name, prior, .null) else { return .null }
            return prior
        }
        guard let prior else { return fallback.isEmptyText ? .null : fallback }
        return equal(attribute, name, prior, fallback) ? prior : fallback
    }

    private func equal(_ attribute: Attribute, _ name: String, _ prior: Value, _ planned: Value) -> Bool {
        guard schema.isLegacy else { return prior == planned }
        if Equality.same(prior, planned) { return true }
        return (attribute.isLenient || name == "mount_options")
            && Equality.lenient(name, prior, planned, resource: resource)
    }

    /// A description ends with a line break in the state.
    private static func normalised(_ value: Value) -> Value {
        guard let text = value.text, !text.hasSuffix("\n") else { return value }
        return .string(text + "\n")
    }

    // MARK: blocks

    /// A list of objects that is written as blocks.
    private mutating func listed(
        _ elements: [String: Attribute], _ config: Value, _ prior: Value?, _ path: Path
    ) -> Value {
        guard case .list(let items) = config else { return config }
        let block = Block(attributes: elements)
        var planned: [Value] = []
        for (index, item) in items.enumerated() {
            planned.append(self.block(block, item, prior?[index] ?? .null, path + index))
        }
        return .list(planned)
    }

    private mutating func blocks(
        _ nested: NestedBlock, _ name: String, _ config: Value, _ prior: Value?, _ path: Path
    ) -> Value {
        guard nested.nesting == .list || nested.nesting == .set else {
            return config.isNull ? .null : block(nested.block, config, prior ?? .null, path)
        }
        if config.isUnknown { return .unknown }
        let items = config.list
        if items.isEmpty, nested.isComputed { return prior ?? .unknown }
        if nested.isForcing, !self.prior.isNull, items.count != (prior?.list.count ?? 0) { replaced.append(path) }
        var planned: [Value] = []
        for (index, item) in items.enumerated() {
            let before = Self.counterpart(of: item, at: index, in: prior ?? .null)
            planned.append(block(nested.block, item, before, path + index))
        }
        return .list(planned)
    }

    /// The prior element that a configured one continues: the disk at the same interface, else the one at its place.
    private static func counterpart(of item: Value, at index: Int, in prior: Value) -> Value {
        if let interface = item["interface"].string,
            let same = prior.list.first(where: { $0["interface"].string == interface })
        {
            return same
        }
        return prior[index]
    }

    // MARK: replacement by code

    private mutating func replaceByCode(_ planned: Value) {
        guard !prior.isNull else { return }
        let isContainer = schema.canonical == "proxmox_virtual_environment_container"
        let isVM = schema.canonical == "proxmox_virtual_environment_vm"
        guard isContainer || isVM else { return }
        if let id = planned["vm_id"].int, String(id) != prior["id"].string { replaced.append(Path() + "vm_id") }
        if isContainer { replaceShrunkenDisk(planned) }
        guard isVM else { return }
        if planned["node_name"] != prior["node_name"], planned["migrate"].bool != true {
            replaced.append(Path() + "node_name")
        }
        for (block, member) in [("tpm_state", "version"), ("efi_disk", "type")] {
            let (before, after) = (prior[block][0][member], planned[block][0][member])
            if !before.isNull, !after.isNull, before != after { replaced.append(Path() + block + 0 + member) }
        }
    }

    /// A container's root disk can only grow.
    private mutating func replaceShrunkenDisk(_ planned: Value) {
        guard let before = prior["disk"][0]["size"].int, let after = planned["disk"][0]["size"].int, after < before
        else { return }
        replaced.append(Path() + "disk" + 0 + "size")
    }
}

extension Value {
    /// Whether it is "" or an empty list, which a new resource shows as null.
    fileprivate var isEmptyText: Bool { self == .string("") || self == .list([]) }
}
