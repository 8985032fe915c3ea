import Core
import Foundation
import Testing

@testable import Octopus

@Suite struct ProjectFileTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func example(_ name: String = "octopus.yml") throws -> ProjectFile {
        let text = try String(contentsOf: root.appending(path: "examples/\(name)"), encoding: .utf8)
        return try StrictYAML.read(ProjectFile.self, text: text, file: name)
    }

    private static func code(_ server: FakeOctopus) -> ProjectCode {
        ProjectCode(OctopusClient.test(server, environment: ["DATABASE_URL": "postgres://secret"]))
    }

    @Test func `the annotated example says what it says`() throws {
        let file = try ProjectFileTests.example()
        #expect(file.environments.map(\.name) == ["dev", "production"])
        #expect(file.lifecycle?.phases?.map(\.optionalDeploymentTargets) == [["dev"], ["production"]])
        #expect(file.variables?.count == 4)
        #expect(file.variables?[1].scope.environment == ["production"])
        let step = try #require(file.deploymentProcess?.steps.first)
        #expect(step.properties["Octopus.Action.MaxParallelism"] == "1")
        #expect(step.actions[0].packages[0].packageId == "go-app")
    }

    @Test(arguments: ["octopus.yml", "go-app/octopus.yml"])
    func `the first run makes everything, the second nothing`(name: String) async throws {
        let (file, server) = (try ProjectFileTests.example(name), FakeOctopus())
        let code = ProjectFileTests.code(server)
        let changes = try await code.apply(file)
        #expect(changes.contains { $0.what == "project go-app" && $0.kind == .added })
        #expect(changes.contains { $0.what == "environment dev" && $0.kind == .added })
        let before = server.changes
        #expect(try await code.apply(file).isEmpty)
        #expect(try await code.changes(file).isEmpty)
        #expect(server.changes == before)
        if Evidence.hasChecker {
            let found = try Evidence.violations(server.exchanges)
            #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
        }
    }

    @Test func `the built-in feed of another space is found by its type`() async throws {
        let (file, server) = (try ProjectFileTests.example(), FakeOctopus(feed: "Feeds-1001"))
        let code = ProjectFileTests.code(server)
        _ = try await code.apply(file)
        let process = try #require(server.document("deploymentprocesses/deploymentprocess-Projects-1"))
        let action = process["Steps"]?[0]?["Actions"]?[0]
        #expect(action?["Packages"]?[0]?["FeedId"] == "Feeds-1001")
        #expect(action?["Properties"]?["Octopus.Action.Package.FeedId"]?.text().contains("Feeds-1001") == true)
        let again = try await code.export("go-app")
        #expect(again.deploymentProcess?.steps[0].actions[0].packages[0].feed == "feeds-builtin")
        #expect(try await code.apply(again).isEmpty)
    }

    @Test func `an export is a file that changes nothing`() async throws {
        let (file, server) = (try ProjectFileTests.example(), FakeOctopus())
        let code = ProjectFileTests.code(server)
        _ = try await code.apply(file)
        let before = server.changes
        let text = try StrictYAML.text(try await code.export("go-app"))
        let again = try StrictYAML.read(ProjectFile.self, text: text, file: "export.yml")
        #expect(try await code.apply(again).isEmpty)
        #expect(server.changes == before)
        #expect(!text.contains("secret"))
        #expect(text.contains("Octopus.Action.Script.ScriptBody: |\n"))
    }

    @Test func `a change touches only what differs, and is told`() async throws {
        let (file, server) = (try ProjectFileTests.example(), FakeOctopus())
        let code = ProjectFileTests.code(server)
        _ = try await code.apply(file)
        let ids = try ProjectFileTests.stepIds(server)
        let before = server.changes.count
        let changed = file.with {
            $0.deploymentProcess?.steps[0].properties["Octopus.Action.MaxParallelism"] = "2"
            $0.deploymentProcess?.steps[1].name = "Tell"
            $0.variables?[0].value = "debug"
            $0.variables?.removeLast()
        }
        let changes = try await code.apply(changed)
        #expect(
            changes.map { "\($0.kind.rawValue) \($0.what)" } == [
                "~ variable LogLevel", "- variable Nante.Bake", "~ step Deploy", "+ step Tell", "- step Notify",
            ])
        #expect(changes[0].details == ["Value: \"info\" → \"debug\""])
        #expect(changes[2].details == ["Properties.Octopus.Action.MaxParallelism: \"1\" → \"2\""])
        #expect(
            server.changes.dropFirst(before).map { $0.split(separator: "/").dropFirst(3).first } == [
                "deploymentprocesses", "variables",
            ])
        #expect(try ProjectFileTests.stepIds(server)[0] == ids[0])
    }

    private static func stepIds(_ server: FakeOctopus) throws -> [String] {
        let json = server.document("deploymentprocesses/deploymentprocess-Projects-1") ?? .null
        return try DeploymentProcess(json: json).steps.map(\.id)
    }

    @Test func `sections that are left out are left alone`() async throws {
        let (file, server) = (try ProjectFileTests.example(), FakeOctopus())
        let code = ProjectFileTests.code(server)
        _ = try await code.apply(file)
        let text = "Project:\n  Name: go-app\n  Description: New\n"
        let part = try StrictYAML.read(ProjectFile.self, text: text, file: "x.yml")
        #expect(try await code.apply(part).map(\.what) == ["project go-app"])
        #expect(try await code.export("go-app").variables?.count == 4)
    }

    @Test func `a secret is sent once, and again only when asked`() async throws {
        let (file, server) = (try ProjectFileTests.example(), FakeOctopus())
        let code = ProjectFileTests.code(server)
        _ = try await code.apply(file)
        let sent = server.exchanges.filter { $0["method"] == "PUT" }.map { $0["request"]?.text() ?? "" }
        #expect(sent.contains { $0.contains("postgres://secret") })
        #expect(try await code.apply(file, resendsSecrets: true).map(\.details) == [["the value, again"]])
        #expect(code.client.context.mask.apply("postgres://secret") == "***")
    }

    @Test func `a secret in the file, or without a value, is refused`() async throws {
        let server = FakeOctopus()
        let open = "Project: { Name: a }\nVariables: [{ Name: Key, Type: Sensitive, Value: hush }]\n"
        let file = try StrictYAML.read(ProjectFile.self, text: open, file: "x.yml")
        await #expect(throws: Failure.self) { _ = try await ProjectFileTests.code(server).apply(file) }
        let absent = "Project: { Name: a }\nVariables: [{ Name: Key, Value: x, ValueFrom: NOT_SET }]\n"
        let other = try StrictYAML.read(ProjectFile.self, text: absent, file: "x.yml")
        let error = await #expect(throws: Failure.self) { _ = try await ProjectFileTests.code(server).apply(other) }
        #expect(error?.description.contains("NOT_SET") == true)
        #expect(server.changes.isEmpty)
    }

    @Test func `an environment that is neither there nor listed is named`() async throws {
        let text = """
            Project: { Name: a }
            Lifecycle: { Name: l, Phases: [{ Name: p, OptionalDeploymentTargets: [staging] }] }
            """
        let file = try StrictYAML.read(ProjectFile.self, text: text, file: "x.yml")
        let error = await #expect(throws: Failure.self) {
            _ = try await ProjectFileTests.code(FakeOctopus()).apply(file)
        }
        #expect(error?.description.contains("staging") == true)
    }

    @Test(arguments: [
        ("Project:\n  Nam: a\n", 2, 3, "did you mean Name?"), ("Projekt: {}\n", 1, 1, "did you mean Project?"),
        ("Project:\n  Name: [a]\n", 2, 9, "Name must be text"),
        ("Project:\n  IsDisabled: perhaps\n", 2, 15, "true or false"),
        ("DeploymentProcess:\n  Steps:\n    - Name: a\n      Actions: x\n", 4, 16, "Actions must be a list"),
        ("Variables:\n  - Name: a\n    Scope: { Enviroment: [dev] }\n", 3, 14, "did you mean Environment?"),
        ("Lifecycle:\n  Phases:\n    - MinimumEnvironmentsBeforePromotion: all\n", 3, 43, "a whole number"),
        ("Project: {\n", 2, 1, "not YAML"), ("- a\n", 1, 1, "the file must be a mapping"),
        ("Project:\n  Name: a\n  Name: b\n", 2, 3, "twice"),
    ])
    func `faults have a line and a column`(text: String, line: Int, column: Int, words: String) {
        let fault = #expect(throws: SourceFault.self) {
            _ = try StrictYAML.read(ProjectFile.self, text: text, file: "octopus.yml")
        }
        #expect(fault?.description.contains(words) == true, "\(fault?.description ?? "")")
        #expect(fault?.line == line)
        #expect(fault?.column == column)
    }

    @Test func `scalars keep their spelling, flags of settings are True and False`() throws {
        let text = """
            Project: { Name: 1.10 }
            DeploymentProcess:
              Steps:
                - Name: "yes"
                  Properties: { a: true, b: 010, c: "true", d: 1.50, e: ~ }
            """
        let file = try StrictYAML.read(ProjectFile.self, text: text, file: "x.yml")
        #expect(file.project.name == "1.10")
        let properties = file.deploymentProcess?.steps[0].properties
        #expect(properties == ["a": "True", "b": "010", "c": "true", "d": "1.50", "e": ""])
    }
}
