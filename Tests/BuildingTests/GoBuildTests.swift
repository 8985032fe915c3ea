import Core
import Foundation
import Testing

@testable import Building

@Suite struct GoToolTests {
    private let settings = GoTool.Settings(
        os: "linux", arch: "arm64", main: "cmd/app",
        variables: Manifest.Build(version: "main.version", commit: "example.com/x.commit", tags: ["netgo", "x"]),
        compiler: "go1.19.8")

    @Test func aBuildIsOnePureCommand() {
        let command = GoTool.build(
            settings, version: "1.2.5", commit: "abc", time: 7, output: "/o/p", folder: "/src")
        #expect(
            command.arguments == [
                "build", "-trimpath", "-buildvcs=false", "-tags", "netgo,x", "-ldflags",
                "-s -w -X main.version=1.2.5 -X example.com/x.commit=abc", "-o", "/o/p", "./cmd/app",
            ])
        #expect(command.workingDirectory == "/src")
        #expect(
            command.environment
                == .inherit([
                    "CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": "arm64", "GOFLAGS": "", "SOURCE_DATE_EPOCH": "7",
                ]))
    }

    @Test func testsAreOnePureCommand() {
        #expect(
            GoTool.test(["x"], profile: "/o/c", folder: "/src").arguments == [
                "test", "-json", "-cover", "-coverpkg=./...", "-coverprofile=/o/c", "-tags", "x", "./...",
            ])
    }

    @Test(arguments: ["Linux", "linux amd64", "", "amd64;id", "-o", "../x"])
    func whatIsNoPlatform(text: String) { #expect(!GoTool.isPlatformWord(text)) }

    @Test(arguments: [(".", "."), ("cmd/app", "./cmd/app"), ("./x", "./x")])
    func aFolderIsNoPackageOfTheStandardLibrary(main: String, package: String) {
        #expect(GoTool.package(main) == package)
    }

    @Test func theFingerprintIsOfSourceAndBuild() throws {
        let text = "version: 1\napps: { app: { kind: package } }\n"
        let app = try Manifest.parse(text: text, file: "nante.yml").app("app")
        let state = SourceState(commit: "c1", time: 1, branch: "main", commits: 1, tree: "t1")
        let source = AppSource(app: app, folder: "/src", output: "/src/dist", state: state, settings: settings)
        func changed(_ change: (inout AppSource) -> Void) -> Bool {
            var other = source
            change(&other)
            return other.fingerprint != source.fingerprint
        }
        #expect(Digest.isSHA256(source.fingerprint))
        #expect(!changed { $0.state.commit = "c2" }, "another commit of the same tree is the same program")
        #expect(!changed { $0.state.branch = "next" })
        #expect(!changed { $0.folder = "/elsewhere" })
        #expect(changed { $0.state.tree = "t2" })
        #expect(changed { $0.settings.arch = "amd64" })
        #expect(changed { $0.settings.compiler = "go1.20" })
        #expect(changed { $0.settings.main = "." })
        #expect(changed { $0.settings.variables.tags = [] })
        #expect(changed { $0.state.tags = ["v1.2.5"] }, "a tag is a release of its own")
    }
}

/// The example, built for real.
@Suite(.enabled(if: isInstalled("go") && isInstalled("git"))) struct GoBuildTests {
    /// A repository of its own with the example in it.
    private func example(_ folder: Folder) async throws -> (source: AppSource, context: Context) {
        let files = try await folder.run(
            "git",
            [
                "-C", repositoryFolder.appending(path: "examples/go-app"), "ls-files", "--others", "--cached",
                "--exclude-standard",
            ])
        for name in files.split(separator: "\n").map(String.init) {
            let path = repositoryFolder.appending(path: "examples/go-app/\(name)")
            try folder.write(name, try DiskFileSystem().readText(path))
        }
        try await folder.git("init", "--quiet", "--initial-branch=main")
        try await folder.commit()
        let context = folder.context().context
        return (try await AppSource.read(try Manifest.load(context).app("go-app"), context: context), context)
    }

    @Test func twoBuildsGiveTheSameBytes() async throws {
        let one = try Folder(), two = try Folder()
        var digests: Set<String> = []
        for folder in [one, two] {
            let (source, context) = try await example(folder)
            let record = try await GoBuild(source, releases: nil, context: context).run()
            digests.insert(record.digest)
            #expect(record.version == "0.0.1-main.1+g\(source.state.short)")
            #expect(record.file == "go-app.\(record.version).tar.gz")
            #expect(BuildRecord.load("go-app", in: source.output, context: context) == record)
        }
        #expect(digests.count == 1)

        let context = one.context().context
        let source = try await AppSource.read(try Manifest.load(context).app("go-app"), context: context)
        #expect(source.state.dirt == nil, "the result does not make the work tree dirty")
        let name = "go-app.\(source.version.text).tar.gz"
        let list = try await one.run("tar", ["-tzf", "dist/\(name)"])
        #expect(
            list.split(separator: "\n") == [
                "Deploy.sh", "DeployFailed.sh", "PostDeploy.sh", "PreDeploy.sh", "app.env", "bin/", "bin/go-app",
                "nante.json",
            ])
        try await one.run("tar", ["-xzf", "dist/\(name)", "-C", "dist"])
        let json = try JSONValue.parse(try one.read("dist/nante.json"))
        #expect(json["version"]?.string == source.version.text)
        #expect(json["commit"]?.string == source.state.commit)
        #expect(json["fingerprint"]?.string == source.fingerprint)
        let program = try DiskFileSystem().read(one.path.appending(path: "dist/bin/go-app"))
        #expect(json["digest"]?.string == Digest.sha256(program))
        let ran = try await context.processes.run(
            Command(
                context.path("dist/bin/go-app"), environment: .inherit(["FAULT": "crash"]), workingDirectory: one.path,
                deadline: .seconds(20)))
        #expect(ran.code == 1)
        #expect(ran.stdout.contains("\"version\":\"\(source.version.text)\""), "the program knows its version")
    }

    @Test func itBuildsForOtherProcessors() async throws {
        let folder = try Folder()
        let context = try await example(folder).context
        let app = try Manifest.load(context).app("go-app")
        let source = try await AppSource.read(app, arch: "arm64", context: context)
        let record = try await GoBuild(source, releases: nil, context: context).run()
        try await folder.run("tar", ["-xzf", "dist/\(record.file ?? "")", "-C", "dist"])
        // The machine of an ELF header (offset 18): 183 is AArch64.
        let program = try DiskFileSystem().read(folder.path.appending(path: "dist/bin/go-app"))
        #expect(program.prefix(4) == Data([0x7F, 0x45, 0x4C, 0x46]) && program[18] == 183)
        #expect(try await AppSource.readAsBuilt(app, context: context).settings.arch == "arm64")
    }

    /// A module of a few lines.
    private func module(
        _ folder: Folder, main: String, test: String = "", manifest: String = ""
    ) async throws -> Context {
        try folder.write("go.mod", "module example.com/app\n\ngo 1.19\n")
        try folder.write("main.go", main)
        if !test.isEmpty { try folder.write("main_test.go", test) }
        try folder.write("nante.yml", "version: 1\napps: { app: { kind: package, \(manifest) } }\n")
        try await folder.git("init", "--quiet", "--initial-branch=main")
        try await folder.commit()
        return folder.context().context
    }

    @Test func whatDoesNotCompileSaysWhere() async throws {
        let folder = try Folder()
        let context = try await module(folder, main: "package main\n\nfunc main() { undefined() }\n")
        let source = try await AppSource.read(try Manifest.load(context).app("app"), context: context)
        let error = await #expect(throws: Failure.self) {
            try await GoBuild(source, releases: nil, context: context).run()
        }
        #expect(error?.exit == .failed)
        #expect(error?.evidence.contains { $0.contains("main.go:3:15: undefined: undefined") } == true)
        #expect(error?.details.first?.text == folder.path)
    }

    @Test func aVariableThatIsNotThereIsNoticed() async throws {
        let folder = try Folder()
        let context = try await module(
            folder, main: "package main\n\nvar version = \"x\"\n\nfunc main() { println(version) }\n",
            manifest: "build: { version: main.release }")
        let source = try await AppSource.read(try Manifest.load(context).app("app"), context: context)
        let error = await #expect(throws: Failure.self) {
            try await GoBuild(source, releases: nil, context: context).run()
        }
        #expect(error?.description.contains("no string variable main.release") == true)
    }

    private let sum = "package main\n\nfunc sum(a, b int) int {\n\tif a == 0 {\n\t\treturn b\n\t}\n\treturn a + b\n}\n"

    @Test func testsAreCountedAndTheGateHolds() async throws {
        let folder = try Folder()
        let context = try await module(
            folder, main: sum + "\nfunc main() { println(sum(1, 2)) }\n",
            test: """
                package main

                import "testing"

                func TestSum(t *testing.T) {
                	t.Run("one", func(t *testing.T) {
                		if sum(1, 2) != 3 {
                			t.Error("wrong")
                		}
                	})
                	t.Run("two", func(t *testing.T) { t.Skip("later") })
                }

                """)
        let source = try await AppSource.read(try Manifest.load(context).app("app"), context: context)
        let outcome = try await TestRun(source, gate: 80, releases: nil, context: context).run()
        #expect(outcome.summary == TestSummary(passed: 1, failed: 0, skipped: 1, coverage: 50))
        let failure = outcome.failure("app")
        #expect(failure?.what == "coverage of app is 50.0 %, the gate is 80.0 %")
        #expect(failure?.evidence == ["50.0 %  example.com/app/main.go, 2 of 4 statements not run"])
        #expect(failure?.exit == .failed)
        #expect(try folder.read("dist/app.junit.xml").contains("<skipped/>"))
        var passed = outcome
        passed.gate = 50
        #expect(passed.failure("app") == nil)
        #expect(
            TestSummary.load("app", fingerprint: source.fingerprint, in: source.output, context: context)
                == outcome.summary)
    }

    @Test func aFailedTestShowsItsOutput() async throws {
        let folder = try Folder()
        let context = try await module(
            folder, main: sum + "\nfunc main() { println(sum(1, 2)) }\n",
            test: """
                package main

                import "testing"

                func TestSum(t *testing.T) { t.Errorf("got %d, want 4", sum(1, 2)) }

                """)
        let source = try await AppSource.read(try Manifest.load(context).app("app"), context: context)
        let outcome = try await TestRun(source, gate: nil, releases: nil, context: context).run()
        let failure = outcome.failure("app")
        #expect(failure?.what == "a test of app failed")
        #expect(failure?.evidence == ["app TestSum", "    main_test.go:5: got 3, want 4"])
        #expect(outcome.markdown("app").contains("### Tests of app: failed"))
        #expect(
            TestSummary.load("app", fingerprint: source.fingerprint, in: source.output, context: context) == nil)
    }

    @Test func testsThatDoNotCompileSayWhere() async throws {
        let folder = try Folder()
        let context = try await module(
            folder, main: sum + "\nfunc main() { println(sum(1, 2)) }\n", test: "package main\n\nfunc x() { y() }\n")
        let source = try await AppSource.read(try Manifest.load(context).app("app"), context: context)
        let said: Failure?
        do {
            said = try await TestRun(source, gate: nil, releases: nil, context: context).run().failure("app")
        } catch let failure as Failure { said = failure }
        #expect(said?.what == "the tests of app can't be run")
        #expect(said?.evidence.contains { $0.contains("main_test.go:3:12: undefined: y") } == true)
    }

    @Test func withoutGoThePackageThatHasItIsNamed() async throws {
        let folder = try Folder()
        _ = try await module(folder, main: "package main\n")
        let context = folder.context(["PATH": "/nowhere"]).context
        let error = await #expect(throws: Failure.self) {
            try await AppSource.read(try Manifest.load(context).app("app"), context: context)
        }
        #expect(error?.exit == .missing)
        #expect(error?.next.first == "apt-get install golang-go")
    }

    @Test func aModuleThatReachesOutIsOfTheWholeRepository() async throws {
        let folder = try Folder()
        try folder.write("app/go.mod", "module example.com/app\n\ngo 1.19\n\nreplace example.com/lib => ../lib\n")
        try folder.write("lib/a.go", "package lib\n")
        try folder.write("nante.yml", "version: 1\napps: { app: { kind: package, path: app } }\n")
        try await folder.git("init", "--quiet", "--initial-branch=main")
        try await folder.commit()
        let context = folder.context().context
        let app = try Manifest.load(context).app("app")
        let before = try await AppSource.read(app, context: context)
        try folder.write("lib/a.go", "package lib // changed\n")
        let after = try await AppSource.read(app, context: context)
        #expect(after.state.dirt != nil && after.fingerprint != before.fingerprint)
    }
}
