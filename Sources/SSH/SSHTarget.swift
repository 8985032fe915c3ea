import Core

/// Where to log in.
public struct SSHTarget: Sendable, Hashable {
    /// A host name or an address.
    public var host: String
    /// The TCP port.
    public var port: Int
    /// The user to log in as.
    public var user: String

    /// A place to log in.
    ///
    /// - Throws: a failure with exit `usage` for a name that ssh could take for an option or for more than a name.
    public init(host: String, port: Int = 22, user: String) throws {
        guard SSHTarget.isHost(host) else {
            throw Failure(
                .usage, "\(quoted(host)) is no host name or address", why: "allowed: letters, digits and .:-_")
        }
        guard SSHTarget.isUser(user) else {
            throw Failure(.usage, "\(quoted(user)) is no user name", why: "allowed: letters, digits and ._-")
        }
        guard (1...65_535).contains(port) else { throw Failure(.usage, "\(port) is no TCP port") }
        self.host = host
        self.port = port
        self.user = user
    }

    /// The text is a host name or an address, and harmless as an argument.
    public static func isHost(_ text: String) -> Bool {
        holdsOnly(text, ".:-_") && !text.hasPrefix("-") && text.utf8.count <= 253
    }

    /// The text is a user name, and harmless as an argument.
    public static func isUser(_ text: String) -> Bool {
        holdsOnly(text, "._-") && !text.hasPrefix("-") && text.utf8.count <= 32
    }

    private static func holdsOnly(_ text: String, _ marks: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: marks.utf8.contains(byte)
                }
            }
    }

    /// The host as it stands in a known_hosts file: with the port where it is not 22 (sshd(8), SSH_KNOWN_HOSTS).
    public var knownHostsName: String { port == 22 ? host : "[\(host)]:\(port)" }

    /// The target for people.
    public var text: String { "\(user)@\(host)" + (port == 22 ? "" : ":\(port)") }
}

/// Text from outside, in quotes for a message.
private func quoted(_ text: String) -> String { "\"\(text.prefix(80))\"" }

/// How to log in: the key, whom to trust, and how long to try.
public struct SSHOptions: Sendable, Hashable {
    /// The private key's file; nil leaves the choice to ssh and its agent.
    public var identityFile: String?
    /// The file of known host keys, the only one that counts; nil is the user's own.
    public var knownHostsFile: String?
    /// Another ssh configuration file; "none" reads none at all; nil reads the user's.
    public var configFile: String?
    /// How long to wait for the connection; whole seconds, at least one.
    public var connectTimeout: Duration
    /// A folder for sockets of shared connections (ControlMaster); nil opens a connection each time.
    public var controlFolder: String?
    /// How long a shared connection stays open without use.
    public var controlPersist: Duration

    /// Options.
    public init(
        identityFile: String? = nil, knownHostsFile: String? = nil, configFile: String? = nil,
        connectTimeout: Duration = .seconds(10), controlFolder: String? = nil, controlPersist: Duration = .seconds(60)
    ) {
        self.identityFile = identityFile
        self.knownHostsFile = knownHostsFile
        self.configFile = configFile
        self.connectTimeout = connectTimeout
        self.controlFolder = controlFolder
        self.controlPersist = controlPersist
    }
}
