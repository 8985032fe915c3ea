import Core

extension Endpoint {
    /// Writes the endpoint; nothing is kept of one of another style, whose members mean nothing here.
    public func written(over old: JSONValue?) -> JSONValue? {
        members(over: old?["CommunicationStyle"]?.string == communicationStyle.name ? old : nil)
    }

    /// A target that is reached by SSH.
    ///
    /// - Parameters:
    ///   - fingerprint: of the host key, `SHA256:…` or MD5 in hexadecimal pairs.
    ///   - account: the id of an account.
    public static func ssh(host: String, port: Int = 22, fingerprint: String, account: String) -> Endpoint {
        .make {
            $0.communicationStyle = .ssh
            $0.host = host
            $0.port = port
            $0.fingerprint = fingerprint
            $0.accountId = account
            $0.uri = "ssh://\(host):\(port)/"
            $0.dotNetCorePlatform = "linux-x64"
        }
    }

    /// A cloud region: a target that nothing connects to.
    public static let cloudRegion = Endpoint()
}

extension TaskDetails {
    /// All nodes of the log, parents before children.
    public var nodes: [ActivityLog] { activityLogs.flatMap(\.flattened) }
}

extension ActivityLog {
    /// The node and all below it, parents before children.
    public var flattened: [ActivityLog] { [self] + children.flatMap(\.flattened) }
}
