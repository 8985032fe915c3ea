import Core

/// What a plan does to one resource.
public struct TerraformChange: Sendable, Hashable {
    /// Its address, such as `module.lxc["web"].proxmox_virtual_environment_container.this`.
    public var address: String
    /// Its type.
    public var type: String
    /// What happens.
    public var action: TerraformAction
    /// Why, as terraform names it, such as "replace_because_cannot_update".
    public var reason: String?
    /// The id that it is taken over by.
    public var importing: String?
    /// The address that it had before.
    public var previousAddress: String?
    /// The attributes that differ, in their order.
    public var attributes: [Attribute]
    /// Attributes whose difference makes a replacement necessary.
    public var replacePaths: [String]
    /// All values before, null where there was nothing; sensitive ones are "(sensitive)".
    public var before: JSONValue
    /// All values after, as far as they are known; sensitive ones are "(sensitive)".
    public var after: JSONValue

    /// A value that differs.
    public struct Attribute: Sendable, Hashable {
        /// The path, such as `cpu[0].cores`.
        public var path: String
        /// The value before; nil for none.
        public var before: JSONValue?
        /// The value after; nil for none.
        public var after: JSONValue?
        /// The value after is known only when it is done.
        public var isUnknown: Bool
        /// The values are not shown.
        public var isSensitive: Bool

        /// `path: before → after`.
        public var text: String {
            if isSensitive { return "\(path): (sensitive)" }
            let after = isUnknown ? "(known after apply)" : Attribute.short(after)
            return "\(path): \(Attribute.short(before)) → \(after)"
        }

        private static func short(_ value: JSONValue?) -> String {
            guard let value, value != .null else { return "none" }
            let text = value.string ?? value.text()
            return text.count > 60 ? text.prefix(59) + "…" : text
        }
    }

    /// A change of which only the address and the action are known.
    init(address: String, action: TerraformAction) {
        self.address = address
        self.action = action
        type = ""
        attributes = []
        replacePaths = []
        before = .null
        after = .null
    }

    /// Reads an item of `resource_changes` or `resource_drift`; nil where it is none.
    public init?(_ item: JSONValue) {
        guard let address = item["address"]?.string, let change = item["change"],
            let action = TerraformAction(actions: change["actions"]?.array?.compactMap(\.string) ?? [])
        else { return nil }
        self.address = address
        self.action = action
        type = item["type"]?.string ?? ""
        reason = item["action_reason"]?.string
        importing = change["importing"]?["id"]?.string
        previousAddress = item["previous_address"]?.string
        replacePaths = (change["replace_paths"]?.array ?? []).map(AttributeWalk.text)
        let walk = AttributeWalk(change)
        attributes = action == .noop || action == .forget ? [] : walk.differences
        before = walk.shown(change["before"], change["before_sensitive"])
        after = walk.shown(change["after"], change["after_sensitive"])
    }

    /// The key of the instance, such as "web" of `module.lxc["web"].…`; nil where the address has none.
    public var key: String? {
        guard let open = address.range(of: "[\""), let close = address.range(of: "\"]") else { return nil }
        return open.upperBound <= close.lowerBound ? String(address[open.upperBound..<close.lowerBound]) : nil
    }

    /// It is a machine: a guest of Proxmox VE.
    public var isMachine: Bool { TerraformResources.machineTypes.contains(type) }
}

/// The resource types that machines are made of.
public enum TerraformResources {
    /// A virtual machine.
    public static let vm = "proxmox_virtual_environment_vm"
    /// A container.
    public static let container = "proxmox_virtual_environment_container"
    /// All of them.
    public static let machineTypes: Set<String> = [vm, container]

    /// The address of a machine in nante's configuration.
    public static func address(_ kind: MachineKind, key: String) -> String {
        "module.\(kind.rawValue)[\"\(key)\"].\(kind == .vm ? vm : container).this"
    }
}
