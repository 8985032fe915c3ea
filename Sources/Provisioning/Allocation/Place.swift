import Core

/// Where a host is: its address and its id.
public struct Place: Sendable, Hashable {
    /// Its address.
    public var address: IPv4Address
    /// Its VLAN tag, 0 is untagged.
    public var vlan: Int
    /// Its id in Proxmox VE.
    public var vmid: Int

    /// A place.
    public init(address: IPv4Address, vlan: Int, vmid: Int) {
        self.address = address
        self.vlan = vlan
        self.vmid = vmid
    }
}

/// What is asked for a host.
public struct PlaceWish: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its VLAN tag, 0 is untagged.
    public var vlan: Int
    /// The address that it must have; nil lets the allocator choose.
    public var address: IPv4Address?
    /// The id that it must have; nil lets the allocator choose.
    public var vmid: Int?

    /// A wish.
    public init(name: String, vlan: Int, address: IPv4Address? = nil, vmid: Int? = nil) {
        self.name = name
        self.vlan = vlan
        self.address = address
        self.vmid = vmid
    }
}

/// Somebody else has an address or an id.
public struct Claim: Sendable, Hashable {
    /// Who, for people: "VM 104 db on pmx", "web-1 of shop-prd, which reserved it".
    public var owner: String
    /// The address.
    public var address: IPv4Address?
    /// The id.
    public var vmid: Int?

    /// A claim.
    public init(owner: String, address: IPv4Address? = nil, vmid: Int? = nil) {
        self.owner = owner
        self.address = address
        self.vmid = vmid
    }
}
