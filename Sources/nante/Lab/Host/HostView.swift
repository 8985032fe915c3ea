import Core
import Lab

/// Hosts as data and as rows.
enum HostView {
    static func json(_ host: HostStatus, change: HostChange? = nil) -> JSONValue {
        let record = host.record
        var members: JSONValue = [
            "name": .string(record.name), "state": .string(state(host)),
            "address": .string(record.address), "kind": .string(record.kind),
            "cores": .number(Double(record.spec.cores)), "memoryLimitMiB": .number(Double(record.spec.memory)),
            "memoryBytes": host.memory.map { .number(Double($0)) } ?? .null,
            "diskGiB": record.spec.disk.map { .number(Double($0)) } ?? .null,
            "unprivileged": .bool(record.spec.unprivileged), "nesting": .bool(record.spec.nesting),
            "targets": .array(record.spec.targets.map { .string($0) }),
            "owner": record.owner.map {
                ["repository": .string($0.repository), "environment": .string($0.environment)]
            } ?? .null,
            "hostKey": record.hostKey.map { .string($0) } ?? .null, "created": .string(record.created.iso8601),
        ]
        if let change, case .object(var object) = members {
            object["change"] = .string(change.rawValue)
            members = .object(object)
        }
        return members
    }

    /// What it is doing: also that another command is making or removing it right now.
    private static func state(_ host: HostStatus) -> String {
        switch host.record.state {
        case .creating, .deleting: host.record.state.rawValue
        case .ready: host.isRunning ? "running" : "stopped"
        }
    }

    static func row(_ host: HostStatus) -> [String] {
        let record = host.record
        let used = host.memory.map { "\(($0 + 524_288) / 1_048_576) of " } ?? ""
        return [
            record.name, record.kind, state(host), record.address, "\(record.spec.cores)",
            "\(used)\(record.spec.memory) MiB", record.spec.targets.joined(separator: ","), record.owner?.text ?? "",
        ]
    }
}

/// Sizes of disks as people write them.
enum HostDisk {
    /// GiB of "8GiB" or "1TiB"; nil for anything else.
    static func parse(_ text: String) -> Int? {
        for (suffix, factor) in [("TiB", 1024), ("GiB", 1)] where text.hasSuffix(suffix) {
            return Int(text.dropLast(suffix.count)).flatMap { (1...65_536).contains($0) ? $0 * factor : nil }
        }
        return nil
    }
}

/// Amounts of memory as people write them.
enum HostMemory {
    /// MiB of "512MiB" or "2GiB"; nil for anything else.
    static func parse(_ text: String) -> Int? {
        for (suffix, factor) in [("GiB", 1024), ("MiB", 1)] where text.hasSuffix(suffix) {
            return Int(text.dropLast(suffix.count)).flatMap { (1...1_000_000).contains($0) ? $0 * factor : nil }
        }
        return nil
    }
}
