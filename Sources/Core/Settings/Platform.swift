import Foundation

/// Which servers a command talks to: the lab on this machine, or real ones; never some of both.
public struct Platform: Sendable {
    /// The lab of this machine.
    public let isLab: Bool
    /// The settings it was made of.
    public let settings: Settings
    private let record: LabRecord?
    private let context: Context

    /// Whether the settings mean the lab: `--lab`, or no service address set anywhere.
    public static func wantsLab(_ settings: Settings, flag: Bool) -> Bool {
        flag || SettingName.addresses.allSatisfy { settings[$0] == nil }
    }

    /// The settings of flags, environment and `nante.yml` in their order.
    public static func settings(
        context: Context, flags: [String: String] = [:], manifest: Manifest? = nil
    ) -> Settings {
        Settings().adding("flag", flags).adding("environment", context.environment)
            .adding(Manifest.fileName, manifest?.platform.settings ?? [:])
    }

    /// The lab, as its record tells.
    public init(lab record: LabRecord, context: Context) {
        isLab = true
        self.record = record
        self.context = context
        settings = Settings().adding(
            "lab",
            [
                "OCTOPUS_SERVER_URL": record.octopus.url, "OCTOPUS_API_KEY": record.octopus.apiKey,
                "OCTOPUS_SPACE_ID": record.octopus.space, "NEXUS_URL": record.nexus.url,
                "NEXUS_USERNAME": record.nexus.username, "NEXUS_PASSWORD": record.nexus.password,
                "PROXMOX_API_URL": record.proxmox?.url ?? "", "PROXMOX_TOKEN_ID": record.proxmox?.tokenID ?? "",
                "PROXMOX_TOKEN_SECRET": record.proxmox?.tokenSecret ?? "",
                "PROXMOX_USERNAME": record.proxmox?.username ?? "",
                "PROXMOX_PASSWORD": record.proxmox?.password ?? "",
                "PROXMOX_CA_FILE": record.proxmox?.caFile ?? "", "MINIO_ENDPOINT": record.state?.url ?? "",
                "MINIO_ROOT_USER": record.state?.accessKey ?? "",
                "MINIO_ROOT_PASSWORD": record.state?.secretKey ?? "",
                "SSH_USER": record.ssh.user, "SSH_PRIVATE_KEY_FILE": record.ssh.keyFile,
                "SSH_KNOWN_HOSTS_FILE": record.ssh.knownHostsFile ?? "",
            ])
    }

    /// Real servers, as the settings tell.
    public init(settings: Settings, context: Context) {
        isLab = false
        record = nil
        self.settings = settings
        self.context = context
        for name in SettingName.all where name.isSecret { settings[name].map(context.mask.add) }
    }

    /// The first line of a command that changes something.
    public var line: String {
        let octopus = settings[.octopusURL] ?? "not set"
        let nexus = settings[.nexusURL] ?? "not set"
        return "platform  \(isLab ? "the lab on this machine" : "your servers") (Octopus \(octopus), Nexus \(nexus))"
    }

    /// Octopus Server.
    public func octopus() throws -> OctopusEndpoint {
        let found = try require([.octopusURL, .octopusKey], of: "Octopus")
        return OctopusEndpoint(
            url: try address(found[0], .octopusURL), apiKey: found[1], space: settings[.octopusSpace] ?? "")
    }

    /// Nexus Repository.
    public func nexus() throws -> NexusEndpoint {
        let found = try require([.nexusURL, .nexusUser, .nexusPassword], of: "Nexus")
        return NexusEndpoint(url: try address(found[0], .nexusURL), username: found[1], password: found[2])
    }

    /// Proxmox VE; an address with `/api2/json` at its end is the same one.
    public func proxmox() throws -> ProxmoxEndpoint {
        let found = try require([.proxmoxURL, .proxmoxTokenID, .proxmoxTokenSecret], of: "Proxmox")
        var url = try address(found[0], .proxmoxURL)
        if url.hasSuffix("/api2/json") { url.removeLast("/api2/json".count) }
        let password = settings[.proxmoxPassword]
        return ProxmoxEndpoint(
            url: url, tokenID: found[1], tokenSecret: found[2], caFile: settings[.proxmoxCA].map(context.path),
            username: password == nil ? nil : settings[.proxmoxUser] ?? "root@pam", password: password)
    }

    /// The store of Terraform states.
    public func state() throws -> StateEndpoint {
        let found = try require([.stateURL, .stateUser, .statePassword], of: "the store of Terraform states")
        return StateEndpoint(
            url: try address(found[0], .stateURL), accessKey: found[1], secretKey: found[2],
            bucket: settings[.stateBucket] ?? StateEndpoint.usualBucket)
    }

    /// How hosts are logged into; a key given as text is kept in a 0600 file of the run.
    public func ssh() throws -> SSHAccess {
        let user = settings[.sshUser] ?? "deploy"
        if let file = settings[.sshKeyFile] {
            return SSHAccess(user: user, keyFile: context.path(file), knownHostsFile: settings[.sshKnownHosts])
        }
        guard let key = settings[.sshKey] else {
            throw missing([.sshKeyFile], of: "logging into hosts", hint: " or SSH_PRIVATE_KEY (the key itself)")
        }
        let path = try SSHKeyFile.write(key, context)
        return SSHAccess(user: user, keyFile: path, knownHostsFile: settings[.sshKnownHosts])
    }

    private func require(_ names: [SettingName], of what: String) throws -> [String] {
        let absent = names.filter { settings[$0] == nil }
        guard absent.isEmpty else { throw missing(absent, of: what, hint: "") }
        return names.compactMap { settings[$0] }
    }

    private func missing(_ names: [SettingName], of what: String, hint: String) -> Failure {
        let set = SettingName.all.compactMap { name in
            settings.lookup(name).map { "\(name.rawValue) (from \($0.source))" }
        }
        let list = names.map(\.rawValue).joined(separator: ", ")
        return Failure(
            .missing, "\(what) needs \(list)\(hint), which \(names.count == 1 ? "is" : "are") not set",
            why: set.isEmpty ? nil : "real servers are meant, since these are set: \(set.joined(separator: ", "))",
            next: ["export \(names[0].rawValue)=…", "or --lab for the lab on this machine"])
    }

    private func address(_ text: String, _ name: SettingName) throws -> String {
        guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme),
            let host = url.host(), !host.isEmpty, url.user() == nil
        else {
            throw Failure(
                .usage, "\(name.rawValue) is not an address such as https://octopus.example.com",
                why: "it is \"\(text)\"")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
