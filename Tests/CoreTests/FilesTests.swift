import Core
import Foundation
import Testing

@Suite struct FilesTests {
    @Test func writingReplacesAsAWholeAndLeavesNothingBehind() async throws {
        try await withScratch { context, _ in
            let path = context.path("a/b/file")
            try context.files.write("one", to: path, mode: 0o600)
            try context.files.write("two", to: path, mode: 0o600)
            #expect(try context.files.readText(path) == "two")
            #expect(try context.files.mode(path) == 0o600)
            #expect(try context.files.list(context.path("a/b")) == ["file"])
        }
    }

    @Test func appendingAddsToTheEnd() async throws {
        try await withScratch { context, _ in
            let path = context.path("log")
            try context.files.append(Data("a\n".utf8), to: path)
            try context.files.append(Data("b\n".utf8), to: path)
            #expect(try context.files.readText(path) == "a\nb\n")
        }
    }

    @Test func aLockHasOneHolderWhoIsNamed() async throws {
        try await withScratch { context, _ in
            let path = context.path("lock")
            var first = try FileLock.attempt(path, holder: "first")
            #expect(first != nil)
            #expect(try FileLock.attempt(path, holder: "second") == nil)
            let failure = await #expect(throws: Failure.self) {
                try await FileLock.acquire(path, holder: "second", within: .milliseconds(100), context: context)
            }
            #expect(failure?.exit == .held)
            #expect(failure?.what.contains("held by first") == true)
            first = nil
            let again = try await FileLock.acquire(path, holder: "second", within: .seconds(1), context: context)
            #expect(again.path == path)
        }
    }

    @Test func aLockIsNeverALinkThatAnotherPutThere() async throws {
        try await withScratch { context, _ in
            let victim = context.path("victim")
            try context.files.write("precious", to: victim)
            try FileManager.default.createSymbolicLink(
                atPath: context.path("lock"), withDestinationPath: victim)
            #expect(throws: Failure.self) { try FileLock.attempt(context.path("lock"), holder: "me") }
            #expect(try context.files.readText(victim) == "precious")
        }
    }

    @Test(arguments: [
        ("/a", "b", "/a/b"), ("/a/", "b", "/a/b"), ("/a", "/b", "/b"), ("/a", ".", "/a"), ("/a", "./b", "/a/b"),
    ])
    func pathsJoin(base: String, other: String, joined: String) { #expect(base.appending(path: other) == joined) }

    @Test(arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("a/b", "a")])
    func pathsHaveParents(path: String, parent: String) { #expect(path.parentPath == parent) }

    @Test(.enabled(if: DiskFileSystem().exists("/proc/self/maps"), "needs /proc"))
    func filesOfTheKernelAreReadWhole() throws {
        let text = try DiskFileSystem().readText("/proc/self/maps")
        #expect(text.utf8.count > 8192)
        #expect(text.hasSuffix("\n"))
        #expect(throws: Failure.self) { try DiskFileSystem().read("/proc/self") }
    }
}
