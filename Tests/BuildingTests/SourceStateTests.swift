import Core
import Foundation
import Testing

@testable import Building

@Suite struct SourceStateTests {
    private func version(_ folder: Folder, in path: String = ".", environment: [String: String] = [:]) async throws
        -> String
    {
        let context = folder.context(environment).context
        return BuildVersion(of: try await SourceState.read(folder: context.path(path), context: context)).text
    }

    @Test func theLifeOfARepository() async throws {
        let folder = try Folder()
        try await folder.git("init", "--quiet", "--initial-branch=main")
        try folder.write("a.txt", "1")
        try await folder.commit()
        let first = try await SourceState.read(folder: folder.path, context: folder.context().context)
        #expect(first.time == 1_767_323_045)
        #expect(first.dirt == nil)
        #expect(BuildVersion(of: first).text == "0.0.1-main.1+g\(first.short)")

        try await folder.git("tag", "v1.2.5")
        try await folder.git("tag", "-a", "-m", "Not a release", "v1.3.0-rc.1")
        #expect(try await version(folder) == "1.2.5")

        try folder.write("b.txt", "2")
        let dirty = try await SourceState.read(folder: folder.path, context: folder.context().context)
        #expect(BuildVersion(of: dirty).text == "1.2.6-main.0+g\(first.short).dirty.\(dirty.tree.prefix(8))")
        #expect(dirty.tree != first.tree)

        try await folder.commit()
        let second = try await SourceState.read(folder: folder.path, context: folder.context().context)
        #expect(BuildVersion(of: second).text == "1.2.6-main.1+g\(second.short)")
        #expect(second.tree == dirty.tree, "the tree of a change is that of its commit")

        try await folder.git("checkout", "--quiet", "-b", "feature/Login")
        #expect(try await version(folder) == "1.2.6-feature-login.1+g\(second.short)")
        try await folder.git("checkout", "--quiet", "--detach")
        #expect(try await version(folder) == "1.2.6-head.1+g\(second.short)")
        let branch = ["GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": "next"]
        #expect(try await version(folder, environment: branch) == "1.2.6-next.1+g\(second.short)")
        let pull = ["GITHUB_HEAD_REF": "fix", "GITHUB_REF_NAME": "7/merge", "GITHUB_REF_TYPE": "branch"]
        #expect(try await version(folder, environment: pull) == "1.2.6-fix.1+g\(second.short)")
    }

    @Test func onlyTheFolderOfTheAppCounts() async throws {
        let folder = try Folder()
        try await folder.git("init", "--quiet", "--initial-branch=main")
        try folder.write("apps/one/a.txt", "1")
        try folder.write("apps/two/a.txt", "1")
        try await folder.commit()
        let context = folder.context().context
        let before = try await SourceState.read(folder: context.path("apps/one"), context: context)
        try folder.write("apps/two/a.txt", "2")
        let after = try await SourceState.read(folder: context.path("apps/one"), context: context)
        #expect(after == before)
        #expect(try await SourceState.read(folder: context.path("apps/two"), context: context).dirt != nil)
        let whole = try await SourceState.read(folder: context.path("apps/one"), whole: true, context: context)
        #expect(whole.dirt != nil)
    }

    @Test func whatCanNotBeVersioned() async throws {
        let folder = try Folder()
        await #expect(throws: Failure.self) { try await version(folder) }
        try await folder.git("init", "--quiet", "--initial-branch=main")
        let error = await #expect(throws: Failure.self) { try await version(folder) }
        #expect(error?.what.contains("has no commit yet") == true)
        try await folder.commit()
        try folder.write("new/a.txt", "1")
        try folder.write(".gitignore", "new/\n")
        let outside = await #expect(throws: Failure.self) { try await version(folder, in: "new") }
        #expect(outside?.what.contains("not in the commit") == true)
    }

    @Test func aShallowCloneHasNoVersionUnlessItIsATag() async throws {
        let folder = try Folder()
        try await folder.git("init", "--quiet", "--initial-branch=main", "origin")
        let origin = folder.path.appending(path: "origin")
        try folder.write("origin/a.txt", "1")
        try await folder.git("-C", origin, "add", "--all")
        try await folder.git("-C", origin, "commit", "--quiet", "-m", "One")
        try await folder.git("-C", origin, "commit", "--quiet", "--allow-empty", "-m", "Two")
        try await folder.git("clone", "--quiet", "--depth=1", "file://\(origin)", "clone")
        let error = await #expect(throws: Failure.self) { try await version(folder, in: "clone") }
        #expect(error?.description.contains("fetch-depth: 0") == true)
        try await folder.git("-C", folder.path.appending(path: "clone"), "tag", "v2.0.0")
        #expect(try await version(folder, in: "clone") == "2.0.0")
    }
}
