import Core
import Foundation

/// What a host says of its applications: the answer of `nante-slot status`.
public struct SlotReport: Sendable, Hashable {
    /// The number of the script's interface.
    public var interface: Int
    /// The host's own name.
    public var host: String
    /// The applications that the host knows.
    public var apps: [App]

    /// One application of a host.
    public struct App: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// The slot that serves; nil before the first release.
        public var active: String?
        /// The version in that slot; nil before the first release.
        public var version: String?
        /// The slot answered its health check just now.
        public var healthy: Bool
        /// The last answer of the check, such as `200 "ok"`.
        public var answer: String
        /// The slot that stands by in a switch that is not finished; else nil.
        public var standby: String?
        /// Both slots by name.
        public var slots: [String: Slot]
        /// Folders of releases on the host, the last used first.
        public var releases: [String]
        /// What is not as it should be, in sentences.
        public var notes: [String]

        /// How often systemd restarted the slot that serves.
        public var restarts: Int { active.flatMap { slots[$0]?.restarts } ?? 0 }
        /// Since when the slot that serves runs.
        public var since: Date? { active.flatMap { slots[$0]?.since } }
    }

    /// One slot.
    public struct Slot: Sendable, Hashable {
        /// The version of its release; empty where it holds none.
        public var version: String
        /// systemd's ActiveState.
        public var state: String
        /// How often systemd restarted it since it was started.
        public var restarts: Int
        /// Since when it runs.
        public var since: Date?
    }

    /// The application of a name.
    public func app(_ name: String) -> App? { apps.first { $0.name == name } }

    /// Reads the output of `nante-slot status`.
    ///
    /// - Throws: a failure with exit `missing` where it is not such an output.
    public init(parsing text: String, from host: String) throws {
        guard let json = try? JSONValue.parse(text), let list = json["apps"]?.array else {
            throw Failure(
                .missing, "\(host) does not say which releases it runs", why: "nante-slot status printed no report",
                evidence: text.split(separator: "\n").suffix(3).map(String.init))
        }
        interface = json["interface"]?.int ?? 0
        self.host = json["host"]?.string ?? host
        apps = list.map(App.init)
    }
}

extension SlotReport.App {
    init(_ json: JSONValue) {
        func text(_ name: String) -> String? { json[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        name = text("app") ?? ""
        active = text("active")
        version = text("version")
        healthy = json["healthy"]?.bool ?? false
        answer = text("answer") ?? ""
        standby = text("standby")
        releases = json["releases"]?.array?.compactMap(\.string) ?? []
        notes = json["notes"]?.array?.compactMap(\.string) ?? []
        slots = [:]
        for (name, slot) in json["slots"]?.object ?? [:] {
            slots[name] = SlotReport.Slot(
                version: slot["version"]?.string ?? "", state: slot["state"]?.string ?? "",
                restarts: slot["restarts"]?.int ?? 0,
                since: slot["since"]?.number.map { Date(timeIntervalSince1970: $0) })
        }
    }
}
