import Core
import Foundation

/// The hosts of an environment, for whatever works with them: `.nante/inventory/ENVIRONMENT.json`.
public struct Inventory: Codable, Sendable, Hashable {
    /// A host.
    public struct Host: Codable, Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Its IPv4 address.
        public var address: String
        /// The user that logs in.
        public var user: String
        /// What it is, `vm` or `lxc`.
        public var kind: String
        /// Its id in Proxmox VE.
        public var vmid: Int
        /// Its node.
        public var node: String
        /// Its tags in Proxmox VE.
        public var tags: [String]
        /// Its target tags.
        public var targets: [String]
        /// Its public host key (type and base64).
        public var hostKey: String

        /// A host.
        public init(
            name: String, address: String, user: String, kind: String, vmid: Int, node: String, tags: [String],
            targets: [String], hostKey: String
        ) {
            self.name = name
            self.address = address
            self.user = user
            self.kind = kind
            self.vmid = vmid
            self.node = node
            self.tags = tags
            self.targets = targets
            self.hostKey = hostKey
        }
    }

    /// Version of the file.
    public var version = 1
    /// The environment.
    public var environment: String
    /// Its hosts by name.
    public var hosts: [Host]

    /// An inventory.
    public init(environment: String, hosts: [Host]) {
        self.environment = environment
        self.hosts = hosts.sorted { $0.name < $1.name }
    }

    /// The file of an environment below a repository's folder.
    public static func path(_ folder: String, environment: String) -> String {
        folder.appending(path: ".nante/inventory/\(environment).json")
    }

    /// The inventory as data, members in a fixed order.
    public var json: JSONValue {
        [
            "version": 1, "environment": .string(environment),
            "hosts": .array(
                hosts.map { host in
                    [
                        "name": .string(host.name), "address": .string(host.address), "user": .string(host.user),
                        "kind": .string(host.kind), "vmid": .number(Double(host.vmid)), "node": .string(host.node),
                        "tags": .array(host.tags.map { .string($0) }),
                        "targets": .array(host.targets.map { .string($0) }), "hostKey": .string(host.hostKey),
                    ]
                }),
        ]
    }

    /// Writes the file, and nothing where it says so already.
    public func save(_ folder: String, context: Context) throws {
        let path = Inventory.path(folder, environment: environment)
        let text = json.text(indent: 2) + "\n"
        if (try? context.files.readText(path)) != text { try context.files.write(text, to: path) }
    }

    /// Reads the file of an environment; nil where there is none.
    public static func load(_ folder: String, environment: String, context: Context) throws -> Inventory? {
        let path = path(folder, environment: environment)
        guard context.files.exists(path) else { return nil }
        return try JSONDecoder().decode(Inventory.self, from: try context.files.read(path))
    }
}
