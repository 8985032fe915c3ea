import Core

/// A host that is wanted.
public struct HostRequest: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// What it is to be like.
    public var spec: HostSpec
    /// Who asks.
    public var owner: HostOwner?
    /// How it is made, "lxc" or "vm".
    public var kind = "lxc"
    /// The address that it is to have; nil takes a free one.
    public var address: String?
    /// Its id in Proxmox VE.
    public var vmid: Int?
    /// It is started once it is made; one that is there already is started in any case.
    public var starts = true

    /// A wish.
    ///
    /// - Throws: a failure with exit `usage` for a name that is no host name.
    public init(
        name: String, spec: HostSpec, owner: HostOwner? = nil, kind: String = "lxc", address: String? = nil,
        vmid: Int? = nil
    ) throws {
        self.name = try HostName.check(name)
        self.spec = spec
        self.owner = owner
        self.kind = kind
        self.address = address
        self.vmid = vmid
    }
}

/// Who a host belongs to, so that two repositories never share one without knowing.
public struct HostOwner: Codable, Sendable, Hashable {
    /// The repository whose manifest asks for it: `owner/name`, or the name of its folder.
    public var repository: String
    /// The environment in it.
    public var environment: String
    /// An owner.
    public init(repository: String, environment: String) {
        self.repository = repository
        self.environment = environment
    }
    /// For people.
    public var text: String { "\(environment) of \(repository)" }

    /// Both are the same environment of the same repository.
    ///
    /// Names alone are compared: a checkout without a remote, or by a workflow, knows another owner or none.
    public func isSame(as other: HostOwner?) -> Bool {
        guard let other else { return false }
        return environment == other.environment
            && repository.lastPathComponent.lowercased() == other.repository.lastPathComponent.lowercased()
    }
}
