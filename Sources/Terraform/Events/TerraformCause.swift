import Core
import Foundation

/// A cause that is known: by which words it is told, why it is so, and what helps.
struct TerraformCause: Sendable {
    let name: String
    let exit: Exit
    let recognises: @Sendable (String) -> Bool
    let why: @Sendable (TerraformDiagnostic) -> String
    let next: @Sendable (TerraformDiagnostic, String) -> [String]

    /// The first cause that the diagnostic tells of.
    static func find(_ diagnostic: TerraformDiagnostic) -> TerraformCause? {
        let text = diagnostic.text.lowercased()
        return all.first { $0.recognises(text) }
    }

    /// In the order of their certainty.
    static let all: [TerraformCause] = [
        locked, stale, provider, expired, untrusted, rootOnly, forbidden, unauthorized, gone, taken, template, node,
        full, storage, parameter, state, stateAccess, unreachable, notProxmox, valueRefused, precondition,
    ]

    static let locked = TerraformCause("lock", .held, ["error acquiring the state lock", "lock info:"]) { diagnostic in
        LockInfo(detail: diagnostic.detail).map { "it is locked by \($0.text)" } ?? "its lock can't be taken"
    } next: { diagnostic, workspace in
        guard let lock = LockInfo(detail: diagnostic.detail) else { return ["nante doctor"] }
        return [
            "wait for \(lock.who)", "or, if that run is dead: nante terraform unlock --app \(workspace) \(lock.id)",
        ]
    }

    static let stale = TerraformCause("stale plan", .failed, ["saved plan is stale"]) { _ in
        "another run changed the state after this plan was made"
    } next: { _, workspace in
        ["nante terraform plan --app \(workspace)"]
    }

    static let provider = TerraformCause(
        "provider", .missing,
        [
            "failed to query available provider packages", "could not retrieve the list of available versions",
            "failed to install provider", "inconsistent dependency lock file", "required plugins are not installed",
        ]
    ) { _ in
        "the provider can't be had: neither the registry nor a mirror has it"
    } next: { _, _ in
        ["set TF_CLI_CONFIG_FILE to a configuration with a mirror", "or --lab for the lab on this machine"]
    }

    static let expired = TerraformCause(
        "expired certificate", .missing, ["certificate has expired", "certificate expired"]
    ) { _ in
        "the server's certificate has expired"
    } next: { _, _ in
        ["renew it on the server (Proxmox VE: pvecm updatecerts --force)", "nante doctor"]
    }

    static let untrusted = TerraformCause(
        "untrusted certificate", .missing,
        [
            "x509: certificate signed by unknown authority", "certificate is not trusted", "x509:",
            "tls: failed to verify",
        ]
    ) { _ in
        "the server's certificate is not trusted"
    } next: { _, _ in
        ["export PROXMOX_CA_FILE=/path/to/pve-root-ca.pem", "nante doctor"]
    }

    static let rootOnly = TerraformCause(
        "root only", .missing, ["only allowed for root@pam"]
    ) { _ in
        "Proxmox VE lets only root@pam with its password do this, no token may"
    } next: { _, _ in
        [
            "export PROXMOX_USERNAME=root@pam PROXMOX_PASSWORD=…",
            "or leave the option out: --no-tun, --no-docker, --var lxc_keyctl=false, --var lxc_fuse=false",
        ]
    }

    static let forbidden = TerraformCause(
        "forbidden", .missing, ["permission check failed", "403 permission", "statuscode: 403", "accessdenied"]
    ) { diagnostic in
        privilege(diagnostic.text).map { "the API token lacks the privilege \($0)" }
            ?? "the credentials lack a right that this needs"
    } next: { diagnostic, _ in
        guard let found = rule(diagnostic.text) else { return ["nante doctor"] }
        return ["pveum acl modify \(found.path) --tokens 'USER@REALM!NAME' --roles ROLE-WITH-\(found.privilege)"]
    }

    static let unauthorized = TerraformCause(
        "unauthorized", .missing,
        [
            "401 no ticket", "authentication failure", "status code 401", "401 unauthorized", "401 permission",
            "invalidaccesskeyid", "signaturedoesnotmatch", "http 401",
        ]
    ) { _ in
        "the server does not accept the credentials"
    } next: { _, _ in
        [
            "check PROXMOX_TOKEN_ID and PROXMOX_TOKEN_SECRET, PROXMOX_PASSWORD where it is set"
                + " (MINIO_ROOT_USER and MINIO_ROOT_PASSWORD for the state)"
        ]
    }

    static let gone = TerraformCause(
        "gone", .failed, ["cannot import non-existent remote object"]
    ) { _ in
        "the machine is not there, or the token does not see it"
    } next: { _, _ in
        ["nante proxmox vms"]
    }

    static let template = TerraformCause(
        "template", .failed,
        [
            "unable to find template", "volume does not exist", "can't find template", "no such template",
            ":vztmpl/", "does not exist in storage", "template not found",
        ]
    ) { _ in
        "the template is not there"
    } next: { _, _ in
        ["nante proxmox templates", "--template NAME"]
    }

    static let taken = TerraformCause(
        "taken id", .failed, ["already exists on node", "config file already exists", "already exists"]
    ) { _ in
        "the id belongs to another guest already"
    } next: { _, workspace in
        ["nante proxmox vms", "nante terraform import --app \(workspace) … if it is yours, else another --vm-id"]
    }

    static let node = TerraformCause(
        "node", .failed,
        ["hostname lookup", "no such cluster node", "node does not exist", "failed to get address info"]
    ) { _ in
        "the cluster has no such node"
    } next: { _, _ in
        ["nante proxmox nodes", "--node NAME"]
    }

    static let full = TerraformCause(
        "full storage", .failed, ["no space left", "out of space", "not enough free space", "storage is full"]
    ) { _ in
        "the storage is full"
    } next: { _, _ in
        ["free space on it, then run the same command again"]
    }

    static let storage = TerraformCause("storage", .failed, ["storage '"]) { _ in
        "the storage is not there, or does not take this"
    } next: { _, _ in
        ["nante doctor", "--storage NAME"]
    }

    static let parameter = TerraformCause("parameter", .failed, ["parameter verification failed."]) { diagnostic in
        let parts = diagnostic.text.components(separatedBy: "arameter verification failed.")
        let told = parts.count > 1 ? parts[1].trimmingCharacters(in: [" ", ";"]) : ""
        return told.isEmpty ? "Proxmox VE does not take a value" : "Proxmox VE does not take this: \(told.prefix(200))"
    } next: { _, workspace in
        ["nante proxmox vms", "nante terraform apply --app \(workspace) … with another value"]
    }

    static let state = TerraformCause(
        "damaged state", .failed,
        [
            "unsupported state file format", "state file could not be parsed", "does not have valid json",
            "the state file does not", "failed to load state", "state data in s3 does not have the expected content",
        ]
    ) { _ in
        "the state is damaged"
    } next: { _, workspace in
        ["nante terraform state versions --app \(workspace)", "nante terraform state restore --app \(workspace)"]
    }

    static let stateAccess = TerraformCause(
        "state store", .missing,
        [
            "unable to list objects in s3 bucket", "unable to access object", "nosuchbucket", "failed to save state",
            "failed to upload state", "error refreshing state", "error loading state",
        ]
    ) { _ in
        "the store of states did not answer as it should"
    } next: { _, _ in
        ["check MINIO_ENDPOINT", "nante doctor"]
    }

    static let unreachable = TerraformCause(
        "unreachable", .missing,
        [
            "connection refused", "no such host", "i/o timeout", "no route to host", "connection reset",
            "context deadline exceeded", "client.timeout exceeded", "remote connection closed",
            "tls handshake timeout", "no answer in time",
        ]
    ) { _ in
        "a server can't be reached"
    } next: { _, _ in
        ["nante doctor"]
    }

    static let notProxmox = TerraformCause(
        "odd answer", .failed,
        ["invalid character '<'", "status code 5", "http 5", "bad gateway", "service unavailable"]
    ) { _ in
        "the server answered with an error of its own, or with something that is not Proxmox VE"
    } next: {
        _, workspace in
        ["run the same command again", "nante doctor", "nante terraform plan --app \(workspace)"]
    }

    static let valueRefused = TerraformCause(
        "value", .usage, ["invalid value for variable", "invalid value for input variable"]
    ) { diagnostic in
        diagnostic.detailLines.first ?? diagnostic.summary
    } next: { _, _ in
        ["nante terraform plan --help"]
    }

    static let precondition = TerraformCause("precondition", .usage, ["resource precondition failed"]) { diagnostic in
        diagnostic.detailLines.first ?? diagnostic.summary
    } next: { diagnostic, _ in
        let isTemplate = diagnostic.detail.contains("template")
        return (isTemplate ? ["nante proxmox templates"] : []) + ["nante terraform plan --help"]
    }

    private init(
        _ name: String, _ exit: Exit, _ words: [String], why: @escaping @Sendable (TerraformDiagnostic) -> String,
        next: @escaping @Sendable (TerraformDiagnostic, String) -> [String]
    ) {
        self.name = name
        self.exit = exit
        recognises = { text in words.contains { text.contains($0) } }
        self.why = why
        self.next = next
    }

    /// "Permission check failed (/vms/100, VM.Allocate)" names the path and the privilege.
    private static func rule(_ text: String) -> (path: String, privilege: String)? {
        guard let found = text.firstMatch(of: /\((\/[^\s,)]*),\s*([A-Za-z.|]+)\)/) else { return nil }
        return (String(found.1), String(found.2))
    }

    private static func privilege(_ text: String) -> String? { rule(text).map { "\($0.privilege) on \($0.path)" } }
}
