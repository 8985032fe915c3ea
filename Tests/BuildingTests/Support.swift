import Core
import Foundation
import Git
import Synchronization
import Testing

@testable import Building

/// A folder of one test, removed with it.
final class Folder: Sendable {
    let path: String

    init() throws {
        let name = "nante-building-\(SystemRandom().hex(bytes: 6))"
        // Resolved, since git tells resolved paths.
        let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
        path = base.appending(path: name)
        try DiskFileSystem().makeDirectory(path)
    }

    deinit { try? DiskFileSystem().remove(path) }

    /// Writes a file below it.
    func write(_ name: String, _ text: String, mode: UInt16 = 0o644) throws {
        try DiskFileSystem().write(Data(text.utf8), to: path.appending(path: name), mode: mode)
    }

    func read(_ name: String) throws -> String { try DiskFileSystem().readText(path.appending(path: name)) }

    /// Real effects, in this folder, with an environment of their own.
    func context(_ more: [String: String] = [:]) -> (context: Context, terminal: MemoryTerminal) {
        var variables = ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"]
        let own = ProcessInfo.processInfo.environment
        for name in ["PATH", "HOME", "GOCACHE", "TMPDIR"] { variables[name] = own[name] }
        variables.merge(more) { $1 }
        let terminal = MemoryTerminal()
        var context = Context.live()
        context.environment = variables
        context.workingDirectory = path
        context.processes = SystemProcessRunner(environment: variables)
        context.terminal = terminal
        return (context, terminal)
    }

    /// Runs a program that must succeed; gives what it printed.
    @discardableResult
    func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) async throws -> String {
        let command = Command(
            program, arguments, environment: .inherit(environment.mapValues { Optional($0) }), workingDirectory: path,
            deadline: .seconds(120))
        return try await context().context.processes.check(command, what: "\(program) \(arguments)").stdout
    }

    /// Makes it a repository on the branch `main`, or adds to it.
    func git(_ arguments: String...) async throws {
        let variables = [
            "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com", "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.com", "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
            "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
        ]
        try await run("git", arguments, environment: variables)
    }

    func commit(_ message: String = "Change") async throws {
        try await git("add", "--all")
        try await git("commit", "--quiet", "--allow-empty", "-m", message)
    }
}

/// A program that the tests use where it is there.
func isInstalled(_ program: String) -> Bool {
    SystemProcessRunner(environment: ProcessInfo.processInfo.environment).find(program) != nil
}

/// The folder of the repository that these tests stand in.
let repositoryFolder = #filePath.parentPath.parentPath.parentPath

/// A store in memory, with faults to be set.
final class FakeStore: ArtifactStore {
    struct State {
        var files: [String: Data] = [:]
        var failsOn: String?
        var takesNoRecord = false
        var puts: [String] = []
    }
    let state = Mutex(State())

    func prepare() async throws {}
    func read(_ path: String) async throws -> Data? {
        try fail(path)
        return state.withLock { $0.files[path] }
    }
    func put(file: String, at path: String) async throws -> Bool {
        try fail(path)
        let data = try DiskFileSystem().read(file)
        return try state.withLock { state in
            if let there = state.files[path] {
                if there == data { return false }
                throw Failure(.refused, "other content", where: path)
            }
            state.files[path] = data
            state.puts.append(path)
            return true
        }
    }
    func replace(_ data: Data, at path: String) async throws {
        if state.withLock({ $0.takesNoRecord }) { throw Failure(.missing, "Nexus can't be reached", why: "cut") }
        state.withLock {
            $0.files[path] = data
            $0.puts.append(path)
        }
    }
    func fetch(_ path: String, to file: String) async throws -> Bool {
        guard let data = try await read(path) else { return false }
        try DiskFileSystem().write(data, to: file, mode: 0o644)
        return true
    }
    func address(_ path: String) -> String { "memory:/\(path)" }

    private func fail(_ path: String) throws {
        if let part = state.withLock({ $0.failsOn }), path.contains(part) {
            throw Failure(.missing, "Nexus can't be reached", why: "cut")
        }
    }
}

/// A feed in memory.
final class FakeFeed: PackageFeed {
    struct State {
        var packages: [String: Data] = [:]
        var isDown = false
        var pushes = 0
    }
    let state = Mutex(State())
    let name = "the feed"

    func find(_ id: String, version: String) async throws -> PackageFacts? {
        try state.withLock { state in
            if state.isDown { throw Failure(.missing, "Octopus can't be reached") }
            return state.packages["\(id).\(version).tar.gz"].map(Publisher.facts)
        }
    }
    func push(_ file: String) async throws {
        let data = try DiskFileSystem().read(file)
        state.withLock {
            $0.packages[file.lastPathComponent] = data
            $0.pushes += 1
        }
    }
}
