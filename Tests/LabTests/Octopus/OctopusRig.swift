import Core
import Foundation
import Hummingbird
import HummingbirdTesting
import NIOCore
import SSH
import Synchronization
import Testing

@testable import Lab

/// Targets that are folders of this machine: bash runs here, with a home of its own for each machine.
final class LocalConnector: TargetConnector {
    let folder: String
    private let context: Core.Context
    /// Machines that can't be reached, by name.
    let broken = Mutex<Set<String>>([])
    /// How often a machine was connected to.
    let connections = Mutex<[String: Int]>([:])

    init(folder: String, context: Core.Context) {
        self.folder = folder
        self.context = context
    }

    func home(_ machine: String) -> String { folder.appending(path: machine) }

    func connect(_ target: TargetAddress, task: String) async throws -> RemoteShell {
        if broken.withLock({ $0.contains(target.name) }) {
            throw Failure(.missing, "\(target.name) can't be reached over SSH", why: "Connection refused")
        }
        connections.withLock { $0[target.name, default: 0] += 1 }
        let home = home(target.name)
        let pipes = folder.appending(path: "pipes-\(task)-\(target.name)")
        for path in [home, pipes] { try context.files.makeDirectory(path) }
        return RemoteShell(
            command: { line in
                Command(
                    "/bin/bash", ["-c", line], environment: .inherit(["HOME": home]), workingDirectory: home)
            },
            problem: { _ in nil }, folder: pipes, context: context)
    }

    func disconnect(_ target: TargetAddress, task: String) async {}

    func fingerprint(host: String, port: Int) async throws -> String {
        if host == "unreachable" { throw Failure(.missing, "unreachable port 22 shows no host key") }
        return "SHA256:" + String(repeating: "A", count: 43)
    }
}

/// The lab's Octopus over HTTP on loopback, with a database and targets of its own.
struct OctopusRig: Sendable {
    let folder: String
    let context: Core.Context
    let connector: any TargetConnector
    let server: OctopusServer
    let client: any TestClientProtocol
    let exchanges: ExchangeLog

    static let key = "API-TESTTESTTESTTESTTESTTESTTESTTEST"

    /// The targets, where they are folders.
    var local: LocalConnector? { connector as? LocalConnector }

    /// Runs a body against a new server, checks all exchanges against the vendor's evidence, and cleans up.
    static func with(
        connector make: (@Sendable (String, Core.Context) throws -> any TargetConnector)? = nil,
        _ body: @Sendable (OctopusRig) async throws -> Void
    ) async throws {
        let folder = "/tmp/nante-oct-" + SystemRandom().hex(bytes: 6)
        defer { try? DiskFileSystem().remove(folder) }
        let exchanges = ExchangeLog()
        try await with(folder: folder, connector: make, exchanges: exchanges, body)
        try await exchanges.check()
    }

    /// Runs a body against a server over the data of a folder; the queue is ended as by a kill afterwards.
    static func with(
        folder: String, connector make: (@Sendable (String, Core.Context) throws -> any TargetConnector)? = nil,
        exchanges: ExchangeLog = ExchangeLog(), _ body: @Sendable (OctopusRig) async throws -> Void
    ) async throws {
        var context = Core.Context.live()
        context.terminal = MemoryTerminal()
        try context.files.makeDirectory(folder)
        let database = try LabDatabase(
            path: folder.appending(path: "lab.sqlite"), migrations: OctopusService.migrations)
        let connector =
            try make?(folder, context) ?? LocalConnector(folder: folder.appending(path: "hosts"), context: context)
        let server = OctopusServer(
            context: context, database: database, folder: folder.appending(path: "octopus"), apiKey: key,
            connector: connector, url: { "http://127.0.0.1" })
        try await server.recover()
        let service = OctopusService(server: server)
        let router = Router(context: LabRequestContext.self)
        router.add(middleware: FrontMiddleware(service: service, unserved: UnservedCalls(), context: context))
        service.addRoutes(to: router)
        let application = Application(responder: router.buildResponder())
        let queue = Task { await server.queue.run() }
        let ready = context
        do {
            try await application.test(.live) { client in
                let rig = OctopusRig(
                    folder: folder, context: ready, connector: connector, server: server, client: client,
                    exchanges: exchanges)
                try await body(rig)
            }
        } catch {
            queue.cancel()
            await queue.value
            try? database.close()
            throw error
        }
        queue.cancel()
        await queue.value
        try database.close()
    }

    // MARK: Calls

    /// An answer.
    struct Answer: Sendable {
        var status: Int
        var body: JSONValue
        var bytes: ByteBuffer
        /// What is wrong, in the answer's own words.
        var errors: String {
            (body["Errors"]?.array?.compactMap(\.string) ?? []).joined(separator: "\n")
        }
    }

    /// Makes a call; the exchange is kept for the check against the evidence.
    @discardableResult
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil, key: String? = OctopusRig.key
    ) async throws -> Answer {
        var headers = HTTPFields()
        if let key { headers[.authorization] = "Bearer " + key }
        if body != nil { headers[.contentType] = "application/json" }
        let answer = try await client.execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0.text()) })
        let text = String(buffer: answer.body)
        let json = (try? JSONValue.parse(text)) ?? .string(text)
        // The key in the query is documented, but stands in no description of an operation.
        if !path.contains("apikey=") { exchanges.add(method.rawValue, path, body, Int(answer.status.code), json) }
        return Answer(status: Int(answer.status.code), body: json, bytes: answer.body)
    }

    func get(_ path: String) async throws -> JSONValue {
        let answer = try await call(.get, path)
        #expect(answer.status == 200, "GET \(path): \(answer.body.text())")
        return answer.body
    }

    /// Makes a resource.
    func make(_ folder: String, _ body: JSONValue) async throws -> JSONValue {
        let answer = try await call(.post, "/api/Spaces-1/\(folder)", body)
        #expect(answer.status == 201, "POST \(folder): \(answer.body.text())")
        return answer.body
    }

    /// Uploads a package from bytes.
    func upload(_ name: String, _ bytes: Data, query: String = "") async throws -> Answer {
        let boundary = "----nante\(context.random.hex(bytes: 8))"
        var body = Data("--\(boundary)\r\n".utf8)
        body += Data("Content-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n".utf8)
        body += Data("Content-Type: application/octet-stream\r\n\r\n".utf8)
        body += bytes + Data("\r\n--\(boundary)--\r\n".utf8)
        return try await send(body, type: "multipart/form-data; boundary=\(boundary)", query: query)
    }

    /// Sends a body to the upload of packages.
    func send(_ body: Data, type: String, query: String = "") async throws -> Answer {
        var headers = HTTPFields()
        headers[.authorization] = "Bearer " + OctopusRig.key
        headers[.contentType] = type
        let answer = try await client.execute(
            uri: "/api/Spaces-1/packages/raw\(query)", method: .post, headers: headers, body: ByteBuffer(bytes: body))
        let json = (try? JSONValue.parse(String(buffer: answer.body))) ?? .null
        exchanges.add("POST", "/api/Spaces-1/packages/raw\(query)", nil, Int(answer.status.code), json)
        return Answer(status: Int(answer.status.code), body: json, bytes: answer.body)
    }

    // MARK: A project that can be deployed

    /// A package of some files, uploaded as `app.VERSION.tar.gz`.
    func package(_ version: String, _ files: [String: String], app: String = "app") async throws {
        let work = folder.appending(path: "package-" + context.random.hex(bytes: 4))
        for (name, text) in files {
            try context.files.write(text, to: work.appending(path: name), mode: name.hasSuffix(".sh") ? 0o755 : 0o644)
        }
        let archive = work + ".tar.gz"
        try await context.processes.check(
            Command("tar", ["-czf", archive, "-C", work, "."]), what: "tar failed")
        let answer = try await upload("\(app).\(version).tar.gz", try context.files.read(archive))
        #expect(answer.status == 201, "\(answer.body.text())")
    }

    /// An environment, an account, machines with the role "web", and a project whose one step is given.
    ///
    /// - Returns: the project.
    func project(
        machines: [String], step: JSONValue, variables: [JSONValue] = [], endpoint: JSONValue? = nil, key: String = "x"
    ) async throws -> JSONValue {
        let environment = try await make("environments", ["Name": "dev"])
        let pem = "-----BEGIN OPENSSH PRIVATE KEY-----\n\(key)\n-----END OPENSSH PRIVATE KEY-----\n"
        let text = key.contains("PRIVATE KEY") ? key : pem
        let account = try await make(
            "accounts",
            [
                "AccountType": "SshKeyPair", "Name": "deploy", "Username": .string(NSUserName()),
                "PrivateKeyFile": ["NewValue": .string(Data(text.utf8).base64EncodedString())],
            ])
        for name in machines {
            var place = endpoint ?? ["Host": "127.0.0.1", "Port": 22, "Fingerprint": "SHA256:x"]
            place.set("CommunicationStyle", "Ssh")
            place.set("AccountId", account.at("Id"))
            _ = try await make(
                "machines",
                [
                    "Name": .string(name), "EnvironmentIds": [environment.at("Id")], "Roles": ["web"],
                    "Endpoint": place, "SkipInitialHealthCheck": true,
                ])
        }
        let project = try await make(
            "projects", ["Name": "app", "LifecycleId": "Lifecycles-1", "ProjectGroupId": "ProjectGroups-1"])
        try await process(project, [step])
        if !variables.isEmpty {
            let set = "/api/Spaces-1/variables/\(project.at("VariableSetId").string ?? "")"
            let answer = try await call(.put, set, ["Version": 0, "Variables": .array(variables)])
            #expect(answer.status == 200, "\(answer.body.text())")
        }
        return project
    }

    /// Sets the steps of a project.
    func process(_ project: JSONValue, _ steps: [JSONValue]) async throws {
        let path = "/api/Spaces-1/deploymentprocesses/\(project.at("DeploymentProcessId").string ?? "")"
        var process = try await get(path)
        process.set("Steps", .array(steps))
        let answer = try await call(.put, path, process)
        #expect(answer.status == 200, "\(answer.body.text())")
    }

    /// A step that deploys the package "app".
    static func packageStep(window: Int? = nil, properties: [String: String] = [:]) -> JSONValue {
        var own: JSONValue = [
            "Octopus.Action.Package.PackageId": "app", "Octopus.Action.Package.FeedId": "feeds-builtin",
        ]
        for (name, value) in properties { own.set(name, .string(value)) }
        var step: JSONValue = ["Octopus.Action.TargetRoles": "web"]
        if let window { step.set("Octopus.Action.MaxParallelism", .string("\(window)")) }
        return [
            "Name": "Deploy app", "Properties": step,
            "Actions": [["Name": "Deploy app", "ActionType": "Octopus.TentaclePackage", "Properties": own]],
        ]
    }

    /// A step that runs a script on the role "web".
    static func scriptStep(
        _ name: String, _ body: String, condition: String = "Success", expression: String? = nil, window: Int? = nil
    ) -> JSONValue {
        var step: JSONValue = ["Octopus.Action.TargetRoles": "web"]
        if let window { step.set("Octopus.Action.MaxParallelism", .string("\(window)")) }
        if let expression { step.set("Octopus.Step.ConditionVariableExpression", .string(expression)) }
        return [
            "Name": .string(name), "Condition": .string(condition), "Properties": step,
            "Actions": [
                [
                    "Name": .string(name), "ActionType": "Octopus.Script",
                    "Properties": [
                        "Octopus.Action.Script.ScriptSource": "Inline", "Octopus.Action.Script.Syntax": "Bash",
                        "Octopus.Action.Script.ScriptBody": .string(body),
                    ],
                ]
            ],
        ]
    }

    /// Makes a release.
    @discardableResult
    func release(_ version: String, packages: String? = nil) async throws -> String {
        var body: JSONValue = ["spaceId": "Spaces-1", "projectName": "app", "releaseVersion": .string(version)]
        if let packages { body.set("packageVersion", .string(packages)) }
        let answer = try await call(.post, "/api/Spaces-1/releases/create/v1", body)
        #expect(answer.status == 201, "\(answer.body.text())")
        return answer.body.at("ReleaseId").string ?? ""
    }

    /// Begins a deployment to "dev".
    ///
    /// - Returns: the id of its task.
    func deploy(_ version: String, _ more: [(String, JSONValue)] = []) async throws -> String {
        let body: JSONValue = [
            "spaceId": "Spaces-1", "projectName": "app", "releaseVersion": .string(version),
            "environmentNames": ["dev"],
        ]
        let answer = try await call(.post, "/api/Spaces-1/deployments/create/untenanted/v1", body.with(more))
        #expect(answer.status == 201, "\(answer.body.text())")
        return answer.body.at("DeploymentServerTasks")[0]?.at("ServerTaskId").string ?? ""
    }

    /// Waits until a task is over.
    func wait(_ task: String, within limit: Duration = .seconds(60)) async throws -> JSONValue {
        try await Wait.until("the task", within: limit, every: .milliseconds(50), context: context) {
            let shown = try await self.call(.get, "/api/tasks/\(task)").body
            return shown.at("IsCompleted").bool == true ? Optional(shown) : Optional.none
        }
    }

    /// Deploys and waits.
    func deployed(_ version: String, _ more: [(String, JSONValue)] = []) async throws -> JSONValue {
        try await wait(try await deploy(version, more))
    }

    /// The whole log of a task as text.
    func log(_ task: JSONValue) async throws -> String {
        let answer = try await call(.get, "/api/tasks/\(task.at("Id").string ?? "")/raw")
        return String(buffer: answer.bytes)
    }
}

/// Exchanges with the server, for the check against what others published about its interface.
final class ExchangeLog: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ method: String, _ path: String, _ request: JSONValue?, _ status: Int, _ response: JSONValue) {
        let exchange: JSONValue = [
            "method": .string(method), "path": .string(path), "request": request ?? .null,
            "status": .number(Double(status)), "response": response,
        ]
        lines.withLock { $0.append(exchange.text()) }
    }

    /// The checker, where the evidence is at hand.
    static var checker: String? {
        let shared = ProcessInfo.processInfo.environment["NANTE_SHARED"]
        let places = [shared, FileManager.default.currentDirectoryPath + "/../shared"].compactMap { $0 }
        return places.map { $0 + "/conformance/vendors/check.py" }.first {
            FileManager.default.fileExists(atPath: $0)
        }
    }

    /// Checks all exchanges; violations are recorded as issues of the test.
    func check() async throws {
        guard let checker = ExchangeLog.checker else { return }
        // Answers of 501 and 401 are the lab's own affair.
        let all = lines.withLock { $0 }.filter { !$0.contains("\"status\":501") }
        let result = try await SystemProcessRunner(environment: ProcessInfo.processInfo.environment).run(
            Command(
                "python3", [checker, "octopus", "--har", "-", "--quiet"],
                input: all.joined(separator: "\n") + "\n", deadline: .seconds(120)))
        // Clients of the vendor send a list of machine ids in a task's arguments; the recorded answers have none.
        let violations = Set(
            result.lines.filter { $0.hasPrefix("violation") && !$0.contains("/Arguments/MachineIds wrong-type") })
        #expect(result.code != 2, "\(result.stderr)")
        #expect(violations.isEmpty, "\(violations.sorted().joined(separator: "\n"))")
    }
}
