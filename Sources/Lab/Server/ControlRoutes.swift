import Core
import Foundation
import Hummingbird

/// The lab's own calls, on the port of every service under /nante/lab, for who holds the token.
struct ControlRoutes: Sendable {
    let environment: LabEnvironment
    let services: [any LabService]
    let unserved: UnservedCalls

    func add(to router: Router<LabRequestContext>) {
        router.get("/nante/lab/status") { request, _ -> Response in
            guard holdsToken(request) else { throw HTTPError(.unauthorized, message: "the lab's token is wrong") }
            return .json(try await status())
        }
    }

    private func holdsToken(_ request: Request) -> Bool {
        (request.headers[.authorization] ?? "").equalsInConstantTime("Bearer " + environment.keys.token)
    }

    private func status() async throws -> JSONValue {
        var rows: [JSONValue] = []
        for service in services {
            let kind = type(of: service)
            let calls = unserved.calls(kind.name).map { entry -> JSONValue in
                ["call": .string(entry.call), "count": .number(Double(entry.count))]
            }
            rows.append([
                "name": .string(kind.name),
                "title": .string(kind.title),
                "url": environment.addresses.url(kind.name, scheme: kind.tls ? "https" : "http").map { .string($0) }
                    ?? .null,
                "facts": try await service.facts(),
                "unserved": .number(Double(unserved.total(kind.name))),
                "unservedCalls": .array(calls),
            ])
        }
        return [
            "pid": .number(Double(ProcessInfo.processInfo.processIdentifier)),
            "memory": .number(Double(ProcessMemory.resident())),
            "bridge": ["name": .string(environment.network.bridge), "up": .bool(environment.network.exists)],
            "services": .array(rows),
        ]
    }
}

extension String {
    /// Compares two texts in a time that does not depend on where they differ.
    func equalsInConstantTime(_ other: String) -> Bool {
        let (left, right) = (Array(utf8), Array(other.utf8))
        var difference = left.count ^ right.count
        for place in 0..<min(left.count, right.count) { difference |= Int(left[place] ^ right[place]) }
        return difference == 0
    }
}

/// The memory of this process.
enum ProcessMemory {
    /// Resident bytes, as in /proc/self/statm; 0 where it can't be read.
    static func resident() -> Int {
        guard let text = try? DiskFileSystem().readText("/proc/self/statm") else { return 0 }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
}
