import Core
import OrderedCollections

/// What is asked for the machines of an application, by the names of today's library and beyond.
///
/// What is nil is left to the configuration's own default.
public struct MachineRequest: Sendable, Hashable {
    /// The application: the workspace's name, and the first part of names.
    public var app: String
    /// Kind of machine.
    public var kind: MachineKind
    /// Environment, the second part of names.
    public var environment = "dev"
    /// Address of a single machine.
    public var address: String?
    /// Id of a single machine.
    public var vmID: Int?
    /// Name of a single machine; nil makes one of application, environment and suffix.
    public var name: String?
    /// The last part of such a name, four hexadecimal digits.
    public var suffix: String?
    /// Several machines by name.
    public var instances: JSONValue?
    /// Processor cores.
    public var cores: Int?
    /// Memory in MiB.
    public var memory: Int?
    /// Disk, such as "20" or "20G".
    public var disk: String?
    /// VLAN; "0" is untagged.
    public var vlan: String?
    /// Node of the cluster.
    public var node: String?
    /// Storage of disks.
    public var storage: String?
    /// Network bridge.
    public var bridge: String?
    /// Template: a VM's name or id, or `storage:vztmpl/file`.
    public var template: String?
    /// Tags.
    public var tags: [String] = []
    /// Proxmox VE refuses to remove them.
    public var isProtected: Bool?
    /// A container's root is nobody outside.
    public var unprivileged: Bool?
    /// A container may run containers.
    public var nesting: Bool?
    /// A container gets /dev/net/tun.
    public var tun: Bool?
    /// A container gets whatever Docker needs.
    public var docker: Bool?
    /// Lines of public SSH keys.
    public var publicKey: String?
    /// Networks by VLAN, as the variable `networks` wants them.
    public var networks: JSONValue?
    /// Variables by their own names; they win.
    public var others: OrderedDictionary<String, JSONValue> = [:]

    /// A request for an application.
    public init(app: String, kind: MachineKind) {
        self.app = app
        self.kind = kind
    }

    /// The variables of the configuration.
    public var variables: JSONValue {
        var all: OrderedDictionary<String, JSONValue> = [
            "app_name": .string(app), "environment": .string(environment), "resource_type": .string(kind.rawValue),
        ]
        func set(_ name: String, _ value: JSONValue?) { if let value { all[name] = value } }
        if let instances, instances != .emptyObject {
            all["instances"] = instances
        } else {
            set("vm_target_ip", address.map { .string($0) })
            set("vm_id", vmID.map { .number(Double($0)) })
            set("name_suffix", suffix.map { .string($0) })
            set("hostnames", name.map { ["default": .string($0)] })
        }
        set("vm_cpu_cores", cores.map { .number(Double($0)) })
        set("vm_ram_mb", memory.map { .number(Double($0)) })
        set("vm_disk_gb", disk.map { .string($0) })
        set("vlan_tag", vlan.map { .string($0) })
        set("proxmox_target_node", node.map { .string($0) })
        set("proxmox_storage", storage.map { .string($0) })
        set("bridge", bridge.map { .string($0) })
        set(kind == .vm ? "vm_template" : "lxc_template", template.map { .string($0) })
        set("tags", tags.isEmpty ? nil : .array(tags.map { .string($0) }))
        set("prevent_destroy", isProtected.map { .bool($0) })
        set("lxc_unprivileged", unprivileged.map { .bool($0) })
        set("lxc_nesting", nesting.map { .bool($0) })
        set("lxc_tun", tun.map { .bool($0) })
        set("lxc_features_docker", docker.map { .bool($0) })
        set("ssh_public_key", publicKey.map { .string($0) })
        set("networks", networks)
        for (name, value) in others { all[name] = value }
        return .object(all)
    }

    /// Checks the application's name and environment, since they become a folder and part of a path in the store.
    ///
    /// - Throws: a failure with exit `usage`.
    public func check() throws {
        guard app.wholeMatch(of: /[A-Za-z](?:[A-Za-z0-9_\-]{0,61}[A-Za-z0-9])?/) != nil, app != "default" else {
            throw Failure(
                .usage, "\"\(app)\" can't be an application",
                why: "it is a letter, then letters, digits, - and _, at most 63, and not \"default\"")
        }
        guard environment.wholeMatch(of: /[A-Za-z0-9](?:[A-Za-z0-9\-]{0,30}[A-Za-z0-9])?/) != nil else {
            throw Failure(
                .usage, "\"\(environment)\" can't be an environment", why: "letters, digits and - make one, at most 32")
        }
        if let name, name.wholeMatch(of: /[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?/) == nil {
            throw Failure(
                .usage, "\"\(name)\" can't be a machine's name", why: "letters, digits and - make one, at most 63")
        }
    }
}
