import Values

/// What the API is asked to make of a planned container.
enum ContainerForm {
    /// The configuration of a new container, with the defaults of blocks that are not there.
    ///
    /// A clone keeps what it has where a block is not there.
    static func config(_ planned: Value, isClone: Bool = false) -> Form {
        var form: Form = [:]
        if !isClone || !planned["console"].list.isEmpty { add(console: planned["console"][0], to: &form) }
        if !isClone || !planned["cpu"].list.isEmpty { add(cpu: planned["cpu"][0], to: &form) }
        if !isClone || !planned["memory"].list.isEmpty {
            form["memory"] = String(planned["memory"][0]["dedicated"].int ?? 512)
            form["swap"] = String(planned["memory"][0]["swap"].int ?? 0)
        }
        if !isClone { form["ostype"] = planned["operating_system"][0]["type"].text ?? "unmanaged" }
        form["description"] = planned["description"].text?.trimmed
        form["tags"] = planned["tags"].strings.isEmpty ? nil : planned["tags"].strings.joined(separator: ";")
        form["onboot"] = planned["start_on_boot"].or(.bool(true)).flag
        form["protection"] = planned["protection"].flag
        form["hookscript"] = planned["hook_script_file_id"].text
        form["features"] = features(planned["features"][0])
        form["startup"] = startup(planned["startup"][0])
        let environment = planned["environment_variables"].object.sorted { $0.key < $1.key }
        if !environment.isEmpty {
            form["env"] = environment.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: "\0")
        }
        add(initialization: planned["initialization"][0], to: &form)
        for (index, mount) in planned["mount_point"].list.enumerated() { form["mp\(index)"] = self.mount(mount).text }
        for (index, device) in planned["device_passthrough"].list.enumerated() {
            form["dev\(index)"] = self.device(device).text
        }
        for (index, interface) in planned["network_interface"].list.enumerated() {
            form["net\(index)"] = net(interface, planned["initialization"][0]["ip_config"][index]).text
        }
        return form
    }

    private static func add(console: Value, to form: inout Form) {
        form["console"] = console["enabled"].or(.bool(true)).flag
        form["cmode"] = console["type"].text ?? "tty"
        form["tty"] = String(console["tty_count"].int ?? 2)
    }

    private static func add(cpu: Value, to form: inout Form) {
        form["arch"] = cpu["architecture"].text ?? "amd64"
        form["cores"] = String(cpu["cores"].int ?? 1)
        form["cpulimit"] = number(cpu["limit"].double ?? 0)
        if let units = cpu["units"].int, units > 0 { form["cpuunits"] = String(units) }
    }

    private static func add(initialization: Value, to form: inout Form) {
        form["hostname"] = initialization["hostname"].text
        form["entrypoint"] = initialization["entrypoint"].text
        let dns = initialization["dns"][0]
        let servers = dns["servers"].strings.isEmpty ? [dns["server"].text].compactMap { $0 } : dns["servers"].strings
        form["nameserver"] = servers.isEmpty ? nil : servers.joined(separator: " ")
        form["searchdomain"] = dns["domain"].text
    }

    private static func features(_ block: Value) -> String? {
        var properties = Properties()
        for name in ["fuse", "keyctl"] { properties.addSet(name, block[name]) }
        properties.add("mount", block["mount"].strings.joined(separator: ";"))
        for name in ["nesting", "mknod"] { properties.addSet(name, block[name]) }
        return properties.text.isEmpty ? nil : properties.text
    }

    /// Order and delays of the start; -1 means none.
    static func startup(_ block: Value) -> String? {
        var properties = Properties()
        for (key, name) in [("order", "order"), ("up", "up_delay"), ("down", "down_delay")] {
            if let number = block[name].int, number >= 0 { properties.add(key, String(number)) }
        }
        return properties.text.isEmpty ? nil : properties.text
    }

    static func rootfs(_ disk: Value, volume: String) -> Properties {
        var properties = Properties()
        properties.addSet("acl", disk["acl"])
        properties.add("mountoptions", disk["mount_options"].strings.joined(separator: ";"))
        properties.addSet("quota", disk["quota"])
        properties.addSet("replicate", disk["replicate"])
        properties.add("volume", volume)
        return properties
    }

    private static func mount(_ mount: Value) -> Properties {
        var properties = Properties()
        let volume = mount["volume"].string ?? ""
        let isNew = !volume.contains("/") && !volume.contains(":")
        let size = isNew ? Size.gigabytes(mount["size"].text) : nil
        properties.add("volume", size.map { "\(volume):\($0)" } ?? volume)
        properties.add("mp", mount["path"].text)
        properties.addSet("acl", mount["acl"])
        properties.addSet("backup", mount["backup"])
        properties.add("mountoptions", mount["mount_options"].strings.joined(separator: ";"))
        properties.addSet("quota", mount["quota"])
        properties.addSet("ro", mount["read_only"])
        if mount["replicate"].bool == false { properties.add("replicate", "0") }
        properties.addSet("shared", mount["shared"])
        if size == nil { properties.add("size", mount["size"].text) }
        return properties
    }

    private static func device(_ device: Value) -> Properties {
        var properties = Properties()
        properties.add("path", device["path"].text)
        properties.addSet("deny-write", device["deny_write"])
        properties.add("gid", device["gid"].int.map(String.init))
        properties.add("mode", device["mode"].text)
        properties.add("uid", device["uid"].int.map(String.init))
        return properties
    }

    private static func net(_ interface: Value, _ addresses: Value) -> Properties {
        var properties = Properties()
        properties.add("bridge", interface["bridge"].text)
        properties.addSet("firewall", interface["firewall"])
        properties.addSet("host-managed", interface["host_managed"])
        for (suffix, name) in [("", "ipv4"), ("6", "ipv6")] {
            properties.add("ip\(suffix)", addresses[name][0]["address"].text)
            properties.add("gw\(suffix)", addresses[name][0]["gateway"].text)
        }
        properties.add("hwaddr", interface["mac_address"].text)
        properties.addNonzero("mtu", interface["mtu"])
        properties.add("name", interface["name"].text)
        if let rate = interface["rate_limit"].double, rate > 0 { properties.add("rate", rounded(rate)) }
        properties.addNonzero("tag", interface["vlan_id"])
        if interface["enabled"].bool == false { properties.add("link_down", "1") }
        return properties
    }

    /// A whole number without a fraction.
    static func number(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? String(number) }

    /// A number with two digits of fraction.
    private static func rounded(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    // MARK: change

    /// The request that turns one configuration into another, and whether a running container must restart for it.
    static func change(_ prior: Value, _ planned: Value) -> (form: Form, needsRestart: Bool) {
        var planned = planned.merged(computed: prior)
        planned["mount_point"] = kept(prior["mount_point"], planned["mount_point"])
        let old = config(prior)
        let new = config(planned)
        var form = new.filter { old[$0.key] != $0.value }
        var gone = old.keys.filter { new[$0] == nil }
        let live: Set<String> = [
            "arch", "cores", "cpulimit", "cpuunits", "memory", "swap", "description", "tags", "onboot", "protection",
            "startup", "hookscript",
        ]
        let needsRestart = form.keys.contains { !live.contains($0) } || gone.contains { !live.contains($0) }
        if ["arch", "cores", "cpulimit", "cpuunits"].contains(where: { form[$0] != nil || gone.contains($0) }) {
            form["arch"] = new["arch"]
            form["cores"] = new["cores"]
            if new["cpulimit"] == "0" {
                form["cpulimit"] = nil
                gone.append("cpulimit")
            }
        }
        if !gone.isEmpty { form["delete"] = gone.sorted().joined(separator: ",") }
        return (form, needsRestart)
    }

    /// Mount points with the volumes that they have.
    private static func kept(_ prior: Value, _ planned: Value) -> Value {
        .list(
            planned.list.enumerated().map { index, mount in
                var mount = mount
                let volume = prior[index]["volume"].string ?? ""
                if volume.hasPrefix((mount["volume"].string ?? "") + ":") { mount["volume"] = .string(volume) }
                return mount
            })
    }
}
