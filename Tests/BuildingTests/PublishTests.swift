import Core
import Foundation
import Testing

@testable import Building

/// What publishing promises, held against a store and a feed in memory.
@Suite(.enabled(if: isInstalled("git"))) struct PublishTests {
    private let folder: Folder
    private let store = FakeStore()
    private let feed = FakeFeed()

    init() throws { folder = try Folder() }

    private func fresh() async throws -> (source: AppSource, context: Context) {
        let context = folder.context().context
        let manifest = try Manifest.parse(text: "version: 1\napps: { app: { kind: package } }\n", file: "nante.yml")
        if !context.files.exists(context.path(".git")) {
            try folder.write("main.go", "package main\n")
            try await folder.git("init", "--quiet", "--initial-branch=main")
            try await folder.commit()
        }
        let app = try manifest.app("app")
        let settings = GoTool.Settings(
            os: "linux", arch: "amd64", main: ".", variables: app.build, compiler: "go1.19.8")
        let state = try await SourceState.read(folder: folder.path, context: context)
        return (
            AppSource(
                app: app, folder: folder.path, output: context.path("dist"), state: state, settings: settings), context
        )
    }

    /// Puts a package where a build puts it.
    private func built(_ content: String = "program") async throws -> AppSource {
        let (source, context) = try await fresh()
        try OutputFolder.prepare(source.output, context: context)
        let file = "app.\(source.version.text).tar.gz"
        try folder.write("dist/\(file)", content)
        let record = BuildRecord(
            app: "app", version: source.version.text, commit: source.state.commit, fingerprint: source.fingerprint,
            os: "linux", arch: "amd64", digest: Digest.sha256(content), file: file)
        try record.save(in: source.output, context: context)
        return source
    }

    private func publish(_ source: AppSource) async throws -> Publisher.Outcome {
        try await Publisher(source, store: store, feed: feed, context: folder.context().context).run()
    }

    @Test func storeFirstThenFeedThenFingerprint() async throws {
        let source = try await built()
        let outcome = try await publish(source)
        let version = source.version.text
        #expect(outcome.version == version)
        #expect(outcome.digest == Digest.sha256("program"))
        #expect(outcome.address == "memory:/app/\(version)/app.\(version).tar.gz")
        #expect(outcome.isNewInStore && outcome.isNewInFeed && !outcome.isUnchanged)
        let puts = store.state.withLock { $0.puts }
        #expect(puts == ["app/\(version)/app.\(version).tar.gz", "app/fingerprints/\(source.fingerprint).json"])
        #expect(feed.state.withLock { Array($0.packages.keys) } == ["app.\(version).tar.gz"])
        let found = try await Releases(store).find("app", fingerprint: source.fingerprint)
        #expect(found?.version == version && found?.tests == nil)
    }

    @Test func again_nothingIsDone() async throws {
        let source = try await built()
        _ = try await publish(source)
        let outcome = try await publish(source)
        #expect(outcome.isUnchanged)
        #expect(feed.state.withLock { $0.pushes } == 1)
        #expect(store.state.withLock { $0.puts.count } == 2)
    }

    @Test func anotherCommitOfTheSameTreeIsTheSameRelease() async throws {
        let first = try await built()
        _ = try await publish(first)
        try await folder.commit("Nothing")
        let (second, context) = try await fresh()
        #expect(second.version.text != first.version.text)
        let record = try await GoBuild(second, releases: Releases(store), context: context).run()
        #expect(record.isUnchanged && record.version == first.version.text)
        let outcome = try await publish(second)
        #expect(outcome.isUnchanged && outcome.version == first.version.text)
    }

    @Test func aFeedThatLostThePackageGetsItFromTheStore() async throws {
        let source = try await built()
        _ = try await publish(source)
        feed.state.withLock { $0.packages = [:] }
        try DiskFileSystem().remove(source.output)
        let outcome = try await publish(source)
        #expect(!outcome.isNewInStore && outcome.isNewInFeed)
        #expect(feed.state.withLock { Array($0.packages.values) } == [Data("program".utf8)])
    }

    @Test func aPackageThatWasTamperedWithInTheStoreIsNotCopied() async throws {
        let source = try await built()
        _ = try await publish(source)
        feed.state.withLock { $0.packages = [:] }
        store.state.withLock { state in
            for path in state.files.keys where path.hasSuffix(".tar.gz") { state.files[path] = Data("evil".utf8) }
        }
        let error = await #expect(throws: Failure.self) { try await publish(source) }
        #expect(error?.what.contains("is not the one that was published") == true)
        #expect(feed.state.withLock { $0.packages.isEmpty })
    }

    @Test func theSameVersionWithOtherBytesIsRefused() async throws {
        let source = try await built()
        store.state.withLock {
            $0.files[Releases.packagePath("app", source.version.text)] = Data("other".utf8)
        }
        let error = await #expect(throws: Failure.self) { try await publish(source) }
        #expect(error?.exit == .refused)
        #expect(error?.what == "app \(source.version.text) is published already, with other content")
        #expect(feed.state.withLock { $0.packages.isEmpty })
    }

    @Test func otherBytesInTheFeedAreRefusedAndNotRecorded() async throws {
        let source = try await built()
        feed.state.withLock { $0.packages["app.\(source.version.text).tar.gz"] = Data("other".utf8) }
        let error = await #expect(throws: Failure.self) { try await publish(source) }
        #expect(error?.exit == .refused)
        #expect(try await Releases(store).find("app", fingerprint: source.fingerprint) == nil)
    }

    @Test func aRunThatWasCutIsFinishedByTheNext() async throws {
        let source = try await built()
        feed.state.withLock { $0.isDown = true }
        await #expect(throws: Failure.self) { try await publish(source) }
        #expect(try await Releases(store).find("app", fingerprint: source.fingerprint) == nil)
        feed.state.withLock { $0.isDown = false }
        store.state.withLock { $0.takesNoRecord = true }
        await #expect(throws: Failure.self) { try await publish(source) }
        store.state.withLock { $0.takesNoRecord = false }
        let outcome = try await publish(source)
        #expect(!outcome.isNewInStore && !outcome.isNewInFeed)
        #expect(try await Releases(store).find("app", fingerprint: source.fingerprint) != nil)
    }

    @Test func whatIsNotBuiltOrStaleIsNotPublished() async throws {
        let missing = await #expect(throws: Failure.self) { try await publish(try await fresh().source) }
        #expect(missing?.what == "app is not built" && missing?.next == ["nante build go app"])
        _ = try await built()
        try folder.write("main.go", "package main // changed\n")
        let stale = await #expect(throws: Failure.self) { try await publish(try await fresh().source) }
        #expect(stale?.what == "app has changed since it was built")
        let source = try await built()
        try folder.write("dist/app.\(source.version.text).tar.gz", "cut")
        let cut = await #expect(throws: Failure.self) { try await publish(source) }
        #expect(cut?.what.contains("is not as it was built") == true)
        #expect(store.state.withLock { $0.files.isEmpty })
    }

    @Test func testsAreRecordedAndNotRunAgain() async throws {
        let source = try await built()
        let context = folder.context().context
        let summary = TestSummary(passed: 3, failed: 0, skipped: 1, coverage: 81.5)
        try summary.save("app", fingerprint: source.fingerprint, in: source.output, context: context)
        _ = try await publish(source)
        let outcome = try await TestRun(source, gate: 90, releases: Releases(store), context: context).run()
        #expect(outcome.unchanged == source.version.text && outcome.summary == summary)
        #expect(outcome.failure("app")?.what == "coverage of app is 81.5 %, the gate is 90.0 %")
    }

    @Test func aStoreThatIsDownStopsNoBuildByItself() async throws {
        let (source, _) = try await fresh()
        let (context, terminal) = folder.context(["PATH": "/nowhere"])
        store.state.withLock { $0.failsOn = "app" }
        let build = GoBuild(source, releases: Releases(store), context: context)
        let error = await #expect(throws: Failure.self) { try await build.run() }
        #expect(error?.what == "go is not installed")
        #expect(terminal.messages.contains("Nexus can't be reached (cut), so it is built"))
    }

    @Test func aRecordThatIsNoRecordIsNamed() async throws {
        let source = try await built()
        for text in ["{}", "not JSON", #"{"format":1,"version":"../x","commit":"c","digest":"d","path":"p"}"#] {
            store.state.withLock { $0.files["app/fingerprints/\(source.fingerprint).json"] = Data(text.utf8) }
            let error = await #expect(throws: Failure.self) { try await publish(source) }
            #expect(error?.what == "a release record can't be read")
        }
    }
}
