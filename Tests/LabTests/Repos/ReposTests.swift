import Core
import Foundation
import Git
import Testing

@testable import Lab

/// What git tells a hook.
@Suite struct PushedRefTests {
    @Test func readsWhatGitTellsAHook() throws {
        let (zero, one) = (String(repeating: "0", count: 40), String(repeating: "1", count: 40))
        let refs = try PushedRef.parse("\(zero) \(one) refs/heads/a/b\n\(one) \(zero) refs/tags/v1\n")
        #expect(refs.map(\.short) == ["a/b", "v1"])
        #expect(refs[0].before == nil)
        #expect(refs[1].after == nil)
        for line in [
            "x", "\(one) \(one) main", "\(one) \(one) refs/heads/$(id) x", "\(one) --upload-pack=x refs/heads/a",
        ] {
            #expect(throws: Failure.self) { try PushedRef.parse(line) }
        }
    }
}

/// Repositories whose pushes run workflows, with real git and a stand-in for the engine.
@Suite struct ReposTests {
    @Test(arguments: ["", "a b", "../a", "a/b", "$(id)", "a;b", ".a", "-a", "a.git", "a..b", "a'b", "ä"])
    func refusesNames(_ name: String) { #expect(throws: Failure.self) { try RepoName(name) } }

    @Test func theHookIsSafeWhateverThePathsHold() throws {
        var context = Context.live()
        context.environment = ["NANTE_HOME": "/tmp/it's $(touch x)"]
        let hook = LabRepos(context, program: "/opt/a b/nante").hook(try RepoName("app"))
        #expect(hook.contains("NANTE_HOME='/tmp/it'\\''s $(touch x)'\n"))
        #expect(hook.contains("exec '/opt/a b/nante' lab repo receive 'app'\n"))
    }

    @Test func buildsTheEnginesCommand() {
        let command = PushReceiver.command(
            program: "/n", workflow: ".github/workflows/ci.yml", event: "/e.json", checkout: "/c",
            library: ["o/n=/src"], home: "/h", environment: ["GIT_DIR": ".", "A": "b"])
        #expect(
            command.arguments == [
                "run", ".github/workflows/ci.yml", "--event", "push", "--event-path", "/e.json",
                "--library", "o/n=/src",
            ])
        #expect(command.environment == .inherit(["NANTE_HOME": "/h", "GIT_DIR": nil]))
        #expect(command.workingDirectory == "/c")
    }

    @Test func aPushRunsWhatItTriggersAndShowsIt() async throws {
        try await Pusher.with { pusher in
            try pusher.write(".github/workflows/ci.yml", "push")
            try pusher.write(".github/workflows/other.yml", "no push")
            let commit = try await pusher.commit("First")
            let failed = try await pusher.receiver().receive("\(Pusher.zero) \(commit) refs/heads/main\n")
            #expect(failed == 0)
            let said = pusher.terminal.messages
            #expect(said.contains("running .github/workflows/ci.yml at \(commit.prefix(7)) of main"))
            #expect(said.contains("engine: run .github/workflows/ci.yml --event push --event-path"))
            #expect(said.contains("engine head: \(commit) on main"))
            #expect(said.contains("engine event: refs/heads/main lab/app"))
            #expect(said.contains("engine library: o/n=\(pusher.source)/../n"))
            #expect(said.contains("run 20260101-000000-abcd succeeded"))
            #expect(!said.contains("other.yml"))
            #expect(try DiskFileSystem().list(pusher.work + "/checkouts").isEmpty)
            #expect(try DiskFileSystem().list(pusher.work + "/.nante/runs") == ["20260101-000000-abcd"])
        }
    }

    @Test func aFailedRunIsSaidToHaveFailedWithTheWayToSeeIt() async throws {
        try await Pusher.with { pusher in
            try pusher.write(".github/workflows/ci.yml", "push fail")
            let commit = try await pusher.commit("Bad")
            let failed = try await pusher.receiver().receive("\(Pusher.zero) \(commit) refs/heads/main\n")
            #expect(failed == 1)
            let said = pusher.terminal.messages
            #expect(said.contains("run 20260101-000000-abcd FAILED"))
            #expect(said.contains("nante -C \(pusher.work) runs show 20260101-000000-abcd"))
        }
    }

    @Test func aWorkflowThatCantBeReadIsShownAndCounts() async throws {
        try await Pusher.with { pusher in
            try pusher.write(".github/workflows/ci.yml", "bad")
            let commit = try await pusher.commit("Bad")
            let failed = try await pusher.receiver().receive("\(Pusher.zero) \(commit) refs/heads/main\n")
            #expect(failed == 1)
            #expect(pusher.terminal.messages.contains(".github/workflows/ci.yml:1:1: bad"))
        }
    }

    @Test func deletedRefsAndOtherRefsRunNothing() async throws {
        try await Pusher.with { pusher in
            try pusher.write(".github/workflows/ci.yml", "push")
            let commit = try await pusher.commit("First")
            let lines = "\(commit) \(Pusher.zero) refs/heads/gone\n\(Pusher.zero) \(commit) refs/notes/x\n"
            #expect(try await pusher.receiver().receive(lines) == 0)
            #expect(pusher.terminal.messages.isEmpty)
        }
    }

    @Test func creatingTwiceKeepsTheRepository() async throws {
        try await Pusher.with { pusher in
            let name = try RepoName("app")
            try pusher.write("a", "a")
            let commit = try await pusher.commit("First")
            let again = try await pusher.repos.create(name, source: nil)
            #expect(!again.created)
            #expect(again.repo.branches == ["main \(commit.prefix(7))"])
            #expect(try await pusher.repos.list().map(\.name) == ["app"])
            #expect(try pusher.repos.delete(name))
            #expect(try !pusher.repos.delete(name))
            #expect(try await pusher.repos.list().isEmpty)
        }
    }
}

/// A repository of the lab with a clone that pushes to it; the engine is a shell script.
private struct Pusher {
    let folder: String
    let repos: LabRepos
    let terminal: MemoryTerminal
    let context: Context
    static let zero = String(repeating: "0", count: 40)
    var source: String { folder + "/source" }
    var work: String { folder + "/home/repos-work/app" }

    private static let engine = """
        #!/bin/sh
        echo "engine: $*"
        echo "engine head: $(git rev-parse HEAD) on $(git branch --show-current)"
        while [ $# -gt 1 ]; do
          case "$1" in
          --event-path) echo "engine event: $(sed -n 's/.*"ref": "\\(.*\\)".*/\\1/p' "$2")" \\
            "$(sed -n 's/.*"full_name": "\\(.*\\)".*/\\1/p' "$2")" ;;
          --library) echo "engine library: $2" ;;
          esac
          shift
        done
        mkdir -p .nante/runs/20260101-000000-abcd
        test -z "$(git status --porcelain)" || { echo "dirty"; exit 9; }
        ! grep -q fail .github/workflows/ci.yml
        """

    static func with(_ body: (Pusher) async throws -> Void) async throws {
        let folder = TestFolder.make()
        defer { TestFolder.remove(folder) }
        let engine = folder + "/engine"
        try DiskFileSystem().write(Pusher.engine, to: engine, mode: 0o755)
        let terminal = MemoryTerminal()
        var context = Context.live()
        context.terminal = terminal
        context.environment["NANTE_HOME"] = folder + "/home"
        context.workingDirectory = folder
        let repos = LabRepos(context, program: engine)
        let pusher = Pusher(folder: folder, repos: repos, terminal: terminal, context: context)
        try DiskFileSystem().makeDirectory(pusher.source)
        _ = try await repos.create(try RepoName("app"), source: pusher.source)
        // Without the hook: the tests call the receiver themselves.
        try DiskFileSystem().remove(folder + "/home/repos/app.git/hooks/post-receive")
        try await pusher.git("init", "-q", "-b", "main")
        try pusher.write("nante.yml", "version: 1\nlibrary: { o/n: ../n }\n")
        try await body(pusher)
    }

    func write(_ path: String, _ text: String) throws { try DiskFileSystem().write(text, to: source + "/" + path) }

    @discardableResult
    func git(_ words: String...) async throws -> String {
        let identity = ["-c", "user.name=T", "-c", "user.email=t@example.com"]
        let result = try await context.processes.check(
            Repository.command(identity + words, folder: source), what: "git")
        return result.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Commits everything and pushes it.
    func commit(_ message: String) async throws -> String {
        try await git("add", "-A")
        try await git("commit", "-qm", message)
        try await git("push", "-q", folder + "/home/repos/app.git", "main")
        return try await git("rev-parse", "HEAD")
    }

    func receiver() throws -> PushReceiver {
        PushReceiver(repos, try RepoName("app")) { text, file in
            if text == "bad" { return .init(file: file, fault: "\(file):1:1: bad") { _, _ in true } }
            return .init(file: file) { ref, changed in
                text.hasPrefix("push") && ref.short == "main" && changed?.contains(file) == true
            }
        }
    }
}
