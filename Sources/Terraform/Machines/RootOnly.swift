import Core
import OrderedCollections

/// What Proxmox VE lets only `root@pam` with its password do to a container: no token may, not even one of root's.
///
/// These are the features beside nesting, any feature of a privileged container, and devices of the node.
public enum RootOnly {
    /// The one user.
    public static let user = "root@pam"

    /// The options that the variables of nante's configuration ask for, such as "web-1: lxc_tun"; empty for none.
    public static func options(_ variables: JSONValue) -> [String] {
        guard let root = variables.object else { return [] }
        guard let instances = root["instances"]?.object, !instances.isEmpty else { return options(root, [:]) }
        return instances.flatMap { name, instance in
            options(root, instance.object ?? [:]).map { "\(name): \($0)" }
        }
    }

    /// The options that a plan would set, by machine; those that a machine has already are nobody's business.
    public static func options(_ plan: TerraformPlan) -> [String] {
        plan.changes.filter { $0.type == TerraformResources.container }.flatMap { change -> [String] in
            let isNew = change.action == .create || change.action == .replace
            guard isNew || change.action == .update else { return [] }
            let name = change.key ?? change.address
            return options(before: isNew ? .null : change.before, after: change.after).map { "\(name): \($0)" }
        }
    }

    /// Whether a container of the state has such an option: to take it away is root's business, too.
    public static func isIn(_ state: TerraformState) -> Bool {
        state.resources.contains {
            $0.type == TerraformResources.container && !options(before: .null, after: $0.values).isEmpty
        }
    }

    /// The failure for options that no password is set for.
    public static func refusal(_ options: [String], _ proxmox: ProxmoxEndpoint?) -> Failure {
        let other = proxmox?.username.flatMap { $0 == user ? nil : $0 }
        return Failure(
            .missing, "these options need the password of \(user): \(options.joined(separator: ", "))",
            why: "Proxmox VE lets no token set them, not even one of \(user)"
                + (other.map { "; PROXMOX_USERNAME is \($0)" } ?? ""),
            details: [.init("done", "nothing: no machine was touched")],
            next: [
                "export PROXMOX_USERNAME=\(user) PROXMOX_PASSWORD=…",
                "or leave them out: --no-tun, --no-docker, --unprivileged, --var lxc_keyctl=false",
            ])
    }

    private static func options(
        _ root: OrderedDictionary<String, JSONValue>, _ instance: OrderedDictionary<String, JSONValue>
    ) -> [String] {
        func flag(_ name: String, else usual: Bool = false) -> Bool {
            guard let value = instance[name].flatMap({ $0 == .null ? nil : $0 }) ?? root[name] else { return usual }
            return value.bool ?? value.string.flatMap(Bool.init) ?? usual
        }
        guard (instance["resource_type"] ?? root["resource_type"])?.string == "lxc" else { return [] }
        let isPrivileged = !flag("lxc_unprivileged", else: true)
        var found: [String] = []
        if isPrivileged, flag("lxc_nesting") { found.append("lxc_nesting with lxc_unprivileged=false") }
        if flag("lxc_features_docker") { found.append("lxc_features_docker") }
        if !isPrivileged, flag("lxc_keyctl") { found.append("lxc_keyctl") }
        if flag("lxc_fuse") { found.append("lxc_fuse") }
        if flag("lxc_tun") { found.append("lxc_tun") }
        return found
    }

    private static func options(before: JSONValue, after: JSONValue) -> [String] {
        func features(_ value: JSONValue) -> Set<String> {
            Set((value["features"]?.array?.first?.object ?? [:]).filter { isSet($0.value) }.map(\.key))
        }
        func devices(_ value: JSONValue) -> Set<String> {
            Set((value["device_passthrough"]?.array ?? []).map { $0.text() })
        }
        let isPrivileged = after["unprivileged"]?.bool == false
        let changed = features(before).symmetricDifference(features(after))
        var found = changed.filter { isPrivileged || $0 != "nesting" }.sorted().map {
            isPrivileged ? "\($0) of a privileged container" : $0
        }
        let paths = (after["device_passthrough"]?.array ?? []).compactMap { $0["path"]?.string }
        if devices(before) != devices(after) {
            found.append(paths.isEmpty ? "devices" : "device \(paths.joined(separator: " "))")
        }
        return found
    }

    private static func isSet(_ value: JSONValue) -> Bool {
        switch value {
        case .bool(let flag): flag
        case .array(let items): !items.isEmpty
        default: false
        }
    }
}

extension TerraformEndpoints {
    /// The endpoints with the one login that is needed, since the provider takes one.
    ///
    /// It is root's password where it is set, and the variables ask for what no token may, or a machine has it
    /// already (`isRootWanted`); else the token.
    public func fitting(_ variables: JSONValue) -> TerraformEndpoints {
        var copy = self
        let isAsked = isRootWanted || !RootOnly.options(variables).isEmpty
        let isWanted = isAsked && copy.proxmox?.username == RootOnly.user
        if !isWanted {
            copy.proxmox?.username = nil
            copy.proxmox?.password = nil
        }
        return copy
    }

    /// The same for a workspace: where nothing is asked for, null, what was asked for the last time counts.
    public func fitting(_ variables: JSONValue, folder: String, context: Context) -> TerraformEndpoints {
        fitting(variables == .null ? TerraformStack.lastVariables(folder, context) : variables)
    }

    /// Terraform logs in with root's password.
    var isRoot: Bool { proxmox?.username == RootOnly.user && proxmox?.password != nil }
}
