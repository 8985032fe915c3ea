import Core
import OrderedCollections

/// The variables that the programs of a run start from: a short list of the user's own, and what nante itself needs.
///
/// Everything else of the user's environment stays out, so that a run does not depend on whose shell started it.
public enum BaseEnvironment {
    /// Names that are let through.
    static let names: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
        // Where tools find their mirrors and caches; without them builds fail in closed networks.
        "GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GONOPROXY", "GOFLAGS", "GOTOOLCHAIN", "GOCACHE", "GOPATH",
        "GOMODCACHE", "GOROOT", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "PIP_CERT", "UV_INDEX_URL", "NPM_CONFIG_REGISTRY",
        "npm_config_registry", "JAVA_HOME", "SSH_AUTH_SOCK", "DOCKER_HOST", "KUBECONFIG", "SWIFT_EXEC",
    ]

    /// Beginnings of names that are let through.
    static let prefixes = ["LC_", "NANTE_"]

    /// The variables for the programs of a run.
    ///
    /// - Parameters:
    ///   - inherited: the environment of this process.
    ///   - extra: more names that are let through.
    ///   - binary: the folder of this nante, first in PATH so that `nante` in a step is this one.
    ///   - lab: the lab is meant even where addresses of servers are set, so those stay out.
    public static func make(
        _ inherited: [String: String], extra: Set<String> = [], binary: String?, lab: Bool = false
    ) -> [String: String] {
        let settings = Set(SettingName.all.map(\.rawValue) + SettingName.addresses.map(\.rawValue))
        let allowed = names.union(lab ? [] : settings).union(extra)
        var kept = inherited.filter { name, _ in
            allowed.contains(name) || prefixes.contains { name.hasPrefix($0) }
        }
        let path = kept["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        kept["PATH"] = binary.map { "\($0):\(path)" } ?? path
        return kept
    }
}

/// The layers of a step's environment, lowest first.
struct StepEnvironment: Sendable {
    /// What the programs of the run start from.
    var base: [String: String]
    /// The `env` of workflow and job, and what earlier steps wrote to GITHUB_ENV over them.
    var global: OrderedDictionary<String, String> = [:]
    /// The `env` of the step that calls a composite action, for the steps in it.
    var outer: OrderedDictionary<String, String> = [:]
    /// The step's own `env`.
    var step: OrderedDictionary<String, String> = [:]
    /// GITHUB_ and RUNNER_ variables, which nothing can override.
    var runner: [String: String] = [:]
    /// Folders from GITHUB_PATH, newest first.
    var path: [String] = []

    /// The `env` context: without the base and the runner's own.
    var context: OrderedDictionary<String, String> {
        global.merging(outer) { $1 }.merging(step) { $1 }
    }

    /// The variables of the step's program.
    var variables: [String: String] {
        var all = base
        for (name, value) in context { all[name] = value }
        all.merge(runner) { $1 }
        let before = path + [all["PATH"] ?? ""]
        all["PATH"] = before.filter { !$0.isEmpty }.joined(separator: ":")
        return all
    }

    /// Puts a folder in front of PATH; one that is there moves to the front.
    mutating func prepend(_ folder: String) {
        path.removeAll { $0 == folder }
        path.insert(folder, at: 0)
    }
}
