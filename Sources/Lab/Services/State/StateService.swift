import Core
import Foundation
import GRDB
import Hummingbird
import StateStore

/// The store of Terraform states: the part of S3 that the `s3` backend, boto3 and rclone call, and the `http` backend.
///
/// Source of paths, fields and bodies: Amazon S3 API Reference; backend "http" of Terraform.
public struct StateService: LabService {
    /// Its name.
    public static let name = "state"
    /// Its name for people.
    public static let title = "State"
    /// One before 9000's place in the lab's row of ports.
    public static let port = 19000
    /// The steps of its schema.
    public static let migrations = StateSchema.migrations

    let environment: LabEnvironment
    let objects: StateObjects
    var context: Core.Context { environment.context }

    /// Makes the service.
    public init(environment: LabEnvironment) throws {
        self.environment = environment
        objects = StateObjects(
            database: environment.database, seal: try StateSeal(hex: environment.keys.stateKey ?? ""),
            context: environment.context)
    }

    /// Sweeps what an earlier end left behind.
    public func start() async throws { try await objects.start() }

    /// Adds all routes.
    public func addRoutes(to router: Router<LabRequestContext>) {
        let methods = ["GET", "HEAD", "PUT", "POST", "DELETE", "LOCK", "UNLOCK", "PATCH", "OPTIONS"]
        for method in methods.compactMap({ HTTPRequest.Method($0) }) {
            for path: RouterPath in ["/", "/**"] {
                router.on(path, method: method) { request, _ in try await answer(request) }
            }
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        let path = request.uri.path
        let isSigned =
            request.headers[.authorization]?.hasPrefix("AWS4-") == true || request.uri.query?.contains("X-Amz-") == true
        if path == "/http" || path.hasPrefix("/http/"), !isSigned {
            return try await StateBackend(service: self).answer(request)
        }
        let call = try S3Call(request, keys: environment.keys, now: context.time.now())
        var response = try await perform(call)
        response.headers.set("x-amz-request-id", context.random.hex(bytes: 8))
        return response
    }

    private func perform(_ call: S3Call) async throws -> Response {
        if call.bucket.isEmpty {
            guard call.method == .get else { throw NotServed("\(call.method.rawValue) /") }
            return try await listBuckets(call)
        }
        return call.key.isEmpty ? try await bucket(call) : try await object(call)
    }

    private func bucket(_ call: S3Call) async throws -> Response {
        switch call.method {
        case .put: return try await createBucket(call)
        case .head: return try await headBucket(call)
        case .delete: return try await deleteBucket(call)
        case .get where call.has("location"): return try await bucketLocation(call)
        case .get where call.has("versioning"): return try await bucketVersioning(call)
        case .get where call.has("versions"): return try await listVersions(call)
        case .get where call.has("uploads"): return try await listUploads(call)
        case .get: return try await listObjects(call)
        case .post where call.has("delete"): return try await deleteObjects(call)
        default: throw NotServed("\(call.method.rawValue) bucket")
        }
    }

    private func object(_ call: S3Call) async throws -> Response {
        switch call.method {
        case .get where call.has("uploadId"): return try await listParts(call)
        case .get, .head: return try await getObject(call)
        case .put where call.has("uploadId"): return try await putPart(call)
        case .put:
            if let source = call.headers.value("x-amz-copy-source") {
                return try await copyObject(call, source: source)
            }
            return try await putObject(call)
        case .delete where call.has("uploadId"): return try await abortUpload(call)
        case .delete: return try await deleteObject(call)
        case .post where call.has("uploads"): return try await createUpload(call)
        case .post where call.has("uploadId"): return try await completeUpload(call)
        default: throw NotServed("\(call.method.rawValue) object")
        }
    }

    /// States, versions, and who holds which lock.
    public func facts() async throws -> JSONValue {
        let seal = objects.seal
        return try await environment.database.read { database in
            let rows = try StateVersionRow.fetchAll(
                database,
                sql: """
                    SELECT * FROM state_version v WHERE deletion = 0
                        AND id = (SELECT MAX(id) FROM state_version n WHERE n.bucket = v.bucket AND n.key = v.key)
                    ORDER BY bucket, key
                    """)
            let versions = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM state_version WHERE deletion = 0") ?? 0
            let locks = rows.filter { StateObjects.isLock($0.key) }
            let list = locks.map { row -> JSONValue in
                let bytes = (try? StateContents.whole(row, seal, database)) ?? []
                let lock = StateLock(parsing: Data(bytes))
                return [
                    "state": .string("\(row.bucket)/\(row.key.dropLast(".tflock".count))"),
                    "holder": .string(lock?.holder ?? "unknown"), "id": .string(lock?.id ?? ""),
                ]
            }
            return [
                "states": .number(Double(rows.count - locks.count)),
                "versions": .number(Double(versions - locks.count)), "locks": .array(list),
            ]
        }
    }

    /// Errors as S3 words them.
    public func answer(to error: any Error) -> Response? {
        let id = context.random.hex(bytes: 8)
        switch error {
        case let fault as S3Fault: return fault.response(id)
        case let damaged as StateDamaged:
            let fault = S3Fault.of(damaged)
            context.terminal.say("state: \(fault.message)")
            return fault.response(id)
        case let fault as StateBackend.Fault: return fault.response
        default: return nil
        }
    }

    /// S3's answer to what a server does not do.
    public func unserved(_ call: String) -> (body: String, type: String) {
        let tree = S3XML(
            "Error",
            [
                S3XML("Code", "NotImplemented"),
                S3XML(
                    "Message", "A header or operation you provided implies functionality that the lab does not serve"),
                S3XML("Operation", call),
            ])
        return (tree.document(namespace: false), "application/xml")
    }
}
