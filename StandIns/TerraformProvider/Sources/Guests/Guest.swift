import Planning
import Values

/// A container or virtual machine on a node.
struct Guest: Sendable {
    /// The kind, as it stands in a path.
    enum Kind: String, Sendable {
        case container = "lxc"
        case machine = "qemu"
    }

    let kind: Kind
    let node: String
    let id: Int
    let server: Server

    init(kind: Kind, node: String, id: Int, server: Server) {
        self.kind = kind
        self.node = node
        self.id = id
        self.server = server
    }

    /// The guest of a state; nil for a state without identifier.
    init?(_ kind: Kind, _ state: Value, on server: Server) {
        guard let id = state["id"].string.flatMap(Int.init) ?? state["vm_id"].int else { return nil }
        self.init(kind: kind, node: state["node_name"].string ?? "", id: id, server: server)
    }

    /// Path of all guests of the kind on the node.
    var collection: String { "nodes/\(Server.segment(node))/\(kind.rawValue)" }
    var path: String { "\(collection)/\(id)" }
    var title: String { "\(kind == .container ? "container" : "VM") \(id)" }

    /// The seconds that a timeout of the configuration gives.
    static func limit(_ value: Value, _ name: String) -> Duration { .seconds(value[name].int ?? 1800) }

    /// The configured identifier, or the next free one.
    static func identifier(_ planned: Value, on server: Server) async throws -> Int {
        if let id = planned["vm_id"].int { return id }
        return try await server.identifiers.next(on: server)
    }

    /// Asks for the server's version, as bpg does before it makes something; no answer is no failure.
    func claim() async throws { _ = try? await server.get("version") }

    /// Sends the request that makes the guest, and answers its task.
    ///
    /// A request that may have been lost is sent again; "already exists" then means that it was not.
    func asked(
        _ what: String, within limit: Duration, _ request: @Sendable () async throws -> JSON
    ) async throws -> JSON {
        var patience = Patience()
        return try await server.wait(what, within: limit) {
            do {
                return try await request()
            } catch let trouble as ServerTrouble where patience.isTried && trouble.message.contains("already exists") {
                return .null
            } catch let trouble as ServerTrouble where trouble.isTransient && trouble.status != nil {
                try patience.bear(trouble)
                return nil
            }
        }
    }

    /// What a creation that failed after the server took it on ends with: a guest that is there stays in the state.
    ///
    /// A guest that was there before is somebody else's.
    func unfinished(_ state: Value, _ error: any Error) async -> any Error {
        let problem = Problem(failure: error)
        guard !(problem.summary + problem.detail).contains("already exists") else { return problem }
        do {
            if try await status() == nil { return problem }
        } catch {
            // Not known: a state too many can be looked at, one that is lost can not.
        }
        return Unfinished(state: state, problem: problem)
    }

    /// The configuration; nil when there is no such guest.
    func config() async throws -> JSON? {
        do { return try await server.get("\(path)/config") } catch let trouble as ServerTrouble where trouble.isMissing
        {
            return nil
        }
    }

    /// `running`, `stopped` …; nil when there is no such guest.
    func status() async throws -> String? {
        do {
            return try await server.get("\(path)/status/current")["status"].string ?? ""
        } catch let trouble as ServerTrouble where trouble.isMissing {
            return nil
        }
    }

    func unlocked(within limit: Duration) async throws {
        try await server.wait("the lock of \(title)", within: limit) {
            try await server.get("\(path)/status/current")["lock"].string == nil ? () : nil
        }
    }

    private func reached(_ wanted: String, within limit: Duration) async throws {
        try await server.wait("\(title) to be \(wanted)", within: limit) {
            try await server.get("\(path)/status/current")["status"].string == wanted ? () : nil
        }
    }

    func start(within limit: Duration) async throws {
        if try await status() == "running" { return }
        let form: Form = kind == .machine ? ["timeout": String(limit.components.seconds)] : [:]
        let answer = try await server.post("\(path)/status/start", form)
        try await server.follow(answer, "Start of \(title)", within: limit)
        try await reached("running", within: limit)
    }

    /// Ends the guest in order, or by force shortly before the limit.
    func shutdown(within limit: Duration) async throws {
        let seconds = max(1, limit.components.seconds - 5)
        let form = ["forceStop": "1", "timeout": String(seconds)]
        let answer = try await server.post("\(path)/status/shutdown", form)
        try await server.follow(answer, "Shutdown of \(title)", within: limit + .seconds(5))
        try await reached("stopped", within: limit)
    }

    /// Ends the guest at once.
    func stop(within limit: Duration) async throws {
        let answer = try await server.post("\(path)/status/stop")
        try await server.follow(answer, "Stop of \(title)", within: limit)
        try await reached("stopped", within: limit)
    }

    func reboot(within limit: Duration) async throws {
        let seconds = String(max(1, limit.components.seconds - 5))
        let answer = try await server.post("\(path)/status/reboot", ["timeout": seconds])
        try await server.follow(answer, "Reboot of \(title)", within: limit)
        try await reached("running", within: limit)
    }

    /// Removes the guest and waits until it is gone.
    func remove(_ query: Form, path place: String, within limit: Duration) async throws {
        do {
            let answer = try await server.delete(place, query)
            try await server.follow(answer, "Removal of \(title)", within: limit)
        } catch let trouble as ServerTrouble where trouble.isMissing {
            return
        }
        try await server.wait("\(title) to be gone", within: limit) { () -> Void? in
            do {
                _ = try await server.get("\(path)/status/current")
                return nil
            } catch let trouble as ServerTrouble where trouble.status != nil {
                return ()
            }
        }
    }

    /// Node and identifier of `NODE/VMID`.
    static func imported(_ id: String) throws -> [String: Value] {
        let parts = id.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let number = Int(parts[1]) else {
            throw Problem("Invalid import identifier", "\"\(id)\" does not read NODE/VMID.")
        }
        return ["id": .string(String(number)), "node_name": .string(String(parts[0])), "vm_id": .int(number)]
    }
}

extension Problem {
    /// What went wrong on the way, in words.
    package init(failure error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let unfinished as Unfinished: self = unfinished.problem
        case let trouble as ServerTrouble: self.init("Proxmox VE refused a request", trouble.description)
        case is CancellationError: self.init("Stopped before it was done")
        default: self.init("The provider failed", String(describing: error))
        }
    }
}
