import Core
import Foundation
import Octopus
import Testing

@testable import Lab

/// The built-in feed of a space that is not the default one, by nante's own client.
@Suite struct SpaceFeedTests {
    private static let file = """
        Version: 1
        Environments:
          - Name: dev
        ProjectGroup:
          Name: Default Project Group
        Project:
          Name: app
        DeploymentProcess:
          Steps:
            - Name: Deploy
              Properties:
                Octopus.Action.TargetRoles: web
              Actions:
                - Name: Deploy
                  ActionType: Octopus.TentaclePackage
                  Packages:
                    - PackageId: app
        """

    private func client(_ lab: TestLab, _ space: String) async throws -> OctopusClient {
        try await OctopusClient.connect(
            OctopusEndpoint(url: lab.url("octopus"), apiKey: lab.keys.octopusKey, space: space), context: lab.context)
    }

    @Test func aProjectOfAnotherSpaceIsReleasedFromItsOwnFeed() async throws {
        try await TestLab.with([OctopusService.self]) { lab in
            let home = try await client(lab, "")
            #expect(try await home.builtInFeed() == "feeds-builtin")
            let me = try await home.me()
            _ = try await home.createSpace("other", description: "", manager: me.id)
            let other = try await client(lab, "other")
            let feed = try await other.builtInFeed()
            #expect(feed == "Feeds-1001")
            let code = ProjectCode(other)
            let file = try StrictYAML.read(ProjectFile.self, text: Self.file, file: "octopus.yml")
            _ = try await code.apply(file)
            #expect(try await code.apply(file).isEmpty)
            let package = lab.home.path + "/app.1.0.0.tar.gz"
            _ = try await lab.context.processes.check(
                Command("tar", ["-czf", package, "-C", "/etc", "hostname"]), what: "tar failed")
            _ = try await other.upload(package: package)
            #expect(try await other.versions(of: "app").map(\.feedId) == [feed])
            #expect(try await other.search("app").map(\.name) == ["app"])
            #expect(try await other.package("app", version: "1.0.0")?.feedId == feed)
            let project = try #require(try await other.find(Project.self, "app"))
            #expect(try await other.process(of: project).steps[0].actions[0].packages[0].feedId == feed)
            let made = try await other.ensureRelease(ReleaseRequest(project: project.id, version: "1.0.0"))
            #expect(made.release.selectedPackages.map(\.version) == ["1.0.0"])
        }
    }

    @Test func theIdOfTheDefaultSpacesFeedIsNoneElsewhere() async throws {
        try await TestLab.with([OctopusService.self]) { lab in
            let home = try await client(lab, "")
            let me = try await home.me()
            _ = try await home.createSpace("other", description: "", manager: me.id)
            let other = try await client(lab, "other")
            let file = try StrictYAML.read(ProjectFile.self, text: Self.file, file: "octopus.yml")
            _ = try await ProjectCode(other).apply(file)
            let project = try #require(try await other.find(Project.self, "app"))
            _ = try await other.changeProcess(of: project) { process in
                process.steps[0].actions[0].packages[0].feedId = "feeds-builtin"
            }
            let channel = try #require(try await other.channels(of: project).first)
            let failure = await #expect(throws: Failure.self) {
                try await other.create(
                    Release.make {
                        $0.projectId = project.id
                        $0.channelId = channel.id
                        $0.version = "1.0.0"
                        $0.selectedPackages = [
                            .make {
                                $0.actionName = "Deploy"
                                $0.version = "1.0.0"
                            }
                        ]
                    })
            }
            let text = failure?.description ?? ""
            #expect(text.contains("The feed 'feeds-builtin' of the package 'app'"), "\(text)")
        }
    }
}
