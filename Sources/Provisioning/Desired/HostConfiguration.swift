import Core
import Crypto
import Foundation

/// Everything that is to be on a host: a pure function of the manifest and the addresses.
public struct HostConfiguration: Sendable, Hashable {
    /// The apps that run on it, in order.
    public let apps: [Manifest.App]
    /// The apps that it balances, each with its hosts; nil on a host that balances nothing.
    public let balanced: [Balanced]?
    /// The script that switches slots.
    public let slot: SlotProgram
    /// The public key that opens the user for deployments, one line.
    public let deployKey: String

    /// An app behind a balancer.
    public struct Balanced: Sendable, Hashable {
        /// The app.
        public var app: Manifest.App
        /// Its hosts, in order.
        public var backends: [Backend]
        /// An app behind a balancer.
        public init(app: Manifest.App, backends: [Backend]) {
            self.app = app
            self.backends = backends
        }
    }

    /// What is to be on a host.
    public init(apps: [Manifest.App], balanced: [Balanced]?, slot: SlotProgram, deployKey: String) {
        self.apps = apps
        self.balanced = balanced
        self.slot = slot
        self.deployKey = deployKey.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The user that deployments log in as.
    public static let deployUser = "deploy"

    /// All files, in the order they are written.
    public var files: [HostFile] {
        var files = [
            HostFile(
                "/etc/nginx/modules-enabled/90-nante.conf", kind: .nginx, text: AppFiles.header + NginxFiles.main),
            HostFile("/etc/nginx/conf.d/00-nante.conf", kind: .nginx, text: AppFiles.header + NginxFiles.common),
            HostFile(slot.path, mode: 0o755, kind: .plain, text: slot.text),
            HostFile(
                "/etc/sudoers.d/nante", mode: 0o440, kind: .sudoers,
                text: AppFiles.header
                    + "\(HostConfiguration.deployUser) ALL=(root) NOPASSWD: \(slot.path)\n"),
        ]
        for (place, app) in apps.enumerated() {
            files += AppFiles.all(app, isFirst: place == 0)
        }
        for (place, item) in (balanced ?? []).enumerated() {
            let site = NginxFiles.balancer(item.app, backends: item.backends, isDefault: place == 0)
            // No app has an underscore in its name, so this is no app's own file.
            files.append(
                HostFile(
                    "/etc/nginx/conf.d/nante-lb_\(item.app.name).conf", kind: .nginx, text: AppFiles.header + site))
        }
        return files
    }

    /// The script that brings a host to this, with the fingerprint that it leaves behind.
    public var script: String { ProvisionScript.text(self, fingerprint: fingerprint) }

    /// A digest of all that the script does.
    public var fingerprint: String {
        SHA256.hash(data: Data(ProvisionScript.text(self, fingerprint: "").utf8)).hex
    }

    /// The digest of each file by its path, as `sha256sum` prints it.
    public var digests: [String: String] {
        Dictionary(
            files.map { ($0.path, SHA256.hash(data: Data($0.text.utf8)).hex) }, uniquingKeysWith: { $1 })
    }
}
