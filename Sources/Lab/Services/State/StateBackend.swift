import Core
import Foundation
import GRDB
import Hummingbird
import StateStore

/// The `http` backend of Terraform: `/http/NAME` is a state, `/http/NAME/lock` its lock for other methods than LOCK.
///
/// States are objects of the bucket `http`, and a lock is the object that `use_lockfile` would make, so versions and
/// locks are the same for both backends. Source: backend "http" of Terraform.
struct StateBackend: Sendable {
    let service: StateService
    private var objects: StateObjects { service.objects }
    private static let bucket = StateObjects.httpBucket

    /// The largest state in bytes.
    static let largest = 64 << 20

    /// An answer that is no success, in plain words or the lock's own JSON.
    struct Fault: Error, Sendable {
        var status: HTTPResponse.Status
        var text: String
        var type = "text/plain; charset=utf-8"

        var response: Response {
            var headers: HTTPFields = [.contentType: type]
            if status == .unauthorized { headers[.wwwAuthenticate] = "Basic realm=\"state\"" }
            return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
        }

        /// 423 of RFC 4918.
        static let locked = HTTPResponse.Status(code: 423, reasonPhrase: "Locked")

        /// The lock that is in the way, as terraform reads it.
        static func held(_ lock: StateLock, _ status: HTTPResponse.Status) -> Fault {
            Fault(status: status, text: lock.json.text(), type: "application/json")
        }
    }

    func answer(_ request: Request) async throws -> Response {
        guard isUser(request.headers[.authorization]) else {
            throw Fault(status: .unauthorized, text: "the user or the password is wrong\n")
        }
        let parts = request.uri.path.split(separator: "/", omittingEmptySubsequences: true).dropFirst().map(String.init)
        guard let name = parts.first else { return try await list(request) }
        guard name.wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9._-]{0,199}/#) != nil, !StateObjects.isLock(name) else {
            throw Fault(status: .badRequest, text: "a state's name is letters, digits, dots, - and _\n")
        }
        let method = request.method.rawValue
        if parts.count == 2, parts[1] == "lock" {
            switch method {
            case "LOCK", "PUT", "POST": return try await lock(name, request)
            case "UNLOCK", "DELETE": return try await unlock(name, request)
            default: break
            }
        } else if parts.count == 1 {
            switch method {
            case "GET", "HEAD": return try await read(name)
            case "POST", "PUT": return try await write(name, request)
            case "DELETE": return try await delete(name)
            case "LOCK": return try await lock(name, request)
            case "UNLOCK": return try await unlock(name, request)
            default: break
            }
        }
        throw NotServed("\(method) /http/…")
    }

    private func isUser(_ field: String?) -> Bool {
        guard let field, field.lowercased().hasPrefix("basic "),
            let data = Data(base64Encoded: field.dropFirst(6).trimmingCharacters(in: .whitespaces)),
            let pair = String(data: data, encoding: .utf8), let colon = pair.firstIndex(of: ":")
        else { return false }
        let keys = service.environment.keys
        let fits = String(pair[..<colon]).equalsInConstantTime(keys.stateUser ?? "")
        return String(pair[pair.index(after: colon)...]).equalsInConstantTime(keys.statePassword ?? "") && fits
    }

    private func list(_ request: Request) async throws -> Response {
        guard request.method == .get else { throw NotServed("\(request.method.rawValue) /http") }
        let seal = objects.seal
        let rows = try await service.environment.database.read { database in
            try StateVersionRow.fetchAll(
                database,
                sql: """
                    SELECT * FROM state_version v WHERE bucket = ? AND deletion = 0
                        AND id = (SELECT MAX(id) FROM state_version n WHERE n.bucket = v.bucket AND n.key = v.key)
                    ORDER BY key
                    """, arguments: [Self.bucket]
            ).map { row in
                let isLock = StateObjects.isLock(row.key)
                let bytes = isLock ? try? StateContents.whole(row, seal, database) : nil
                return (row: row, lock: bytes.flatMap { StateLock(parsing: Data($0)) })
            }
        }
        let states = rows.filter { !StateObjects.isLock($0.row.key) }.map { entry -> JSONValue in
            let lock = rows.first { $0.row.key == entry.row.key + ".tflock" }
            return [
                "name": .string(entry.row.key), "size": .number(Double(entry.row.size)),
                "updated": .string(entry.row.modified), "lock": lock?.lock?.json ?? .null,
            ]
        }
        return .json(["states": .array(states)])
    }

    private func read(_ name: String) async throws -> Response {
        guard let found = try await objects.whole(Self.bucket, name) else {
            throw Fault(status: .notFound, text: "no state \(name)\n")
        }
        var response = Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: found.bytes)))
        response.headers.set("etag", found.row.etag)
        response.headers.set("content-length", "\(found.bytes.count)")
        return response
    }

    private func write(_ name: String, _ request: Request) async throws -> Response {
        let data = try await request.data(upTo: Self.largest)
        if let announced = request.announcedLength, announced != Int64(data.count) {
            throw Fault(status: .badRequest, text: "the body ended early\n")
        }
        if let md5 = request.headers.value("content-md5"),
            Data(base64Encoded: md5) != Data(StateService.bytes(hex: Checksums.of(data).md5))
        {
            throw Fault(status: .badRequest, text: "Content-MD5 does not fit the body\n")
        }
        let (id, seal) = (request.query("ID") ?? "", objects.seal)
        _ = try await objects.put(Self.bucket, name, Array(data)) { database in
            guard let lock = try Self.lock(name, seal, database), lock.id != id else { return }
            throw Fault.held(lock, id.isEmpty ? Fault.locked : .conflict)
        }
        return Response(status: .ok)
    }

    private func delete(_ name: String) async throws -> Response {
        let seal = objects.seal
        _ = try await objects.delete(Self.bucket, name) { database in
            guard let lock = try Self.lock(name, seal, database) else { return }
            throw Fault.held(lock, Fault.locked)
        }
        return Response(status: .ok)
    }

    /// The lock of a state; one that can't be read is a lock too, with an empty id.
    private static func lock(_ name: String, _ seal: StateSeal, _ database: Database) throws -> StateLock? {
        guard let row = try StateVersionRow.latest(database, bucket, name + ".tflock"), !row.deletion else {
            return nil
        }
        let bytes = (try? StateContents.whole(row, seal, database)) ?? []
        return StateLock(parsing: Data(bytes)) ?? StateLock(id: "")
    }

    private func lock(_ name: String, _ request: Request) async throws -> Response {
        let data = try await request.data(upTo: 64 << 10)
        guard StateLock(parsing: data) != nil else {
            throw Fault(status: .badRequest, text: "a lock is JSON with an ID\n")
        }
        let seal = objects.seal
        let find = { try await service.environment.database.read { try Self.lock(name, seal, $0) } }
        // Those who wait for a lock ask often: a read tells them, without the one writer of the database.
        if let held = try await find() { throw Fault.held(held, Fault.locked) }
        do {
            _ = try await objects.put(Self.bucket, name + ".tflock", Array(data), if: .init(ifNoneMatch: "*"))
        } catch let fault as S3Fault where fault.status == .preconditionFailed {
            throw Fault.held(try await find() ?? StateLock(id: ""), Fault.locked)
        }
        return Response(status: .ok)
    }

    /// Without a body it is `terraform force-unlock`, which sends none: its user named the id to terraform.
    private func unlock(_ name: String, _ request: Request) async throws -> Response {
        let data = try await request.data(upTo: 64 << 10)
        let wanted = StateLock(parsing: data)?.id ?? ""
        let (seal, context) = (objects.seal, service.context)
        _ = try await objects.delete(Self.bucket, name + ".tflock") { database in
            guard let lock = try Self.lock(name, seal, database), lock.id != wanted else { return }
            guard wanted.isEmpty else { throw Fault.held(lock, .conflict) }
            context.terminal.say("state: the lock of http/\(name) was forced, held by \(lock.holder)")
        }
        return Response(status: .ok)
    }
}
