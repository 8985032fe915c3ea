import Core

/// The environment that terraform and its providers run in: the only place where credentials are handed over.
public enum TerraformEnvironment {
    /// Variables of the caller begin so that would change what terraform and its provider do: they are taken away.
    static let foreign = ["TF_", "AWS_", "PROXMOX_VE_"]
    /// Those of them that only say where providers are from, what is logged, and whom to trust; `TF_VAR_` too stays.
    static let kept: Set<String> = [
        "TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR", "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE",
        "TF_REGISTRY_CLIENT_TIMEOUT", "TF_REGISTRY_DISCOVERY_RETRY", "TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER",
        "TF_LOG_PATH", "AWS_CA_BUNDLE", "AWS_MAX_ATTEMPTS",
    ]

    /// The variable is not handed on: it changes what terraform does, or is a secret that terraform has no use for.
    static func isForeign(_ name: String) -> Bool {
        if SettingName.all.contains(where: { $0.isSecret && $0.rawValue == name }) { return true }
        if name.hasPrefix("TF_VAR_") || kept.contains(name) { return false }
        return foreign.contains { name.hasPrefix($0) }
    }

    /// What is set and removed.
    ///
    /// - Parameters:
    ///   - proxmox: a user and its password go before the token: the provider takes one of them.
    ///   - caller: the environment of nante.
    ///   - trust: certificates that servers are checked with, a PEM file.
    ///   - secrets: values of sensitive variables of the configuration.
    ///   - reattach: a provider that runs already, as TF_REATTACH_PROVIDERS names it.
    public static func variables(
        of caller: [String: String], proxmox: ProxmoxEndpoint?, state: StateEndpoint?, trust: String? = nil,
        secrets: [String: String] = [:], reattach: String? = nil
    ) -> [String: String?] {
        var variables: [String: String?] = [:]
        for name in caller.keys where isForeign(name) { variables.updateValue(nil, forKey: name) }
        variables["TF_IN_AUTOMATION"] = "1"
        variables["TF_INPUT"] = "0"
        variables["CHECKPOINT_DISABLE"] = "1"
        if let proxmox {
            variables["PROXMOX_VE_ENDPOINT"] = proxmox.url + "/"
            if let user = proxmox.username, let password = proxmox.password {
                variables.updateValue(nil, forKey: "PROXMOX_VE_API_TOKEN")
                variables["PROXMOX_VE_USERNAME"] = user
                variables["PROXMOX_VE_PASSWORD"] = password
            } else {
                variables["PROXMOX_VE_API_TOKEN"] = "\(proxmox.tokenID)=\(proxmox.tokenSecret)"
            }
        }
        if let state {
            variables["AWS_ENDPOINT_URL_S3"] = state.url
            variables["AWS_ACCESS_KEY_ID"] = state.accessKey
            variables["AWS_SECRET_ACCESS_KEY"] = state.secretKey
            variables["AWS_REGION"] = "us-east-1"
            variables["AWS_EC2_METADATA_DISABLED"] = "true"
        }
        if let trust { variables["SSL_CERT_FILE"] = trust }
        if let reattach { variables["TF_REATTACH_PROVIDERS"] = reattach }
        for (name, value) in secrets { variables["TF_VAR_\(name)"] = value }
        return variables
    }
}
