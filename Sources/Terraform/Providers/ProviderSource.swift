import Core

/// Where the bpg provider comes from.
public enum ProviderSource: Sendable, Hashable {
    /// The registry, or a mirror that terraform's own configuration names.
    case registry
    /// The stand-in, which runs already; the value is that of TF_REATTACH_PROVIDERS.
    case standIn(reattach: String)
    /// None: the configuration needs only what is built into terraform.
    case builtIn

    /// The value of TF_REATTACH_PROVIDERS.
    var reattach: String? { if case .standIn(let text) = self { text } else { nil } }

    /// One word for the record of what a folder was prepared with.
    var word: String {
        switch self {
        case .registry: "registry"
        case .standIn: "stand-in"
        case .builtIn: "built-in"
        }
    }
}

/// Finds out whether the provider can be had.
public struct ProviderCheck: Sendable {
    /// What was found, as a sentence, and whether the provider can be had.
    public struct Answer: Sendable, Hashable {
        /// The provider can be had.
        public var isReachable: Bool
        /// What was found.
        public var text: String
    }
    /// Where the registry tells the versions of the provider.
    static let registry = "https://registry.terraform.io/v1/providers/bpg/proxmox/versions"
    let context: Context

    /// A check.
    public init(_ context: Context) { self.context = context }

    /// What the mirrors and caches that are set up have; nil where none has the version.
    public func installed(version: String) -> Answer? {
        mirror(version).map { Answer(isReachable: true, text: "provider bpg/proxmox \(version) from \($0)") }
    }

    /// Looks at the mirrors that are set up, then asks the registry; takes 2 seconds at most.
    ///
    /// - Parameter version: the version that the configuration is pinned to.
    public func answer(version: String) async -> Answer {
        if let found = installed(version: version) { return found }
        do {
            let answer = try await context.http.send(
                HTTPCall("GET", ProviderCheck.registry, timeout: .seconds(2)))
            guard answer.isSuccess else {
                return Answer(isReachable: false, text: "the provider registry answered \(answer.status)")
            }
            return Answer(isReachable: true, text: "provider bpg/proxmox \(version) from the registry")
        } catch {
            return Answer(isReachable: false, text: "the provider registry can't be reached")
        }
    }

    /// A folder that has the pinned version, or a configuration with a mirror on the network.
    private func mirror(_ version: String) -> String? {
        for folder in folders {
            let place = folder.appending(path: "registry.terraform.io/bpg/proxmox")
            if context.files.exists(place.appending(path: version)) { return folder }
            let names = (try? context.files.list(place)) ?? []
            if names.contains(where: { $0.hasPrefix("terraform-provider-proxmox_\(version)_") }) { return folder }
        }
        guard let configuration, configuration.contains("network_mirror") else { return nil }
        return "the mirror in \(configurationPath)"
    }

    private var configurationPath: String {
        if let path = context.environment["TF_CLI_CONFIG_FILE"], !path.isEmpty { return context.path(path) }
        return (context.environment["HOME"] ?? "/").appending(path: ".terraformrc")
    }

    private var configuration: String? { try? context.files.readText(configurationPath) }

    /// Folders that terraform looks into: its usual ones, and those of its configuration.
    private var folders: [String] {
        let home = context.environment["HOME"] ?? "/"
        var folders = [home.appending(path: ".terraform.d/plugins"), "/usr/local/share/terraform/plugins"]
        if let cache = context.environment["TF_PLUGIN_CACHE_DIR"], !cache.isEmpty { folders.append(cache) }
        let text = configuration ?? ""
        for found in text.matches(of: /(?m)^\s*(?:path|plugin_cache_dir)\s*=\s*"([^"]+)"/) {
            let path = String(found.1)
            folders.append(path.hasPrefix("$HOME") ? home + path.dropFirst("$HOME".count) : path)
        }
        return folders
    }
}
