import Core
import Foundation
import Testing

/// The lab as a process of its own, through the built binary: start, end, kill and mending.
@Suite(.enabled(if: LabBench.isBuilt)) struct LabDaemonTests {
    @Test func startsOnceAnswersAndEnds() async throws {
        try await LabBench.with { bench in
            let first = try await bench.run("lab", "up")
            #expect(first.code == 0, "\(first.stderr)")
            #expect(first.stderr.contains("starting the lab in \(bench.home)"))
            let pid = try bench.pid()
            let second = try await bench.run("lab", "up")
            #expect(second.code == 0)
            #expect(second.stderr.contains("was up already"))
            #expect(try bench.pid() == pid)
            let status = try JSONValue.parse(try await bench.run("lab", "status", "-o", "json").stdout)
            #expect(status["up"]?.bool == true)
            #expect(status["pid"]?.int == Int(pid))
            #expect((status["memory"]?.int ?? .max) < 150 << 20)
            #expect(try DiskFileSystem().mode(bench.home + "/lab.json") == 0o600)
            #expect(try await bench.run("lab", "down").code == 0)
            #expect(!bench.isAlive(pid))
            #expect(!DiskFileSystem().exists(bench.home + "/lab.json"))
            let down = try await bench.run("lab", "down")
            #expect(down.code == 0)
            #expect(down.stderr.contains("was not up"))
        }
    }

    @Test func fiveStartsAtOnceGiveOneLab() async throws {
        try await LabBench.with { bench in
            let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
                for _ in 0..<5 { group.addTask { try await bench.run("lab", "up").code } }
                return try await group.reduce(into: [Int32]()) { $0.append($1) }
            }
            #expect(codes == [0, 0, 0, 0, 0])
            let log = try DiskFileSystem().readText(bench.home + "/lab.log")
            #expect(log.components(separatedBy: "the lab starts").count == 2)
        }
    }

    @Test func settingsAreSafeForAShellAndKeptOverRestarts() async throws {
        try await LabBench.with { bench in
            let lines = try await bench.run("lab", "env").stdout
            #expect(lines.contains("export NEXUS_URL='http://127.0.0.1:"))
            let shell = try await bench.processes.run(
                Command("sh", ["-c", "eval \"$1\"; printf %s \"$NEXUS_PASSWORD\"", "sh", lines]))
            #expect(shell.stdout.count == 32)
            _ = try await bench.run("lab", "down")
            let again = try JSONValue.parse(try await bench.run("lab", "env", "-o", "json").stdout)
            #expect(again["NEXUS_PASSWORD"]?.string == shell.stdout)
            #expect(lines.contains("'\(again["NEXUS_URL"]?.string ?? "?")'"))
        }
    }

    @Test func killedDuringUploadsItComesBackWithAllThatItAcknowledged() async throws {
        try await LabBench.with { bench in
            #expect(try await bench.run("nexus", "raw", "ensure", "r", "--write-policy", "allow").code == 0)
            let record = try bench.record()
            let pid = try bench.pid()
            let acknowledged = await withTaskGroup(of: Int?.self) { group in
                for number in 0..<20 {
                    group.addTask { await bench.upload(number, record) ? number : nil }
                }
                group.addTask {
                    // Once some are through, in the middle of the others.
                    _ = try? await Wait.until(
                        "uploads", within: .seconds(20), every: .milliseconds(1), context: .live()
                    ) { bench.blobs().count >= 3 ? true : nil }
                    kill(pid, SIGKILL)
                    return nil
                }
                return await group.reduce(into: [Int]()) { list, number in if let number { list.append(number) } }
            }
            let listed = try await bench.run("nexus", "raw", "list", "r", "-o", "json")
            #expect(listed.code == 0, "\(listed.stderr)")
            #expect(listed.stderr.contains("starting the lab"))
            let paths = Set(try JSONValue.parse(listed.stdout).array?.compactMap { $0["path"]?.string } ?? [])
            for number in acknowledged {
                #expect(paths.contains("/n/\(number)"))
                let target = bench.home + "/got-\(number)"
                #expect(try await bench.run("nexus", "raw", "get", "r", "/n/\(number)", target).code == 0)
                #expect(try DiskFileSystem().read(target) == LabBench.content(number))
            }
            #expect(bench.blobs().count == paths.count)
            #expect(try DiskFileSystem().list(bench.home + "/blobs/nexus/incoming").isEmpty)
        }
    }

    @Test func resetAsksAndThenLeavesNothing() async throws {
        try await LabBench.with { bench in
            _ = try await bench.run("lab", "up")
            let pid = try bench.pid()
            let asked = try await bench.run("lab", "reset")
            #expect(asked.code == 4)
            #expect(bench.isAlive(pid))
            #expect(try await bench.run("lab", "reset", "--yes").code == 0)
            #expect(!bench.isAlive(pid))
            #expect(!DiskFileSystem().exists(bench.home + "/lab.sqlite"))
            #expect(!DiskFileSystem().exists(bench.home + "/keys.json"))
        }
    }

    @Test(.enabled(if: getuid() == 0))
    func listensOnTheBridgeAsSoonAsItIsThere() async throws {
        try await LabBench.with { bench in
            _ = try await bench.run("lab", "up")
            let address = "10.88.4.1"
            _ = try await bench.processes.run(Command("ip", ["addr", "add", address + "/32", "dev", "lo"]))
            let port = try bench.record().nexus.url.split(separator: ":").last ?? ""
            let call = HTTPCall("GET", "http://\(address):\(port)/service/rest/v1/status", timeout: .seconds(2))
            let status = try? await Wait.until("the bridge", within: .seconds(10), context: .live()) {
                try? await NetworkHTTPSender().send(call).status
            }
            _ = try await bench.processes.run(Command("ip", ["addr", "del", address + "/32", "dev", "lo"]))
            #expect(status == 200)
        }
    }

    @Test func aFolderThatIsNoLabIsLeftAlone() async throws {
        try await LabBench.with { bench in
            try DiskFileSystem().write("mine", to: bench.home + "/file.txt")
            #expect(try await bench.run("lab", "reset", "--all", "--yes").code == 0)
            #expect(DiskFileSystem().exists(bench.home + "/file.txt"))
        }
    }

    @Test func aLockHeldByAnotherProgramIsNoLabToEnd() async throws {
        try await LabBench.with { bench in
            let lock = try FileLock.attempt(bench.home + "/lab.lock", holder: "\(getpid())")
            let down = try await bench.run("lab", "down")
            #expect(down.code == 4)
            #expect(down.stderr.contains("is no lab"))
            withExtendedLifetime(lock) {}
        }
    }

    @Test(arguments: [["NANTE_BRIDGE": "a b"], ["NANTE_SUBNET": "10.0.0.0/8"], ["NANTE_BRIDGE": "$(touch x)"]])
    func aNetworkThatCantBeIsRefused(_ settings: [String: String]) async throws {
        try await LabBench.with { bench in
            let up = try await bench.run("lab", "up", settings: settings)
            #expect(up.code != 0)
            #expect(up.stderr.contains(settings.keys.first ?? ""))
        }
    }
}

/// The built binary with a lab folder of its own.
struct LabBench: Sendable {
    let home: String
    let processes: SystemProcessRunner

    /// The binary beside the test bundle.
    static let binary: String = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        var folder = bundle.hasPrefix("/") ? bundle : FileManager.default.currentDirectoryPath + "/" + bundle
        while folder != "/", !FileManager.default.isExecutableFile(atPath: folder + "/nante") {
            folder = folder.parentPath
        }
        if folder != "/" { return folder + "/nante" }
        return #filePath.components(separatedBy: "/Tests/")[0] + "/.build/debug/nante"
    }()

    static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: binary) }

    static func with(_ body: (LabBench) async throws -> Void) async throws {
        let home = "/tmp/nante-daemon-\(SystemRandom().hex(bytes: 6))"
        try DiskFileSystem().makeDirectory(home)
        let runner = SystemProcessRunner(environment: ProcessInfo.processInfo.environment)
        let bench = LabBench(home: home, processes: runner)
        let result: Result<Void, any Error>
        do { result = .success(try await body(bench)) } catch { result = .failure(error) }
        _ = try? await bench.run("lab", "down")
        try? DiskFileSystem().remove(home)
        try result.get()
    }

    func run(_ words: String..., settings: [String: String] = [:]) async throws -> CommandResult {
        try await run(words: words, settings: settings)
    }

    func run(words: [String], settings: [String: String] = [:]) async throws -> CommandResult {
        var variables: [String: String] = [
            "NANTE_HOME": home, "NANTE_BRIDGE": "nantelt", "NANTE_SUBNET": "10.88.4.0/24", "HOME": home,
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin",
        ]
        variables.merge(settings) { $1 }
        return try await processes.run(
            Command(
                LabBench.binary, words, environment: .exact(variables), workingDirectory: home,
                deadline: .seconds(90)))
    }

    func record() throws -> LabRecord {
        try JSONDecoder().decode(LabRecord.self, from: try DiskFileSystem().read(home + "/lab.json"))
    }

    func pid() throws -> Int32 { try record().pid }

    func isAlive(_ pid: Int32) -> Bool {
        // A zombie is none: it only waits for its starter, which is gone, or for the test.
        let text = (try? DiskFileSystem().readText("/proc/\(pid)/stat")) ?? ""
        return !text.isEmpty && !text.contains(") Z ")
    }

    func blobs() -> [String] {
        let folder = home + "/blobs/nexus"
        let walk = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return walk.filter { $0.lastPathComponent.count == 64 }
    }

    static func content(_ number: Int) -> Data { Data(repeating: UInt8(number), count: 2_000_000 + number) }

    /// Uploads a file; whether the server acknowledged it.
    func upload(_ number: Int, _ record: LabRecord) async -> Bool {
        var call = HTTPCall(
            "PUT", "\(record.nexus.url)/repository/r/n/\(number)", body: .data(LabBench.content(number)))
        call.authorize(user: record.nexus.username, password: record.nexus.password)
        return (try? await NetworkHTTPSender().send(call))?.status == 201
    }
}
