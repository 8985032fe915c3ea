import Core

/// What a service of the lab is made of.
public struct LabEnvironment: Sendable {
    /// Effects.
    public let context: Context
    /// Places on disk.
    public let home: LabHome
    /// The database, with the service's migrations applied.
    public let database: LabDatabase
    /// Keys and passwords.
    public let keys: LabKeys
    /// The bridge of the lab's hosts.
    public let network: LabNetwork
    /// What the services use of this machine.
    public let machine: LabMachine
    /// Where each service listens, known once it does.
    public let addresses: LabAddresses

    /// An environment.
    public init(
        context: Context, home: LabHome, database: LabDatabase, keys: LabKeys, network: LabNetwork,
        machine: LabMachine? = nil, addresses: LabAddresses = LabAddresses()
    ) {
        self.context = context
        self.home = home
        self.database = database
        self.keys = keys
        self.network = network
        self.machine = machine ?? .this(context, network: network)
        self.addresses = addresses
    }
}
