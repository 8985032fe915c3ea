import Core

/// A privilege on a path of Proxmox VE's tree of permissions, such as VM.Allocate on /vms/100.
public struct ProxmoxRight: Sendable, Hashable, Encodable, CustomStringConvertible {
    /// Such as "VM.Allocate".
    public var privilege: String
    /// Such as "/vms/100".
    public var path: String

    /// A right.
    public init(_ privilege: String, on path: String) {
        self.privilege = privilege
        self.path = path
    }

    /// Such as "VM.Allocate on /vms/100".
    public var description: String { "\(privilege) on \(path)" }
}

/// How rights are given: the commands for root on a node.
public enum ProxmoxGrant {
    /// The role that nante's tokens get their rights by.
    public static let role = "Nante"

    /// Commands that give a token, and its user, rights.
    ///
    /// A token with separate privileges has only what its user has too, so both get them.
    ///
    /// - Parameter roleExists: rights are added to the role; else it is made of them.
    public static func commands(_ rights: [ProxmoxRight], token: String, adding roleExists: Bool = false) -> [String] {
        guard !rights.isEmpty else { return [] }
        let privileges = Set(rights.map(\.privilege)).sorted().joined(separator: " ")
        let user = token.split(separator: "!").first.map(String.init) ?? token
        let role =
            roleExists
            ? "pveum role modify \(role) --privs \"\(privileges)\" --append 1"
            : "pveum role add \(role) --privs \"\(privileges)\""
        return [role]
            + Set(rights.map(\.path)).sorted().map {
                "pveum acl modify \($0) --roles \(ProxmoxGrant.role) --users \(user) --tokens '\(token)'"
            }
    }
}
