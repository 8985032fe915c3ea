import Configuration
import Foundation

/// The name of a setting, as callers write it in the environment.
public struct SettingName: Sendable, Hashable {
    /// Such as OCTOPUS_SERVER_URL.
    public let rawValue: String
    /// Its value is never shown.
    public let isSecret: Bool

    /// A name.
    public init(_ rawValue: String, secret: Bool = false) {
        self.rawValue = rawValue
        self.isSecret = secret
    }

    /// Address of Octopus Server.
    public static let octopusURL = SettingName("OCTOPUS_SERVER_URL")
    /// API key of Octopus Server.
    public static let octopusKey = SettingName("OCTOPUS_API_KEY", secret: true)
    /// Space of Octopus Server, id or name.
    public static let octopusSpace = SettingName("OCTOPUS_SPACE_ID")
    /// Environment of Octopus Server.
    public static let octopusEnvironment = SettingName("OCTOPUS_ENVIRONMENT")
    /// Address of Nexus.
    public static let nexusURL = SettingName("NEXUS_URL")
    /// User of Nexus.
    public static let nexusUser = SettingName("NEXUS_USERNAME")
    /// Password of Nexus.
    public static let nexusPassword = SettingName("NEXUS_PASSWORD", secret: true)
    /// Docker registry of Nexus, host and port.
    public static let nexusDocker = SettingName("NEXUS_DOCKER_REGISTRY")
    /// Private key for hosts, as text.
    public static let sshKey = SettingName("SSH_PRIVATE_KEY", secret: true)
    /// Private key for hosts, as a file.
    public static let sshKeyFile = SettingName("SSH_PRIVATE_KEY_FILE")
    /// User on hosts.
    public static let sshUser = SettingName("SSH_USER")
    /// Known hosts file.
    public static let sshKnownHosts = SettingName("SSH_KNOWN_HOSTS_FILE")

    /// Address of the Proxmox VE API, such as https://pve.example.com:8006.
    public static let proxmoxURL = SettingName("PROXMOX_API_URL")
    /// Id of an API token of Proxmox VE, `user@realm!name`.
    public static let proxmoxTokenID = SettingName("PROXMOX_TOKEN_ID")
    /// Secret of that token, a UUID.
    public static let proxmoxTokenSecret = SettingName("PROXMOX_TOKEN_SECRET", secret: true)
    /// User of Proxmox VE for what no token may: root@pam, also where only the password is set.
    public static let proxmoxUser = SettingName("PROXMOX_USERNAME")
    /// Password of that user.
    public static let proxmoxPassword = SettingName("PROXMOX_PASSWORD", secret: true)
    /// Certificates that Proxmox VE's own is checked with, a PEM file; the system's without it.
    public static let proxmoxCA = SettingName("PROXMOX_CA_FILE")
    /// The node that machines are made on.
    public static let proxmoxNode = SettingName("PROXMOX_NODE")
    /// The storage that disks are made in.
    public static let proxmoxStorage = SettingName("PROXMOX_STORAGE")
    /// Public SSH key for machines, a line as in authorized_keys.
    public static let sshPublicKey = SettingName("ANS_SSH_PUBLIC_KEY")
    /// Address of the S3-compatible store of Terraform states.
    public static let stateURL = SettingName("MINIO_ENDPOINT")
    /// Access key of that store.
    public static let stateUser = SettingName("MINIO_ROOT_USER")
    /// Secret key of that store.
    public static let statePassword = SettingName("MINIO_ROOT_PASSWORD", secret: true)
    /// Bucket of that store; `terraform-state` without it.
    public static let stateBucket = SettingName("MINIO_BUCKET")

    /// Every setting that the platform has, in the order shown.
    public static let all: [SettingName] = [
        .octopusURL, .octopusKey, .octopusSpace, .octopusEnvironment, .nexusURL, .nexusUser, .nexusPassword,
        .nexusDocker, .proxmoxURL, .proxmoxTokenID, .proxmoxTokenSecret, .proxmoxUser, .proxmoxPassword, .proxmoxCA,
        .proxmoxNode, .proxmoxStorage, .stateURL, .stateUser, .statePassword, .stateBucket,
        .sshKey, .sshKeyFile, .sshPublicKey, .sshUser, .sshKnownHosts,
    ]

    /// The settings whose presence means real servers.
    public static let addresses: [SettingName] = [
        .octopusURL, .nexusURL, .nexusDocker, .proxmoxURL, .stateURL, SettingName("DOPPLER_PROJECT"),
    ]
}

/// A setting with where it came from.
public struct ResolvedSetting: Sendable, Hashable {
    /// Its value.
    public var value: String
    /// Where it came from: "flag", "environment", "nante.yml", "lab".
    public var source: String
}

/// Settings in layers: the first that has a value wins (flag, environment, Doppler, nante.yml, lab).
public struct Settings: Sendable {
    private var layers: [(source: String, provider: any ConfigProvider)] = []

    /// No layer yet.
    public init() {}

    /// Adds a layer below those that are there.
    public func adding(_ source: String, _ values: [String: String]) -> Settings {
        var copy = self
        let secrets = Set(SettingName.all.filter(\.isSecret).map(\.rawValue))
        copy.layers.append(
            (source, EnvironmentVariablesProvider(environmentVariables: values, secretsSpecifier: .specific(secrets))))
        return copy
    }

    /// The value of a setting with its source; an empty value counts as absent.
    public func lookup(_ name: SettingName) -> ResolvedSetting? {
        let key = AbsoluteConfigKey(name.rawValue.split(separator: "_").map { $0.lowercased() })
        for layer in layers {
            guard let found = try? layer.provider.value(forKey: key, type: .string).value,
                case .string(let text) = found.content, !text.isEmpty
            else { continue }
            return ResolvedSetting(value: text, source: layer.source)
        }
        return nil
    }

    /// The value of a setting.
    public subscript(name: SettingName) -> String? { lookup(name)?.value }
}
