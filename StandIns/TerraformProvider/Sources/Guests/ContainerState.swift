import Foundation
import Values

/// What the API says of a container, as state.
enum ContainerState {
    /// The state with everything that the configuration on the server tells.
    ///
    /// A block that the HCL leaves out is shown only where the server has more than the default.
    static func state(_ prior: Value, _ config: JSON) -> Value {
        var state = prior
        let isClone = !prior["clone"].list.isEmpty
        let id = prior["id"].string ?? ""
        state["vm_id"] = .int(Int(id) ?? prior["vm_id"].int ?? 0)
        state["description"] = GuestState.description(prior["description"], config["description"].string)
        state["tags"] = GuestState.tags(prior["tags"], config["tags"].string)
        state["start_on_boot"] = .bool(config["onboot"].bool ?? false)
        state["protection"] = .bool(config["protection"].bool ?? false)
        state["template"] = .bool(config["template"].bool ?? false)
        state["unprivileged"] = .bool(config["unprivileged"].bool ?? false)
        state["hook_script_file_id"] = .string(config["hookscript"].string ?? "")
        let parts: [(String, Value, Value)] = [
            (
                "console", console(config),
                .object(["enabled": .bool(true), "tty_count": .int(2), "type": .string("tty")])
            ),
            (
                "cpu", cpu(config, prior["cpu"][0]),
                .object([
                    "architecture": .string("amd64"), "cores": .int(1), "limit": .int(0), "units": .int(0),
                ])
            ),
            ("memory", memory(config), .object(["dedicated": .int(512), "swap": .int(0)])),
            ("features", features(config), noFeatures),
        ]
        for (name, now, standard) in parts {
            let isShown = !prior[name].list.isEmpty || !isClone && now != standard
            state[name] = .list(isShown ? [now] : [])
        }
        state["startup"] = GuestState.startup(prior["startup"], config["startup"].string)
        state["operating_system"] = operatingSystem(prior, config)
        state["disk"] = disk(prior, config, isClone: isClone)
        state["mount_point"] = .list(config.numbered("mp").map { mount($0.text) })
        state["device_passthrough"] = .list(config.numbered("dev").map { device($0.text) })
        let nets = config.numbered("net").map { Properties($0.text) }
        if !isClone || !prior["network_interface"].list.isEmpty {
            state["network_interface"] = .list(nets.map(interface))
        }
        state["initialization"] = setup(prior, config, nets)
        return state.withoutUnknowns
    }

    private static let noFeatures = Value.object([
        "fuse": .bool(false), "keyctl": .bool(false), "mknod": .bool(false), "mount": .null, "nesting": .bool(false),
    ])

    private static func console(_ config: JSON) -> Value {
        .object([
            "enabled": .bool(config["console"].bool ?? true), "tty_count": .int(config["tty"].int ?? 2),
            "type": .string(config["cmode"].string ?? "tty"),
        ])
    }

    private static func cpu(_ config: JSON, _ prior: Value) -> Value {
        .object([
            "architecture": .string(config["arch"].string ?? "amd64"), "cores": .int(config["cores"].int ?? 1),
            "limit": Value(config["cpulimit"].double ?? 0), "units": .int(config["cpuunits"].int ?? 0),
        ])
    }

    private static func memory(_ config: JSON) -> Value {
        .object(["dedicated": .int(config["memory"].int ?? 512), "swap": .int(config["swap"].int ?? 0)])
    }

    private static func features(_ config: JSON) -> Value {
        let properties = Properties(config["features"].string)
        let mounts = (properties["mount"] ?? "").split(separator: ";").map(String.init)
        var features = noFeatures
        for name in ["fuse", "keyctl", "mknod", "nesting"] { features[name] = .bool(properties.flag(name)) }
        features["mount"] = mounts.isEmpty ? .null : Value(mounts)
        return features
    }

    private static func operatingSystem(_ prior: Value, _ config: JSON) -> Value {
        if prior["operating_system"].list.isEmpty, !prior["clone"].list.isEmpty { return .list([]) }
        var system = Value.object(["template_file_id": .null, "type": .null])
        system["template_file_id"] = prior["operating_system"][0]["template_file_id"]
        system["type"] = .string(config["ostype"].string ?? "unmanaged")
        return .list([system])
    }

    private static func disk(_ prior: Value, _ config: JSON, isClone: Bool) -> Value {
        let properties = Properties(config["rootfs"].string, leading: "volume")
        let volume = properties["volume"] ?? ""
        let storage = volume.split(separator: ":").first.map(String.init) ?? ""
        let size = Size.gigabytes(properties["size"]) ?? 0
        let isDefault = storage == "local" && size == 4
        if prior["disk"].list.isEmpty, isClone || isDefault || !GuestState.isImported(prior) { return .list([]) }
        let options = (properties["mountoptions"] ?? "").split(separator: ";").map(String.init)
        return .list([
            .object([
                "acl": .bool(properties.flag("acl")), "datastore_id": .string(storage),
                "mount_options": options.isEmpty ? .null : Value(options), "path_in_datastore": .string(volume),
                "quota": .bool(properties.flag("quota")), "replicate": .bool(properties.flag("replicate")),
                "size": .int(size),
            ])
        ])
    }

    private static func mount(_ text: String) -> Value {
        let properties = Properties(text, leading: "volume")
        let volume = properties["volume"] ?? ""
        let options = (properties["mountoptions"] ?? "").split(separator: ";").map(String.init)
        return .object([
            "acl": .bool(properties.flag("acl")), "backup": .bool(properties.flag("backup")),
            "mount_options": options.isEmpty ? .null : Value(options), "path": .string(properties["mp"] ?? ""),
            "path_in_datastore": .string(volume), "quota": .bool(properties.flag("quota")),
            "read_only": .bool(properties.flag("ro")), "replicate": .bool(properties.flag("replicate", default: true)),
            "shared": .bool(properties.flag("shared")), "size": .string(properties["size"] ?? ""),
            "volume": .string(volume),
        ])
    }

    private static func device(_ text: String) -> Value {
        let properties = Properties(text, leading: "path")
        return .object([
            "deny_write": .bool(properties.flag("deny-write")), "gid": Value(properties.int("gid")),
            "mode": .string(properties["mode"] ?? "0660"), "path": .string(properties["path"] ?? ""),
            "uid": Value(properties.int("uid")),
        ])
    }

    private static func interface(_ net: Properties) -> Value {
        .object([
            "bridge": .string(net["bridge"] ?? ""), "enabled": .bool(!net.flag("link_down")),
            "firewall": .bool(net.flag("firewall")), "host_managed": .bool(net.flag("host-managed")),
            "mac_address": .string(net["hwaddr"] ?? ""), "mtu": .int(net.int("mtu") ?? 0),
            "name": .string(net["name"] ?? ""), "rate_limit": Value(net["rate"].flatMap(Double.init) ?? 0),
            "vlan_id": .int(net.int("tag") ?? 0),
        ])
    }

    // MARK: initialization

    private static func setup(_ prior: Value, _ config: JSON, _ nets: [Properties]) -> Value {
        let before = prior["initialization"][0]
        guard !before.isNull || GuestState.isImported(prior) else { return .list([]) }
        let servers = (config["nameserver"].string ?? "").split(separator: " ").map(String.init)
        let domain = config["searchdomain"].string ?? ""
        var dns = Value.list([])
        if !servers.isEmpty || !domain.isEmpty || !before["dns"].list.isEmpty {
            let usesServer = before["dns"][0]["server"].text != nil
            dns = .list([
                .object([
                    "domain": before["dns"][0]["domain"].kept(domain),
                    "server": usesServer ? .string(servers.joined(separator: " ")) : before["dns"][0]["server"],
                    "servers": usesServer || servers.isEmpty ? .null : Value(servers),
                ])
            ])
        }
        var user = before["user_account"]
        if !user.list.isEmpty, user[0]["password"].isNull {
            var account = user[0]
            account["password"] = .string("")
            user = .list([account])
        }
        return .list([
            .object([
                "dns": dns, "entrypoint": .string(config["entrypoint"].string ?? ""),
                "hostname": .string(config["hostname"].string ?? ""),
                "ip_config": GuestState.addresses(before["ip_config"], nets),
                "user_account": user.isNull ? .list([]) : user,
            ])
        ])
    }

    // MARK: addresses

    /// The first address of each interface that others can reach.
    static func addresses(_ interfaces: JSON, _ family: String) -> Value {
        var found: [String: Value] = [:]
        for interface in interfaces.array {
            guard let name = interface["name"].string, name != "lo" else { continue }
            let all = interface["ip-addresses"].array.filter { $0["ip-address-type"].string == family }
            guard let address = all.compactMap({ $0["ip-address"].string }).first(where: isReachable) else { continue }
            found[name] = .string(address)
        }
        return .object(found)
    }

    /// Whether an address is neither of this machine nor of the link only.
    static func isReachable(_ address: String) -> Bool {
        let text = address.lowercased()
        return !text.hasPrefix("127.") && !text.hasPrefix("169.254.") && !text.hasPrefix("fe80") && text != "::1"
    }
}
