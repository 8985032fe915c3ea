import Core

/// The environment that terraform and its providers run in: the only place where credentials are handed over.
public enum TerraformEnvironment {
    /// Variables of the caller that would change what terraform does, and are taken away.
    static let foreign = [
        "TF_WORKSPACE", "TF_DATA_DIR", "TF_CLI_ARGS", "TF_CLI_ARGS_init", "TF_CLI_ARGS_plan", "TF_CLI_ARGS_apply",
        "TF_CLI_ARGS_import", "TF_REATTACH_PROVIDERS", "AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL",
        "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
        "PROXMOX_VE_USERNAME", "PROXMOX_VE_PASSWORD", "PROXMOX_VE_AUTH_TICKET", "PROXMOX_VE_CSRF_PREVENTION_TOKEN",
        "PROXMOX_VE_OTP",
    ]

    /// What is set and removed.
    ///
    /// - Parameters:
    ///   - trust: certificates that servers are checked with, a PEM file.
    ///   - secrets: values of sensitive variables of the configuration.
    ///   - reattach: a provider that runs already, as TF_REATTACH_PROVIDERS names it.
    public static func variables(
        proxmox: ProxmoxEndpoint?, state: StateEndpoint?, trust: String? = nil, secrets: [String: String] = [:],
        reattach: String? = nil
    ) -> [String: String?] {
        var variables: [String: String?] = [:]
        for name in foreign { variables.updateValue(nil, forKey: name) }
        variables["TF_IN_AUTOMATION"] = "1"
        variables["TF_INPUT"] = "0"
        variables["CHECKPOINT_DISABLE"] = "1"
        if let proxmox {
            variables["PROXMOX_VE_ENDPOINT"] = proxmox.url + "/"
            variables["PROXMOX_VE_API_TOKEN"] = "\(proxmox.tokenID)=\(proxmox.tokenSecret)"
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
