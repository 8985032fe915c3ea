import Core
import Foundation
import OrderedCollections

/// How a guest's configuration becomes a host of the lab.
struct GuestPlan: Sendable {
    let guest: ProxmoxGuest
    /// The lab's bridge; nil where no address is asked for.
    var network: LabNetwork?

    /// A size such as "8G" or "512M" in bytes; nil when the text is none.
    static func bytes(_ text: String) -> Int64? {
        let unit = text.last.flatMap { ["K": 1.0, "M": 2, "G": 3, "T": 4][$0.uppercased()] }
        guard let number = Double(unit == nil ? text : String(text.dropLast())), number >= 0 else { return nil }
        let bytes = number * Foundation.pow(1024, unit ?? 0)
        return bytes < 9e18 ? Int64(bytes) : nil
    }

    /// GiB, rounded up.
    static func gibibytes(_ bytes: Int64) -> Int { Int((bytes + (1 << 30) - 1) >> 30) }

    /// Where the address stands.
    private var addressKey: String { guest.kind == .container ? "net0" : "ipconfig0" }

    private func properties(_ key: String) -> PropertyString? {
        guard let text = guest.config[key], case .properties(let form)? = guest.kind.rules.rule(key)?.kind else {
            return nil
        }
        return try? PropertyString.parse(text, form, name: key)
    }

    /// The static address; nil where the guest is to get one.
    ///
    /// - Throws: a fault that names the parameter, for one that no host of the lab can have.
    func address() throws -> String? {
        guard let found = properties(addressKey), let text = found["ip"], !["dhcp", "manual", "auto"].contains(text)
        else { return nil }
        guard let (address, _) = IPv4Text.prefix(text), network?.contains(address) ?? true else {
            throw ProxmoxFault.parameter(
                addressKey,
                "the lab's guests have addresses of \(network?.subnet ?? ""), from .2 to .254, not \(text)")
        }
        if let network, let gateway = found["gw"], gateway != network.gateway, !network.contains(gateway) {
            throw ProxmoxFault.parameter(
                addressKey, "the gateway \(gateway) is not in the lab's subnet \(network.subnet)")
        }
        return address
    }

    /// The bridges that the guest's cards name must be there; every VLAN tag is accepted.
    func checkBridges() throws {
        for key in guest.config.keys where key.hasPrefix("net") && Int(key.dropFirst(3)) != nil {
            guard let bridge = properties(key)?["bridge"] else { continue }
            if bridge != ProxmoxServer.bridge { throw ProxmoxFault.refused("bridge '\(bridge)' does not exist") }
        }
    }

    /// The disk that the guest starts from: its key.
    var rootKey: String? {
        if guest.kind == .container { return guest.config["rootfs"] == nil ? nil : "rootfs" }
        let order = (guest.config["boot"] ?? "").split(separator: "=").last.map { $0.split(separator: ";") } ?? []
        let disks = guest.config.keys.filter { key in
            ["virtio", "scsi", "sata", "ide"].contains { key.hasPrefix($0) && Int(key.dropFirst($0.count)) != nil }
                && properties(key)?["media"] != "cdrom"
        }
        return order.map(String.init).first { disks.contains($0) } ?? disks.first
    }

    /// The size of that disk in GiB.
    var disk: Int? {
        rootKey.flatMap { properties($0)?["size"] }.flatMap(GuestPlan.bytes).map(GuestPlan.gibibytes)
    }

    /// What the host is to be like.
    func spec() throws -> HostSpec {
        let config = guest.config
        func number(_ key: String) -> Int? { config[key].flatMap { Int($0) } }
        var cores = number("cores") ?? 1
        if guest.kind == .machine { cores *= number("sockets") ?? 1 }
        var spec: HostSpec
        do {
            spec = try HostSpec(cores: cores, memory: memory(config), disk: disk)
        } catch let failure as Failure {
            throw ProxmoxFault.parameter(failure.what.contains("cores") ? "cores" : "memory", failure.what)
        }
        spec.authorizedKeys = keys
        spec.gateway = properties(addressKey)?["gw"].flatMap { $0 == network?.gateway ? nil : $0 }
        spec.nameServers = ProxmoxCall.items(config["nameserver"] ?? "").filter(IPv4Text.isAddress)
        spec.searchDomain = config["searchdomain"]
        if guest.kind == .container {
            spec.swap = number("swap")
            spec.unprivileged = config["unprivileged"].flatMap(ParameterRule.flag) ?? false
            spec.nesting = properties("features")?.flag("nesting") ?? false
            spec.devices = config.keys.filter { $0.hasPrefix("dev") }.compactMap { properties($0)?["path"] }
        } else {
            spec.user = config["ciuser"]
        }
        return spec
    }

    /// Containers below 64 MiB are made with 64: systemd does not start with less.
    private func memory(_ config: OrderedDictionary<String, String>) -> Int {
        let text = config["memory"] ?? "512"
        let plain = text.split(separator: ",").first.map { $0.replacing("current=", with: "") } ?? ""
        return max(64, Int(plain) ?? 512)
    }

    private var keys: [String] {
        let text =
            guest.kind == .container
            ? guest.secrets["ssh-public-keys"] : guest.config["sshkeys"].flatMap { $0.removingPercentEncoding }
        return (text ?? "").split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    /// The wish for the lab's hosts.
    func request(starts: Bool) throws -> HostRequest {
        var request: HostRequest
        do {
            request = try HostRequest(
                name: guest.host, spec: try spec(), kind: guest.kind.host, address: try address(), vmid: guest.vmid)
        } catch let failure as Failure {
            throw ProxmoxFault.parameter(guest.kind == .container ? "hostname" : "name", failure.what)
        }
        request.starts = starts
        return request
    }

    /// The name of the lab's host: the first label of the guest's name, in small letters.
    static func hostName(_ kind: ProxmoxGuest.Kind, _ vmid: Int, _ name: String?) throws -> String {
        guard let name else { return "\(kind.label.lowercased())\(vmid)" }
        let label = String(name.lowercased().split(separator: ".").first ?? "")
        do { return try HostName.check(label) } catch {
            throw ProxmoxFault.parameter(
                kind == .container ? "hostname" : "name",
                "the lab's hosts have names of letters, digits and inner hyphens, first a letter, not '\(name)'")
        }
    }
}
