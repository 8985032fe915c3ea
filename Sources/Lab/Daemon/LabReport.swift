import Core

/// What `nante lab status` shows.
public struct LabReport: Sendable {
    /// For programs.
    public let value: JSONValue
    private let status: LabStatus?
    private let hosts: [HostStatus]
    private let home: String

    /// Looks at the lab of the environment without starting it.
    public static func make(_ context: Context) async throws -> LabReport {
        let daemon = LabDaemon(context)
        var status: LabStatus?
        if let record = try await daemon.running() { status = try await daemon.status(record) }
        let hosts = try await Hosts.ofThisMachine(context).list()
        return LabReport(status: status, hosts: hosts, home: daemon.home.path)
    }

    init(status: LabStatus?, hosts: [HostStatus], home: String) {
        self.status = status
        self.hosts = hosts
        self.home = home
        var value: JSONValue = ["up": .bool(status != nil), "home": .string(home)]
        if let status, case .object(var members) = value {
            members["pid"] = .number(Double(status.pid))
            members["memory"] = .number(Double(status.memory))
            members["bridge"] = ["name": .string(status.bridge.name), "up": .bool(status.bridge.up)]
            members["services"] = .array(status.services.map(LabReport.service))
            value = .object(members)
        }
        if case .object(var members) = value {
            members["hosts"] = .array(hosts.map(LabReport.host))
            value = .object(members)
        }
        self.value = value
    }

    private static func service(_ service: LabStatus.ServiceStatus) -> JSONValue {
        [
            "name": .string(service.name), "title": .string(service.title), "url": .string(service.url),
            "facts": service.facts, "unserved": .number(Double(service.unserved)),
            "unservedCalls": .array(
                service.unservedCalls.map { ["call": .string($0.call), "count": .number(Double($0.count))] }),
        ]
    }

    private static func host(_ host: HostStatus) -> JSONValue {
        [
            "name": .string(host.record.name), "address": .string(host.record.address),
            "running": .bool(host.isRunning), "memory": host.memory.map { .number(Double($0)) } ?? .null,
        ]
    }

    /// For people.
    public func lines() -> [String] {
        let machines = hosts.map { host in
            "  host     \(host.record.name)  \(host.record.address)  \(host.isRunning ? "runs" : "is stopped")"
        }
        guard let status else { return ["the lab is not up (\(home))"] + machines + ["  next     nante lab up"] }
        let memory = String(Double(status.memory * 10 / (1 << 20)) / 10)
        var lines = [
            "the lab is up: process \(status.pid), \(memory) MiB, \(home)",
            "  bridge   \(status.bridge.name) \(status.bridge.up ? "is there" : "is not there yet")",
        ]
        for service in status.services {
            let facts = (service.facts.object ?? [:]).map { "\($0.key) \($0.value.text())" }.joined(separator: ", ")
            lines.append("  " + service.title.padding(to: 9) + service.url + (facts.isEmpty ? "" : "  \(facts)"))
            for call in service.unservedCalls {
                lines.append("           not served: \(call.call)  \(call.count) times")
            }
        }
        return lines + machines
    }
}
