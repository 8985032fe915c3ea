import Core
import Hummingbird
import OrderedCollections

extension ProxmoxRoutes {
    /// Tasks, their ends and their lines.
    func addTasks() {
        let tasks = server.tasks
        on(.get, "/nodes/{node}/tasks/{upid}/status") { call in
            let task = try await ProxmoxRoutes.task(call, try await tasks.settled(call.path("upid")))
            return ProxmoxRoutes.status(task)
        }
        on(
            .get, "/nodes/{node}/tasks/{upid}/log",
            ProxmoxParameters(["download": .boolean, "limit": .integer(), "start": .integer()])
        ) { call in
            let task = try await ProxmoxRoutes.task(call, try await tasks.find(call.path("upid")))
            let lines = try await tasks.lines(task.id.text)
            let (start, limit) = (call.int("start") ?? 0, call.int("limit") ?? 50)
            let numbered = lines.enumerated().dropFirst(start).prefix(limit == 0 ? lines.count : limit)
            if lines.isEmpty { return [["n": 1, "t": "no content"]] }
            return .array(numbered.map { ["n": .int($0.offset + 1), "t": .string($0.element)] })
        }
        on(.delete, "/nodes/{node}/tasks/{upid}") { call in
            _ = try await ProxmoxRoutes.task(call, try await tasks.find(call.path("upid")))
            throw NotServed("DELETE /nodes/{node}/tasks/{upid}")
        }
        let filters = ProxmoxParameters([
            "errors": .boolean, "limit": .integer(), "since": .integer(), "source": .choice("archive", "active", "all"),
            "start": .integer(), "statusfilter": .text, "typefilter": .text, "until": .integer(), "userfilter": .text,
            "vmid": .vmid,
        ])
        on(.get, "/nodes/{node}/tasks", filters) { call in
            let source = call["source"] ?? "archive"
            let found = try await tasks.list().filter { task in
                guard ProxmoxRoutes.sees(call.user, task) else { return false }
                if source == "archive", task.status == nil { return false }
                if source == "active", task.status != nil { return false }
                if call.flag("errors") == true, task.status == "OK" || task.status == nil { return false }
                if let vmid = call["vmid"], task.id.id != vmid { return false }
                if let type = call["typefilter"], task.id.type != type { return false }
                if let name = call["userfilter"], !task.id.user.contains(name) { return false }
                if let since = call.int("since"), task.id.start < since { return false }
                return call.int("until").map { task.id.start <= $0 } ?? true
            }
            let (start, limit) = (call.int("start") ?? 0, call.int("limit") ?? 50)
            return .array(found.dropFirst(start).prefix(limit == 0 ? found.count : limit).map(ProxmoxRoutes.line))
        }
        on(.get, "/cluster/tasks") { call in
            .array(
                try await tasks.list(limit: 50).filter { ProxmoxRoutes.sees(call.user, $0) }.map { task in
                    var members = ProxmoxRoutes.line(task).object ?? [:]
                    members["pid"] = nil
                    members["pstart"] = nil
                    return .object(members)
                })
        }
    }

    /// One's own tasks, and all of them with the right to look at the node.
    private static func sees(_ user: ProxmoxUser, _ task: ProxmoxTask) -> Bool {
        task.id.user == user.full || task.id.user == user.name
            || user.has("/nodes/\(ProxmoxServer.node)", ["Sys.Audit"])
    }

    private static func task(_ call: ProxmoxCall, _ found: ProxmoxTask?) async throws -> ProxmoxTask {
        let text = call.path("upid")
        guard ProxmoxTaskID.parse(text) != nil else {
            throw ProxmoxFault.parameter("upid", "unable to parse worker upid '\(text)'")
        }
        guard let found else { throw ProxmoxFault.refused("no such task") }
        if !sees(call.user, found) { try call.user.need("/nodes/\(ProxmoxServer.node)", "Sys.Audit") }
        return found
    }

    private static func base(_ task: ProxmoxTask) -> OrderedDictionary<String, JSONValue> {
        [
            "upid": .string(task.id.text), "node": .string(task.id.node), "pid": .int(task.id.process),
            "pstart": .int(task.id.processStart), "starttime": .int(task.id.start), "type": .string(task.id.type),
            "id": .string(task.id.id), "user": .string(task.id.user),
        ]
    }

    private static func status(_ task: ProxmoxTask) -> JSONValue {
        var members = base(task)
        members["status"] = task.status == nil ? "running" : "stopped"
        members["exitstatus"] = task.status.map { .string($0) }
        return .object(members)
    }

    private static func line(_ task: ProxmoxTask) -> JSONValue {
        var members = base(task)
        members["status"] = task.status.map { .string($0) }
        members["endtime"] = task.ended.map { .int($0) }
        return .object(members)
    }
}
