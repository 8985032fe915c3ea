import Core
import Foundation
import Testing

@testable import Git

/// A repository in a temporary folder that goes when the value goes.
final class TemporaryRepository: Sendable {
    let folder: String
    let repository: Repository

    init() async throws {
        folder = NSTemporaryDirectory().appending(path: "nante-git-\(SystemRandom().hex(bytes: 6))")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var context = Context.live()
        context.workingDirectory = folder
        repository = Repository(context: context, folder: folder)
        try await git("init", "--quiet", "--initial-branch=main")
        try await git("config", "user.name", "Test")
        try await git("config", "user.email", "test@localhost")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func git(_ arguments: String...) async throws {
        _ = try await repository.output(arguments, what: "git \(arguments.joined(separator: " "))")
    }

    func commit(_ path: String, _ text: String, _ subject: String) async throws {
        try repository.context.files.write(text, to: folder.appending(path: path))
        try await git("add", "--all")
        try await git("commit", "--quiet", "--message", subject)
    }
}

@Suite struct ParsingTests {
    @Test(
        arguments: [
            ("https://github.com/owner/name.git", "owner/name"), ("git@github.com:owner/name", "owner/name"),
            ("ssh://git@host:2222/owner/name.git", "owner/name"), ("/srv/git/owner/name.git", "owner/name"),
            ("https://host/name", nil), ("name", nil), ("git@host:o;wner/na me", nil),
        ] as [(String, String?)])
    func repositoryOfAnAddress(url: String, expected: String?) {
        #expect(Remote.repository(of: url) == expected)
    }

    @Test func describeIsRead() {
        #expect(TagDistance.parse("v1.2.3-7-g1a2b3c4\n") == TagDistance(tag: "v1.2.3", distance: 7, commit: "1a2b3c4"))
        #expect(TagDistance.parse("v1.2.3") == nil)
    }

    @Test(arguments: ["main", "feature/a-b", "v1.2.3", "#1", "ü"]) func refsThatAreTaken(name: String) {
        #expect(GitName.isRef(name))
    }

    @Test(arguments: ["", "-x", "--upload-pack=x", "a b", "a..b", "a~1", "a:b", "x.lock", "/a", "a//b", "a\nb", "@"])
    func refsThatAreRefused(name: String) {
        #expect(!GitName.isRef(name))
    }

    @Test(arguments: ["ext::sh -c id", "-oProxyCommand=x", "", "javascript://x", "a\nb"])
    func addressesThatAreRefused(url: String) {
        #expect(!GitName.isAddress(url))
    }

    @Test func argumentsAreArrays() {
        #expect(
            GitArguments.fetch("origin", ref: "v1", depth: 1)
                == ["fetch", "--quiet", "--no-tags", "--force", "--depth=1", "--end-of-options", "origin", "v1"])
        #expect(GitArguments.checkout("abc", branch: "main").suffix(5) == ["-B", "main", "--no-track", "abc", "--"])
        #expect(Repository.command(["status"], folder: "/x").workingDirectory == "/x")
    }
}

@Suite struct RepositoryTests {
    @Test func factsOfARepository() async throws {
        let temporary = try await TemporaryRepository()
        let repository = temporary.repository
        try await temporary.commit("app/a.txt", "1", "First")
        #expect(try await repository.root().lastPathComponent == temporary.folder.lastPathComponent)
        #expect(try await repository.branch() == "main")
        #expect(try await repository.remotes().isEmpty)
        try await temporary.git("remote", "add", "origin", "https://example.test/owner/name.git")
        #expect(try await repository.remotes().first?.repository == "owner/name")
        let head = try await repository.head()
        #expect(GitName.isCommit(head))
        #expect(try await repository.commit("no-such") == nil)
        #expect(try await repository.file("app/a.txt") == "1")
        #expect(try await repository.file("app/b.txt") == nil)
        #expect(try await repository.names(in: "app") == ["a.txt"])
        #expect(try await repository.names(in: ".") == ["app"])
    }

    @Test func versionFacts() async throws {
        let temporary = try await TemporaryRepository()
        let repository = temporary.repository
        try await temporary.commit("a.txt", "1", "First")
        #expect(try await repository.describe() == nil)
        #expect(try await repository.count() == 1)
        try await temporary.git("tag", "v1.2.3")
        #expect(try await repository.tags() == ["v1.2.3"])
        let first = try await repository.head()
        try await temporary.commit("a.txt", "2", "Second; $(id)")
        try await temporary.git("tag", "v1.3.0-rc.1")
        #expect(try await repository.describe()?.distance == 1)
        #expect(try await repository.describe()?.tag == "v1.2.3")
        #expect(try await repository.log(from: first).map(\.subject) == ["Second; $(id)"])
        #expect(try await repository.details()?.author == "Test")
    }

    @Test func dirtyTree() async throws {
        let temporary = try await TemporaryRepository()
        let repository = temporary.repository
        try await temporary.commit("app/a.txt", "1", "First")
        #expect(try await repository.dirt() == nil)
        #expect(try await repository.workTree() == repository.tree())
        try repository.context.files.write("2", to: temporary.folder.appending(path: "app/b.txt"))
        #expect(try await repository.changes() == [Change(code: "??", path: "app/b.txt")])
        let dirt = try await repository.dirt()
        #expect(dirt?.count == 8)
        #expect(try await repository.dirt(path: "app") != nil)
        #expect(try await repository.workTree(path: "app") != repository.tree(path: "app"))
        let head = try await repository.head()
        let kept = try await repository.snapshot()
        #expect(try await repository.head() == head)
        #expect(try await repository.file("app/b.txt", of: kept) == "2")
        #expect(try await repository.changes() == [Change(code: "??", path: "app/b.txt")])
    }

    @Test func checkouts() async throws {
        let temporary = try await TemporaryRepository()
        let repository = temporary.repository
        try await temporary.commit("a.txt", "1", "First")
        let head = try await repository.head()
        let tree = temporary.folder + "-tree"
        try await repository.addWorktree(tree, commit: head)
        #expect(try repository.context.files.readText(tree.appending(path: "a.txt")) == "1")
        try await repository.removeWorktree(tree)
        try await repository.removeWorktree(tree)
        #expect(!repository.context.files.exists(tree))
        let borrowed = temporary.folder.appending(path: ".git/borrowed")
        try await repository.borrow(
            into: borrowed, commit: head, branch: "main", origin: "https://example.test/owner/name.git")
        let clone = Repository(context: repository.context, folder: borrowed)
        #expect(try await clone.branch() == "main")
        #expect(try await clone.head() == head)
        #expect(try await clone.remotes().map(\.url) == ["https://example.test/owner/name.git"])
        #expect(try await repository.lsRemote(temporary.folder).contains { $0.name == "refs/heads/main" })
        #expect(try await clone.fetch(temporary.folder, ref: "main", depth: 1) == head)
    }

    @Test func faultsAreExplained() async throws {
        let folder = NSTemporaryDirectory().appending(path: "nante-git-\(SystemRandom().hex(bytes: 6))")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let none = Repository(context: .live(), folder: folder)
        await #expect(throws: Failure.self) { try await none.root() }
        await #expect { try await none.head() } throws: { "\($0)".contains("is in no git repository") }
        await #expect { try await none.lsRemote("ext::sh -c id") } throws: { "\($0)".contains("no address") }
        let empty = try await TemporaryRepository()
        await #expect { try await empty.repository.head() } throws: { "\($0)".contains("no commit yet") }
    }
}
