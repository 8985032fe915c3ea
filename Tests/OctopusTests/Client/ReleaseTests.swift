import Core
import Foundation
import Testing

@testable import Octopus

@Suite struct ReleaseTests {
    /// A server with one project, whose only step uses one package, and at most one release.
    private static func server(_ existing: Release? = nil) -> ScriptedSender {
        ScriptedSender { call, before in
            let path = call.pathAndQuery
            if path.hasSuffix("/projects/all") {
                return .json([["Id": "Projects-1", "Name": "go-app", "DeploymentProcessId": "dp-1"]])
            }
            if path.hasSuffix("/channels") {
                return .json(["Items": [["Id": "Channels-1", "Name": "Default", "IsDefault": true]]])
            }
            if path.contains("/template?channel=Channels-1") {
                return .json([
                    "NextVersionIncrement": "1.0.1",
                    "Packages": [
                        [
                            "ActionName": "Deploy", "StepName": "Deploy", "PackageId": "go-app",
                            "FeedId": "feeds-builtin",
                        ]
                    ],
                ])
            }
            if path.contains("/packages/versions?packageId=go-app") {
                return .json(["Items": [["Version": "1.1.0"], ["Version": "1.0.0"]]])
            }
            if call.method == "POST", path.hasSuffix("/releases") {
                if existing != nil { return .error(400, "Release version already exists") }
                return .json(call.json ?? .null, status: 201)
            }
            if path.contains("/releases/"), let existing, before > 0 || existing.id != "late" {
                return .json(existing.json)
            }
            return .error(404, "The resource you requested was not found.")
        }
    }

    private static func release(_ version: String, id: String = "Releases-1") -> Release {
        .make {
            $0.id = id
            $0.version = "1.0.0"
            $0.channelId = "Channels-1"
            $0.selectedPackages = [.make { ($0.actionName, $0.version) = ("Deploy", version) }]
        }
    }

    private static func request(_ version: String?, _ packages: String...) -> ReleaseRequest {
        ReleaseRequest(project: "go-app", version: version, packages: packages.compactMap { PackageChoice($0) })
    }

    @Test(arguments: [
        (request("1.0.0", "go-app:1.0.0"), "1.0.0"), (request("1.0.0", "Deploy:go-app:1.1.0"), "1.1.0"),
        (request("1.0.0", "*:1.0.0"), "1.0.0"), (request("1.0.0"), "1.0.0"), (request("2.0.0"), "1.1.0"),
        (request("2.0.0", "*:1.1.0", "GO-APP:1.0.0"), "1.0.0"),
    ])
    func `packages are chosen by name, else by the release's version, else the newest`(
        request: ReleaseRequest, version: String
    ) async throws {
        let sender = ReleaseTests.server()
        let (release, change) = try await OctopusClient.test(sender).ensureRelease(request)
        #expect(change == .created)
        #expect(release.selectedPackages.map(\.version) == [version])
        let sent = try #require(sender.calls.last?.json)
        if Evidence.hasChecker {
            let exchange: JSONValue = [
                "method": "POST", "path": "/api/Spaces-1/releases", "request": sent, "status": 201, "response": sent,
            ]
            #expect(try Evidence.violations([exchange]).isEmpty)
        }
    }

    @Test func `without a version the project's rule gives it`() async throws {
        let (release, _) = try await OctopusClient.test(ReleaseTests.server()).ensureRelease(ReleaseTests.request(nil))
        #expect(release.version == "1.0.1")
    }

    @Test func `the same release again is unchanged`() async throws {
        let sender = ReleaseTests.server(ReleaseTests.release("1.0.0"))
        let request = ReleaseTests.request("1.0.0", "go-app:1.0.0")
        #expect(try await OctopusClient.test(sender).ensureRelease(request).change == .unchanged)
        #expect(!sender.calls.contains { $0.method == "POST" })
    }

    @Test func `one that somebody else made in between is unchanged too`() async throws {
        let sender = ReleaseTests.server(ReleaseTests.release("1.0.0", id: "late"))
        let request = ReleaseTests.request("1.0.0", "go-app:1.0.0")
        #expect(try await OctopusClient.test(sender).ensureRelease(request).change == .unchanged)
    }

    @Test func `the same version with another package is refused`() async throws {
        let sender = ReleaseTests.server(ReleaseTests.release("1.1.0"))
        let error = await #expect(throws: Failure.self) {
            _ = try await OctopusClient.test(sender).ensureRelease(ReleaseTests.request("1.0.0", "go-app:1.0.0"))
        }
        #expect(error?.exit == .refused)
        #expect(error?.evidence == ["Deploy: it has 1.1.0, wanted is 1.0.0"])
    }

    @Test(arguments: [
        (request("1.0.0", "goapp:1.0.0"), "the project uses: go-app"),
        (request("1.0.0", "Other:go-app:1.0.0"), "no step uses the package Other:go-app"),
        (request("1.0.0", "go-app:9.0.0"), "1.1.0, 1.0.0"), (request("a b", "go-app:1.0.0"), "can't be the version"),
        (ReleaseRequest(project: "go-ap", version: "1.0.0"), "did you mean go-app?"),
    ])
    func `what can't be is told`(request: ReleaseRequest, words: String) async throws {
        let error = await #expect(throws: Failure.self) {
            _ = try await OctopusClient.test(ReleaseTests.server()).ensureRelease(request)
        }
        #expect(error?.exit == .usage)
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: ["go-app", "", ":1.0", "a:", "a:b:c:d"]) func `choices that are none`(text: String) {
        #expect(PackageChoice(text) == nil)
    }
}
