import Core
import Foundation
import Testing

@testable import Octopus

@Suite struct WireTests {
    @Test func `a resource keeps what it was given`() throws {
        let project = Project.make {
            $0.id = "Projects-1"
            $0.name = "go-app"
            $0.projectConnectivityPolicy.targetRoles = ["web"]
        }
        #expect(try Project(json: project.json) == project)
        #expect(project.json["ProjectConnectivityPolicy"]?["SkipMachineBehavior"] == "None")
    }

    @Test func `missing, null, unknown and oddly spelt members are read`() throws {
        let text = #"{"id":"Environments-1","NAME":"dev","Description":null,"SortOrder":"3","New":[{}]}"#
        let environment = try DeploymentEnvironment(json: JSONValue.parse(text))
        #expect(environment.id == "Environments-1")
        #expect(environment.name == "dev")
        #expect(environment.sortOrder == 3)
        #expect(environment.description == nil)
    }

    @Test func `null is nil also where the default is something else`() throws {
        #expect(try VersioningStrategy(json: ["Template": nil]).template == nil)
        #expect(try VersioningStrategy(json: [:]).template == VersioningStrategy.usual)
        #expect(try RetentionPeriod(json: ["Unit": nil]).unit == "Days")
    }

    @Test func `a wrong kind is told with its place`() {
        let json: JSONValue = ["Steps": [["Name": "a"], ["Actions": [["Properties": ["x": ["y"]]]]]]]
        #expect(
            throws: WireFault("Steps[1].Actions[0].Properties.x", expected: "text", found: ["y"])
        ) { try DeploymentProcess(json: json) }
        #expect(throws: WireFault("", expected: "an object", found: "x")) { try Space(json: "x") }
    }

    @Test(arguments: [
        (#""a""#, PropertyValue.text("a")), ("true", .text("True")), ("5", .text("5")), ("null", .text("")),
        (#"{"IsSensitive":false,"Value":"a"}"#, .text("a")),
        (#"{"IsSensitive":true,"Value":null,"SensitiveValue":{"HasValue":true}}"#, .sensitive(stored)),
        (#"{"HasValue":true,"NewValue":null}"#, .sensitive(stored)),
        (#"{"isSensitive":true,"value":"s"}"#, .sensitive(SensitiveValue(newValue: "s"))),
    ])
    func `settings are read in all forms`(text: String, expected: PropertyValue) throws {
        #expect(try PropertyValue.read(JSONValue.parse(text), at: "x") == expected)
        #expect(try PropertyValue.read(expected.written(over: nil) ?? .null, at: "x") == expected)
    }

    @Test func `an update keeps what it does not understand and clears what is gone`() throws {
        let old = try JSONValue.parse(
            #"{"Id":"p","Version":3,"Steps":[{"Id":"1","Name":"a","New":1},{"Id":"2"}],"Future":{"a":1}}"#)
        var process = try DeploymentProcess(json: old)
        process.steps[0].name = "b"
        process.steps.removeLast()
        let new = process.written(over: old)
        #expect(new?["Future"] == ["a": 1])
        #expect(new?["Steps"]?.array?.count == 1)
        #expect(new?["Steps"]?[0]?["New"] == 1)
        #expect(new?["Steps"]?[0]?["Name"] == "b")
        let machine = try JSONValue.parse(#"{"Endpoint":{"CommunicationStyle":"Ssh","Host":"a"}}"#)
        var changed = try Machine(json: machine)
        changed.endpoint.host = nil
        #expect(changed.written(over: machine)?["Endpoint"]?["Host"] == JSONValue.null)
    }

    @Test func `Codable gives the same`() throws {
        let release = Release.make {
            $0.version = "1.2.5"
            $0.selectedPackages = [.make { $0.actionName = "Deploy" }]
        }
        let data = try JSONEncoder().encode(release)
        #expect(try JSONDecoder().decode(Release.self, from: data) == release)
        #expect(try Release(json: JSONValue.parse(data)) == release)
    }

    @Test func `states of newer servers are taken as going on`() throws {
        #expect(TaskState(name: "Canceled") == .canceled)
        #expect(TaskState(name: "Paused") == .other("Paused"))
        #expect(!TaskState(name: "Paused").isFinal)
        #expect(TaskState.allCases.filter(\.isFinal) == [.success, .failed, .canceled, .timedOut])
    }

    @Test func `pages link to one another`() {
        let items = (1...65).map { number in Project.make { $0.id = "Projects-\(number)" } }
        let page = Page("Project", of: items, skip: 30, take: 30, path: "/api/Spaces-1/projects")
        #expect(page.items.map(\.id) == (31...60).map { "Projects-\($0)" })
        #expect(page.links["Page.Next"] == "/api/Spaces-1/projects?skip=60&take=30")
        #expect((page.totalResults, page.numberOfPages, page.lastPageNumber) == (65, 3, 2))
        let last = Page("Project", of: items, skip: 60, take: 30, path: "/p")
        #expect(last.links["Page.Next"] == nil)
        let all = Page("Project", of: items, skip: -1, take: .max, path: "/p")
        #expect(all.items.count == 65)
        #expect(all.itemsPerPage == 2_147_483_647)
    }

    private static let stored = SensitiveValue.make { $0.hasValue = true }
}
