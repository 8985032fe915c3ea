import Core
import Foundation
import Hummingbird

/// Sonatype Nexus Repository 3, raw hosted repositories.
///
/// Source of paths, codes and bodies: OpenAPI of NXRM 3.94.0-12, and the public source for what it leaves out.
public struct NexusService: LabService {
    /// Its name.
    public static let name = "nexus"
    /// Its name for people.
    public static let title = "Nexus"
    /// One before 8081's place in the lab's row of ports.
    public static let port = 18081
    /// The version whose interface is served; clients parse it out of this field.
    public static let serverHeader: String? = "Nexus/3.94.0-12 (OSS)"
    /// Its tables.
    public static let migrations = NexusSchema.migrations

    let environment: LabEnvironment
    let store: NexusStore

    /// The largest file in bytes.
    static let largest: Int64 = 16 << 30

    /// Makes the service.
    public init(environment: LabEnvironment) throws {
        self.environment = environment
        store = NexusStore(
            database: environment.database, blobs: BlobFolder(path: environment.home.blobs.appending(path: "nexus")),
            context: environment.context)
    }

    /// Sweeps what an earlier end left behind.
    public func start() async throws { try await store.start() }

    /// Adds all routes; only the status and the front page are open to everybody.
    public func addRoutes(to router: Router<LabRequestContext>) {
        router.get("/") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/html"],
                body: .init(byteBuffer: ByteBuffer(string: "<!DOCTYPE html><title>Nexus Repository (lab)</title>\n")))
        }
        for path: RouterPath in ["/service/rest/v1/status", "/service/rest/v1/status/writable"] {
            router.get(path) { _, _ in Response(status: .ok) }
        }
        router.add(middleware: NexusAuthentication(keys: environment.keys))
        addRepositoryRoutes(to: router)
        addAssetRoutes(to: router)
        addSearchRoutes(to: router)
        addUploadRoutes(to: router)
        addScriptRoutes(to: router)
        addContentRoutes(to: router)
    }

    /// Counts.
    public func facts() async throws -> JSONValue {
        let counts = try await store.counts()
        return [
            "repositories": .number(Double(counts.repositories)), "assets": .number(Double(counts.assets)),
            "bytes": .number(Double(counts.bytes)),
        ]
    }

    /// Errors as the server words them: a list of fields, a plain message, or nothing.
    public func answer(to error: any Error) -> Response? {
        switch error {
        case NexusStore.Refusal.noRepository, NexusStore.Refusal.noAsset: return Response(status: .notFound)
        case NexusStore.Refusal.policy(let message): return .text(message, status: .badRequest)
        case NexusStore.Refusal.offline(let message): return .text(message, status: .serviceUnavailable)
        case NexusStore.Refusal.invalid(let fields):
            let list = fields.map { field -> JSONValue in
                ["id": .string(field.id), "message": .string(field.message)]
            }
            return .json(.array(list), status: .badRequest)
        case let fault as MultipartReader.Fault: return .text(fault.message, status: .badRequest)
        default: return nil
        }
    }

    /// The address of the service as the caller reaches it.
    func base(_ request: Request) -> String {
        request.base(fallback: environment.addresses.url(NexusService.name) ?? "http://127.0.0.1:\(NexusService.port)")
    }
}

/// HTTP Basic with the lab's one user.
struct NexusAuthentication: RouterMiddleware {
    let keys: LabKeys

    func handle(
        _ request: Request, context: LabRequestContext,
        next: (Request, LabRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let user = user(request.headers[.authorization]) else {
            throw HTTPError(
                .unauthorized, headers: [.wwwAuthenticate: "BASIC realm=\"Sonatype Nexus Repository Manager\""])
        }
        var known = context
        known.user = user
        return try await next(request, known)
    }

    private func user(_ field: String?) -> String? {
        guard let field, field.lowercased().hasPrefix("basic "),
            let data = Data(base64Encoded: field.dropFirst(6).trimmingCharacters(in: .whitespaces)),
            let pair = String(data: data, encoding: .utf8), let colon = pair.firstIndex(of: ":")
        else { return nil }
        let (user, password) = (String(pair[..<colon]), String(pair[pair.index(after: colon)...]))
        let fits = user.equalsInConstantTime(keys.nexusUser)
        return password.equalsInConstantTime(keys.nexusPassword) && fits ? user : nil
    }
}
