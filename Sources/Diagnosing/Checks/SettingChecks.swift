import Core

extension Doctor {
    /// Which platform is meant, and where each setting came from.
    var settings: [Check] {
        let (platform, site) = (platform, site)
        return [
            Check("settings.platform", "Settings", "platform") {
                let known = SettingName.all.compactMap { name -> String? in
                    guard let found = platform.settings.lookup(name) else { return nil }
                    // A secret is told as set, never by its value, and neither is a key that another setting holds.
                    let value = name.isSecret ? "set" : Doctor.brief(found.value)
                    return "\(name.rawValue.padding(to: 24))\(value)  (from \(found.source))"
                }
                return .ok(
                    platform.isLab ? "the lab on this machine" : "your servers, since an address of one is set",
                    details: known)
            },
            Check("settings.machines", "Settings", "machines") {
                let nodes = site.each { $0.node ?? "the only node" }.joined(separator: ", ")
                let storages = site.each(\.storage).joined(separator: ", ")
                return .ok(
                    "on \(nodes), disks in \(storages), bridge \(site.bridge)",
                    details: site.each(\.template).map { "containers of \($0)" }
                        + site.each(\.vmTemplate).map { "virtual machines of \($0)" }
                        + site.networks.map { network in
                            let name = network.vlan == 0 ? "untagged" : "VLAN \(network.vlan)"
                            return "\(name): \(network.subnet), gateway \(network.gateway)"
                        })
            },
        ]
    }

    private static func brief(_ value: String) -> String {
        let line = value.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.count > 70 ? line.prefix(67) + "…" : line
    }
}
