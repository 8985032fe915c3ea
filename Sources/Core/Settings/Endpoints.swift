/// An Octopus Server and how it is called.
public struct OctopusEndpoint: Codable, Sendable, Hashable {
    /// Address without a trailing slash.
    public var url: String
    /// API key.
    public var apiKey: String
    /// Space id or name.
    public var space: String
    /// An endpoint.
    public init(url: String, apiKey: String, space: String) {
        self.url = url
        self.apiKey = apiKey
        self.space = space
    }
}

/// A Nexus Repository server and how it is called.
public struct NexusEndpoint: Codable, Sendable, Hashable {
    /// Address without a trailing slash.
    public var url: String
    /// User.
    public var username: String
    /// Password.
    public var password: String
    /// An endpoint.
    public init(url: String, username: String, password: String) {
        self.url = url
        self.username = username
        self.password = password
    }
}

/// A Proxmox VE cluster and how it is called.
public struct ProxmoxEndpoint: Codable, Sendable, Hashable {
    /// Address without a path, such as "https://pve.example.com:8006".
    public var url: String
    /// Id of the API token, `user@realm!name`.
    public var tokenID: String
    /// Secret of the API token.
    public var tokenSecret: String
    /// Certificates that the server's own is checked with, a PEM file; nil takes the system's.
    public var caFile: String?
    /// A user with its password, `root@pam`, for what no token may; nil where none is set.
    public var username: String?
    /// Password of that user.
    public var password: String?
    /// An endpoint.
    public init(
        url: String, tokenID: String, tokenSecret: String, caFile: String?, username: String? = nil,
        password: String? = nil
    ) {
        self.url = url
        self.tokenID = tokenID
        self.tokenSecret = tokenSecret
        self.caFile = caFile
        self.username = username
        self.password = password
    }
}

/// An S3-compatible store of Terraform states and how it is called.
public struct StateEndpoint: Codable, Sendable, Hashable {
    /// The bucket that today's library uses.
    public static let usualBucket = "terraform-state"
    /// Address without a trailing slash.
    public var url: String
    /// Access key.
    public var accessKey: String
    /// Secret key.
    public var secretKey: String
    /// Bucket.
    public var bucket: String
    /// An endpoint.
    public init(url: String, accessKey: String, secretKey: String, bucket: String = StateEndpoint.usualBucket) {
        self.url = url
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.bucket = bucket
    }
}

/// How hosts are logged into.
public struct SSHAccess: Codable, Sendable, Hashable {
    /// User for deployments.
    public var user: String
    /// Path of the private key, mode 0600.
    public var keyFile: String
    /// Path of the known hosts; nil is the user's own.
    public var knownHostsFile: String?
    /// Access.
    public init(user: String, keyFile: String, knownHostsFile: String?) {
        self.user = user
        self.keyFile = keyFile
        self.knownHostsFile = knownHostsFile
    }
}
