import Core
import Deploying
import Octopus
import Testing

/// Which calls of Octopus' API a deployment makes, and what it reads of the answers.
@Suite struct OctopusDeployServerTests {
    private static let base = [
        "GET /api/spaces/all": #"[{"Id":"Spaces-1","Name":"Default","IsDefault":true}]"#,
        "GET /api/Spaces-1/projects/all": #"[{"Id":"Projects-1","Name":"go-app"}]"#,
        "GET /api/Spaces-1/environments/all": #"[{"Id":"Environments-1","Name":"dev"}]"#,
        "GET /api/Spaces-1/machines/all": """
        [{"Id":"Machines-1","Name":"dev-app-1","EnvironmentIds":["Environments-1"],"Roles":["web"],
          "Endpoint":{"CommunicationStyle":"Ssh","Host":"10.87.0.11","Port":22}},
         {"Id":"Machines-2","Name":"dev-lb-1","EnvironmentIds":["Environments-1"],"Roles":["load-balancer"],
          "Endpoint":{"CommunicationStyle":"Ssh","Host":"10.87.0.10","Port":22}},
         {"Id":"Machines-3","Name":"prod-app-1","EnvironmentIds":["Environments-2"],"Roles":["web"],
          "Endpoint":{"CommunicationStyle":"Ssh","Host":"10.87.0.21","Port":22}},
         {"Id":"Machines-4","Name":"dev-app-9","EnvironmentIds":["Environments-1"],"Roles":["web"],"IsDisabled":true,
          "Endpoint":{"CommunicationStyle":"Ssh","Host":"10.87.0.19","Port":22}}]
        """,
        "GET /api/Spaces-1/projects/Projects-1/releases/1.2.5": release(2, "1.2.5"),
        "GET /api/Spaces-1/releases/Releases-1": release(1, "1.2.4"),
        "GET /api/Spaces-1/releases/Releases-2": release(2, "1.2.5"),
        "GET /api/Spaces-1/releases/Releases-1/defects": #"{"Items":[]}"#,
        "GET /api/Spaces-1/releases/Releases-2/defects":
            #"{"Items":[{"Id":"Defects-1","Status":"Unresolved","Description":"it crashed"}]}"#,
    ]

    private static func release(_ number: Int, _ version: String) -> String {
        """
        {"Id":"Releases-\(number)","Version":"\(version)","ProjectId":"Projects-1",
         "ProjectVariableSetSnapshotId":"variableset-Projects-1-s-\(number)"}
        """
    }

    private func server(_ more: [String: String] = [:]) async throws -> (OctopusDeployServer, FakeOctopus) {
        let fake = FakeOctopus(Self.base.merging(more) { $1 })
        var context = Context.test()
        context.http = fake
        let endpoint = OctopusEndpoint(url: "http://octopus", apiKey: "API-TEST", space: "")
        return (OctopusDeployServer(try await .connect(endpoint, context: context)), fake)
    }

    private func place(_ server: OctopusDeployServer) async throws -> DeployPlace {
        try await server.place(app: "go-app", environment: "dev")
    }

    @Test func aPlaceHasItsHostsAndItsBalancer() async throws {
        let place = try await place(try await server().0)
        #expect(place.hosts == [TargetHost(name: "dev-app-1", address: "10.87.0.11")])
        #expect(place.balancers == [TargetHost(name: "dev-lb-1", address: "10.87.0.10")])
    }

    @Test(arguments: [("go-ap", "dev"), ("go-app", "test")])
    func whatOctopusDoesNotKnowIsNamed(app: String, environment: String) async throws {
        let server = try await server().0
        let failure = await #expect(throws: Failure.self) {
            try await server.place(app: app, environment: environment)
        }
        #expect(failure?.exit == .usage)
    }

    @Test func historyTellsStatesAndDefects() async throws {
        let (server, _) = try await server([
            "GET /api/Spaces-1/deployments?projects=Projects-1&environments=Environments-1&take=20": """
            {"Items":[
             {"Id":"Deployments-2","ReleaseId":"Releases-2","TaskId":"ServerTasks-8",
              "Created":"2026-11-24T05:00:00.000Z"},
             {"Id":"Deployments-1","ReleaseId":"Releases-1","TaskId":"ServerTasks-7",
              "Created":"2026-11-24T04:00:00.000Z"}]}
            """,
            "GET /api/Spaces-1/tasks?ids=ServerTasks-8%2CServerTasks-7&take=2":
                #"{"Items":[{"Id":"ServerTasks-7","State":"Success"},{"Id":"ServerTasks-8","State":"Success"}]}"#,
        ])
        let history = try await server.history(of: try await place(server))
        #expect(history.map(\.release.version) == ["1.2.5", "1.2.4"])
        // Octopus takes 1.2.5 for a success; it was found bad later.
        #expect(history.map(\.isGood) == [false, true])
    }

    @Test func aDeploymentIsAskedForWithItsBake() async throws {
        let (server, fake) = try await server([
            "POST /api/Spaces-1/deployments/create/untenanted/v1":
                #"{"DeploymentServerTasks":[{"DeploymentId":"Deployments-9","ServerTaskId":"ServerTasks-9"}]}"#
        ])
        let place = try await place(server)
        let release = try await server.release("1.2.5", of: place)
        let made = try await server.deploy(release, to: place, bake: .zero)
        #expect(made.id == "Deployments-9" && made.taskId == "ServerTasks-9")
        let body = try JSONValue.parse(try #require(fake.changes.first?.body))
        #expect(body["projectName"] == "go-app" && body["releaseVersion"] == "1.2.5")
        #expect(body["environmentNames"] == ["dev"])
        #expect(body["variables"] == ["Nante.Bake": "0"])
    }

    @Test func aBadReleaseGetsADefectAndOneThatHasOneIsLeft() async throws {
        let path = "POST /api/Spaces-1/releases/Releases-2/defects"
        let (server, fake) = try await server([path: #"{"Id":"Defects-2","Status":"Unresolved"}"#])
        let release = ReleaseFacts(id: "Releases-2", version: "1.2.5")
        try await server.condemn(release, because: "it crashed")
        #expect(fake.changes.first?.body == #"{"Description":"it crashed"}"#)
        fake.set(path, status: 400, #"{"ErrorMessage":"There is already an unresolved defect","Errors":[]}"#)
        try await server.condemn(release, because: "again")
    }

    @Test func variablesThatDifferAreNamed() async throws {
        func set(_ value: String) -> String {
            #"{"Variables":[{"Name":"Greeting","Value":"\#(value)"},{"Name":"Same","Value":"1"}]}"#
        }
        let (server, _) = try await server([
            "GET /api/Spaces-1/variables/variableset-Projects-1-s-1": set("Hello"),
            "GET /api/Spaces-1/variables/variableset-Projects-1-s-2": set("Goodbye"),
        ])
        let changed = try await server.variableChanges(
            from: ReleaseFacts(id: "Releases-1", version: "1.2.4"),
            to: ReleaseFacts(id: "Releases-2", version: "1.2.5"))
        #expect(changed == ["Greeting"])
    }

    @Test func namesOfOthersAreEncoded() async throws {
        let (server, _) = try await server()
        let place = try await place(server)
        let failure = await #expect(throws: Failure.self) {
            try await server.release("1.0/../../users", of: place)
        }
        #expect(failure?.what == "go-app has no release 1.0/../../users")
    }
}
