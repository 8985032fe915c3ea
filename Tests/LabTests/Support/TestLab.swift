import Core
import Foundation
import Lab
import Synchronization

/// A lab with given services in this process: free ports, a folder of its own, gone after the test.
struct TestLab: Sendable {
    let environment: LabEnvironment
    let terminal: MemoryTerminal
    var context: Context { environment.context }
    var home: LabHome { environment.home }
    var keys: LabKeys { environment.keys }

    /// The address of a service.
    func url(_ service: String) -> String {
        environment.addresses.url(service, scheme: service == "proxmox" ? "https" : "http") ?? ""
    }

    /// Runs a test against a running lab.
    static func with(
        _ services: [any LabService.Type], home given: String? = nil,
        machine: (@Sendable (Core.Context, LabHome) throws -> LabMachine)? = nil, _ body: (TestLab) async throws -> Void
    ) async throws {
        let folder = given ?? TestFolder.make()
        defer { if given == nil { TestFolder.remove(folder) } }
        let terminal = MemoryTerminal()
        var context = Context.live()
        context.terminal = terminal
        context.environment = ["NANTE_HOME": folder, "PATH": context.environment["PATH"] ?? "/usr/bin:/bin"]
        let (ready, announce) = AsyncStream<LabEnvironment>.makeStream()
        let ports = Dictionary(uniqueKeysWithValues: services.map { ($0.name, 0) })
        let server = try LabServer(
            context: context, home: LabHome(path: folder), network: try LabNetwork(), services: services, ports: ports,
            machine: try machine?(context, LabHome(path: folder)), onBridge: false, ready: { announce.yield($0) })
        let serving = Task {
            defer { announce.finish() }
            try await server.run()
        }
        do {
            for await environment in ready {
                try await body(TestLab(environment: environment, terminal: terminal))
                break
            }
            serving.cancel()
            _ = await serving.result
        } catch {
            serving.cancel()
            _ = await serving.result
            throw error
        }
    }

    /// Sends a request to Nexus as its user.
    func nexus(
        _ method: String, _ path: String, _ body: HTTPCall.Body = .none, type: String? = nil,
        headers: [(name: String, value: String)] = []
    ) async throws -> HTTPAnswer {
        var call = HTTPCall(method, url("nexus") + path, headers: headers, body: body)
        call.authorize(user: keys.nexusUser, password: keys.nexusPassword)
        if let type { call.headers.append(("Content-Type", type)) }
        return try await context.http.send(call)
    }

    /// Uploads over a connection of its own, which a client with a pool does not give to twenty at once.
    ///
    /// - Returns: the status.
    func putAlone(_ path: String, _ body: Data) async throws -> Int {
        let socket = try RawSocket(port: environment.addresses.port("nexus") ?? 0)
        let pair = Data("\(keys.nexusUser):\(keys.nexusPassword)".utf8).base64EncodedString()
        await socket.send(
            "PUT \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Basic \(pair)\r\nConnection: close\r\n"
                + "Content-Length: \(body.count)\r\n\r\n")
        await socket.send([UInt8](body))
        return Int(await socket.readAll().split(separator: " ").dropFirst().first ?? "") ?? 0
    }

    /// Makes a raw repository.
    func makeRepository(_ name: String = "files", policy: String = "allow") async throws {
        let body: JSONValue = [
            "name": .string(name), "online": true,
            "storage": [
                "blobStoreName": "default", "strictContentTypeValidation": false, "writePolicy": .string(policy),
            ],
        ]
        let answer = try await nexus(
            "POST", "/service/rest/v1/repositories/raw/hosted", .data(Data(body.text().utf8)),
            type: "application/json")
        guard answer.status == 201 else { throw Failure(.failed, "no repository: \(answer.status) \(answer.text)") }
    }

    /// Names of all files under the blob folder of Nexus.
    func blobFiles() -> [String] {
        let folder = home.blobs.appending(path: "nexus")
        guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
        return walk.compactMap { $0 as? String }.filter {
            !DiskFileSystem().isDirectory(folder.appending(path: $0))
        }
    }
}

/// Folders of tests.
enum TestFolder {
    static func make() -> String {
        let path = "/tmp/nante-test-\(getpid())-\(SystemRandom().hex(bytes: 6))"
        try? DiskFileSystem().makeDirectory(path)
        return path
    }

    static func remove(_ path: String) { try? DiskFileSystem().remove(path) }
}

/// A TCP connection on which a test can say what no HTTP client says.
final class RawSocket: Sendable {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(.missing, "no connection to \(port)") }
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(_ text: String) async { await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async {
        await away { descriptor in
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return }
                sent += count
            }
        }
    }

    /// Closes one direction or both at once.
    func end(hard: Bool = true) { shutdown(descriptor, Int32(hard ? SHUT_RDWR : SHUT_WR)) }

    /// Everything that comes until the other side closes or a minute passes.
    func readAll() async -> String {
        await away { descriptor in
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count <= 0 { return String(decoding: all, as: UTF8.self) }
                all += buffer[..<count]
            }
        }
    }

    /// The server runs in this process, on the few threads that a blocking call would hold.
    private func away<Value: Sendable>(_ work: @escaping @Sendable (Int32) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                continuation.resume(returning: work(descriptor))
                withExtendedLifetime(self) {}
            }
        }
    }
}
