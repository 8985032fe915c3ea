import Foundation
import Synchronization
import Values

/// A cluster of one node `n1`, in memory: guests, pools and files, every task done at once.
final class StubCluster: Sendable {
    struct Guest: Sendable {
        var kind: String
        var config: [String: String]
        var isRunning = false
        var pool: String?
    }

    struct State: Sendable {
        var guests: [Int: Guest] = [:]
        var pools: [String: String] = [:]
        var files: [String: Int] = [:]
        /// Method, path and form of what changed something.
        var changes: [String] = []
        /// Answers for a time, in front of all others, by `METHOD path`.
        var refusals: [String: StubServer.Answer] = [:]
    }

    let state = Mutex(State())
    static let token = "PVEAPIToken=root@pam!stub=00000000-0000-0000-0000-000000000000"

    /// The calls that changed something, in order.
    var changes: [String] { state.withLock(\.changes) }

    /// A file to which each request is added as a line of JSON, for checks against the vendor's schema.
    private static let record = ProcessInfo.processInfo.environment["PROVIDER_EXCHANGES"]
        .flatMap { FileManager.default.createFile(atPath: $0, contents: nil) ? FileHandle(forWritingAtPath: $0) : nil }

    private static func record(_ request: StubServer.Request) throws {
        let form = JSON.object(request.form.mapValues(JSON.string))
        let isQuery = ["GET", "DELETE"].contains(request.method)
        let line = JSON.object([
            "method": .string(request.method), "path": .string("/" + request.path.joined(separator: "/")),
            "query": isQuery ? form : .object([:]), "request": isQuery ? .null : form,
        ])
        try record?.write(contentsOf: Data(line.text() + [10]))
    }

    func answer(_ request: StubServer.Request) -> StubServer.Answer {
        state.withLock { _ in try? Self.record(request) }
        guard request.headers["authorization"] == Self.token else {
            return .init(status: 401, body: "{\"data\":null,\"message\":\"no such token\"}")
        }
        return state.withLock { state in
            let path = request.path.joined(separator: "/")
            if let refusal = state.refusals["\(request.method) \(path)"] { return refusal }
            if request.method != "GET" {
                let form = request.form.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                state.changes.append(([request.method, path] + form).joined(separator: " "))
            }
            do { return .init(body: try Self.text(state.data(request, path))) } catch let refusal as Refusal {
                let body = JSON.object(["data": .null, "message": .string(refusal.message + "\n")])
                return .init(status: refusal.status, body: (try? Self.text(body, isWhole: true)) ?? "")
            } catch { return .init(status: 500, body: "") }
        }
    }

    private static func text(_ data: JSON, isWhole: Bool = false) throws -> String {
        String(decoding: try (isWhole ? data : .object(["data": data])).text(), as: UTF8.self)
    }

    struct Refusal: Error {
        var status = 500
        let message: String
    }
}

extension StubCluster.State {
    private static let task = JSON.string("UPID:n1:00000001:00000002:00000003:task:1:root@pam!stub:")

    fileprivate mutating func data(_ request: StubServer.Request, _ path: String) throws -> JSON {
        let parts = request.path
        switch (request.method, parts.first ?? "", parts.count) {
        case ("GET", "version", _): return .object(["version": "9.1.0", "release": "9.1", "repoid": "stub"])
        case ("GET", "cluster", _) where path == "cluster/nextid":
            if let id = request.form["vmid"].flatMap(Int.init), guests[id] != nil {
                throw StubCluster.Refusal(status: 400, message: "VM \(id) already exists")
            }
            return .string(request.form["vmid"] ?? String((100...).first { guests[$0] == nil } ?? 0))
        case ("GET", "cluster", _): return .array(guests.sorted { $0.key < $1.key }.map(Self.listed))
        case (_, "pools", _): return pool(request)
        case ("GET", "nodes", 1):
            return .array([.object(["node": "n1", "status": "online", "maxcpu": .int(4), "uptime": .int(9)])])
        case ("GET", "nodes", 5) where parts[2] == "tasks": return .object(["status": "stopped", "exitstatus": "OK"])
        case (_, "nodes", 3...) where parts[2] == "storage": return try storage(request)
        case ("GET", "nodes", 3) where parts[2] == "query-url-metadata":
            return .object(["filename": "x", "size": .int(1234), "mimetype": "application/octet-stream"])
        case ("GET", "nodes", 3):
            return .array(guests.filter { $0.value.kind == parts[2] }.sorted { $0.key < $1.key }.map(Self.listed))
        case ("POST", "nodes", 3): return try create(parts[2], request.form)
        case (_, "nodes", 4...): return try guest(request, Int(parts[3]) ?? 0)
        default: throw StubCluster.Refusal(status: 501, message: "no \(path)")
        }
    }

    private static func listed(_ id: Int, _ guest: StubCluster.Guest) -> JSON {
        .object([
            "vmid": .int(id), "node": "n1", "type": .string(guest.kind), "id": .string("\(guest.kind)/\(id)"),
            "name": .string(guest.config["name"] ?? guest.config["hostname"] ?? ""),
            "status": guest.isRunning ? "running" : "stopped",
            "template": .int(guest.config["template"] == "1" ? 1 : 0),
            "tags": .string(guest.config["tags"] ?? ""),
        ])
    }

    private mutating func create(_ kind: String, _ form: [String: String]) throws -> JSON {
        guard let id = form["vmid"].flatMap(Int.init) else { throw StubCluster.Refusal(status: 400, message: "vmid") }
        guard guests[id] == nil else { throw StubCluster.Refusal(message: "unable to create: \(id) already exists") }
        let unstored: Set<String> = ["vmid", "ostemplate", "pool", "storage", "start", "password", "ssh-public-keys"]
        var guest = StubCluster.Guest(kind: kind, config: [:], isRunning: form["start"] == "1", pool: form["pool"])
        guest.set(form.filter { !unstored.contains($0.key) }, id)
        guests[id] = guest
        return Self.task
    }

    private mutating func guest(_ request: StubServer.Request, _ id: Int) throws -> JSON {
        let kind = request.path[2]
        guard var guest = guests[id], guest.kind == kind else {
            throw StubCluster.Refusal(message: "Configuration file 'nodes/n1/\(kind)/\(id).conf' does not exist")
        }
        defer { if guests[id] != nil { guests[id] = guest } }
        switch (request.method, request.path.dropFirst(4).joined(separator: "/")) {
        case ("DELETE", ""):
            guard guest.config["protection"] != "1" else {
                throw StubCluster.Refusal(message: "can't remove CT \(id) - protection mode enabled")
            }
            guests[id] = nil
            return Self.task
        case ("GET", "config"): return guest.json
        case ("PUT", "config"):
            for key in (request.form["delete"] ?? "").split(separator: ",") { guest.config[String(key)] = nil }
            guest.set(request.form.filter { $0.key != "delete" }, id)
            return .null
        case ("PUT", "resize"): return guest.resize(request.form, Self.task)
        case ("PUT", "cloudinit"): return .null
        case ("GET", "agent/network-get-interfaces"): return guest.agentInterfaces
        case ("GET", "interfaces"): return guest.interfaces
        case ("GET", "status/current"): return .object(["status": guest.isRunning ? "running" : "stopped"])
        case ("POST", "status/start"), ("POST", "status/reboot"): guest.isRunning = true
        case ("POST", "status/shutdown"), ("POST", "status/stop"): guest.isRunning = false
        case ("POST", "move_disk"): guest.move(request.form)
        case ("POST", "clone"): return clone(guest, request.form)
        default: throw StubCluster.Refusal(status: 501, message: "no \(request.path)")
        }
        return Self.task
    }

    private mutating func clone(_ guest: StubCluster.Guest, _ form: [String: String]) -> JSON {
        var copy = guest
        copy.config["template"] = nil
        copy.config["name"] = form["name"]
        copy.pool = form["pool"]
        let id = Int(form["newid"] ?? "") ?? 0
        for (key, value) in copy.config {
            copy.config[key] = value.replacing(#/base-\d+-disk/#, with: "vm-\(id)-disk")
        }
        guests[id] = copy
        return Self.task
    }

    // MARK: pools and storage

    private mutating func pool(_ request: StubServer.Request) -> JSON {
        let id = request.form["poolid"] ?? ""
        switch request.method {
        case "POST": pools[id] = request.form["comment"] ?? ""
        case "PUT": pools[id] = request.form["comment"] ?? pools[id]
        case "DELETE": pools[id] = nil
        default:
            return .array(
                pools.filter { id.isEmpty || $0.key == id }.sorted { $0.key < $1.key }.map { name, comment in
                    let members = guests.filter { $0.value.pool == name }.map(Self.listed)
                    return .object(["poolid": .string(name), "comment": .string(comment), "members": .array(members)])
                })
        }
        return .null
    }

    private mutating func storage(_ request: StubServer.Request) throws -> JSON {
        let parts = request.path
        guard parts.count > 3 else {
            return .array([
                .object([
                    "storage": "local", "type": "dir", "content": "iso,vztmpl,import", "active": .int(1),
                    "enabled": .int(1), "shared": .int(0), "total": .int(100), "used": .int(25), "avail": .int(75),
                    "used_fraction": .double(0.25),
                ])
            ])
        }
        switch (request.method, parts[4]) {
        case ("GET", "content") where parts.count > 5:
            return .object(["path": .string("/dev/" + parts[5]), "format": "raw", "size": .int(1 << 30)])
        case ("GET", "content"):
            return .array(
                files.sorted { $0.key < $1.key }.map { volume, size in
                    .object([
                        "volid": .string(volume), "size": .int(size), "ctime": .int(1_764_000_000), "format": "raw",
                        "content": .string(String(volume.split { $0 == ":" || $0 == "/" }[1])),
                    ])
                })
        case ("DELETE", "content"): files[parts[5]] = nil
        case ("POST", "download-url"):
            files["\(parts[3]):\(request.form["content"] ?? "")/\(request.form["filename"] ?? "")"] = 1234
        case ("POST", "upload"):
            let text = String(decoding: request.body, as: UTF8.self)
            let name = text.firstMatch(of: #/filename="([^"]+)"/#).map { String($0.1) } ?? ""
            files["\(parts[3]):iso/\(name)"] = 5
        default: throw StubCluster.Refusal(status: 501, message: "no \(parts)")
        }
        return Self.task
    }
}
