import Core
import Foundation

/// What a running lab says of itself.
public struct LabStatus: Codable, Sendable, Hashable {
    /// A service.
    public struct ServiceStatus: Codable, Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Its name for people.
        public var title: String
        /// Its address on loopback.
        public var url: String
        /// Counts and other facts.
        public var facts: JSONValue
        /// Calls that it does not serve, counted since the start.
        public var unserved: Int
        /// Those calls.
        public var unservedCalls: [UnservedCall]
    }
    /// A call that is not served.
    public struct UnservedCall: Codable, Sendable, Hashable {
        /// Method and path.
        public var call: String
        /// How often.
        public var count: Int
    }
    /// The bridge.
    public struct Bridge: Codable, Sendable, Hashable {
        /// Its name.
        public var name: String
        /// It is there.
        public var up: Bool
    }
    /// The process.
    public var pid: Int32
    /// Its resident memory in bytes.
    public var memory: Int
    /// The bridge.
    public var bridge: Bridge
    /// The services.
    public var services: [ServiceStatus]
}

extension LabDaemon {
    /// Asks a lab for its status; nil when it does not answer as the lab of this folder.
    public func status(_ record: LabRecord) async throws -> LabStatus? {
        guard context.files.exists(home.keys) else { return nil }
        let keys = try LabKeys.load(home: home, context: context)
        let address = record.nexus.url.isEmpty ? record.octopus.url : record.nexus.url
        let call = HTTPCall(
            "GET", address + "/nante/lab/status", headers: [("Authorization", "Bearer \(keys.token)")],
            timeout: .seconds(5))
        guard let answer = try? await context.http.send(call), answer.status == 200 else { return nil }
        return try? JSONDecoder().decode(LabStatus.self, from: answer.body)
    }
}
