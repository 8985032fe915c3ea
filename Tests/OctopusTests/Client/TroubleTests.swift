import Core
import Foundation
import Testing

@testable import Octopus

/// What can go wrong between client and server, each told apart.
@Suite struct TroubleTests {
    private static let html = HTTPAnswer(
        status: 200, body: Data("<!DOCTYPE html><html><head><title>Sign in</title></head></html>".utf8))

    private func failure(_ answer: @escaping ScriptedSender.Answer) async throws -> (Failure, ScriptedSender) {
        let sender = ScriptedSender(answer)
        let error = await #expect(throws: Failure.self) {
            _ = try await OctopusClient.test(sender).all(Project.self)
        }
        return (try #require(error), sender)
    }

    @Test func `a wrong key is said to be one, once`() async throws {
        let (failure, sender) = try await failure { _, _ in .error(401, "The API key you provided was not valid.") }
        #expect(failure.exit == .missing)
        #expect(failure.what.contains("API key"))
        #expect(failure.description.contains("The API key you provided was not valid."))
        #expect(failure.next.first?.contains("OCTOPUS_API_KEY") == true)
        #expect(sender.calls.count == 1)
        #expect(!failure.description.contains("API-TEST"))
    }

    @Test func `a missing permission is refused`() async throws {
        let (failure, _) = try await failure { _, _ in .error(403, "You do not have permission: ProjectView") }
        #expect(failure.exit == .refused)
    }

    @Test(arguments: [200, 404, 502]) func `an HTML page is not taken for Octopus`(status: Int) async throws {
        let (failure, _) = try await failure { _, _ in
            HTTPAnswer(status: status, body: TroubleTests.html.body)
        }
        #expect(failure.what == "what answers is not Octopus")
        #expect(failure.description.contains("Sign in"))
        #expect(failure.exit == .missing)
    }

    @Test func `JSON of something else is told with the place that can't be read`() async throws {
        let (failure, _) = try await failure { _, _ in .json([["Name": ["x"]]]) }
        #expect(failure.description.contains("Name: expected text, found a list"))
    }

    @Test func `an unreachable server is tried again, then named`() async throws {
        let (failure, sender) = try await failure { _, _ in throw HTTPFault(.unreachable, "connection refused") }
        #expect(failure.what == "Octopus can't be reached")
        #expect(failure.description.contains("connection refused"))
        #expect(sender.calls.count == 3)
    }

    @Test func `a connection that was cut is tried again where that is harmless`() async throws {
        let sender = ScriptedSender { _, before in
            if before < 2 { throw HTTPFault(.unknownOutcome, "cut") }
            return .json([])
        }
        #expect(try await OctopusClient.test(sender).all(Project.self).isEmpty)
        #expect(sender.calls.count == 3)
    }

    @Test func `a cut upload or creation is never sent twice`() async throws {
        let sender = ScriptedSender { _, _ in throw HTTPFault(.unknownOutcome, "cut") }
        let client = OctopusClient.test(sender, files: ["/p/a.1.0.zip": Data("x".utf8)])
        let error = await #expect(throws: Failure.self) { _ = try await client.create(ProjectGroup()) }
        #expect(error?.description.contains("whether the server did it is not known") == true)
        await #expect(throws: Failure.self) { _ = try await client.upload(package: "/p/a.1.0.zip") }
        #expect(sender.calls.count == 2)
    }

    @Test func `an overloaded server is waited for`() async throws {
        let sender = ScriptedSender { _, before in
            before < 2 ? HTTPAnswer(status: 503, body: Data("busy".utf8)) : .json([Project.make { $0.id = "p" }.json])
        }
        let client = OctopusClient.test(sender)
        #expect(try await client.all(Project.self).map(\.id) == ["p"])
        #expect(client.context.time.elapsed() > .zero)
    }

    @Test func `a failing server's words are shown, with all its reasons`() async throws {
        let (failure, sender) = try await failure { _, _ in .error(500, "Boom", ["one", "two"]) }
        #expect(failure.description.contains("Boom"))
        #expect(failure.evidence == ["one", "two"])
        #expect(sender.calls.count == 3)
    }

    @Test func `a refused request is not repeated`() async throws {
        let sender = ScriptedSender { _, _ in .error(400, "There was a problem", ["Name is required"]) }
        let error = await #expect(throws: Failure.self) {
            _ = try await OctopusClient.test(sender).create(ProjectGroup())
        }
        #expect(error?.exit == .usage)
        #expect(error?.evidence == ["Name is required"])
        #expect(sender.calls.count == 1)
    }

    @Test func `pages are followed, and one that leads back ends`() async throws {
        let sender = ScriptedSender { call, _ in
            let items = (0..<65).map { number in Release.make { $0.id = "Releases-\(number)" } }
            let query = URLComponents(string: call.url)?.queryItems ?? []
            let skip = query.first { $0.name == "skip" }?.value.flatMap { Int($0) } ?? 0
            return .json(Page("Release", of: items, skip: skip, path: "/api/Spaces-1/projects/p/releases").json)
        }
        let project = Project.make { $0.id = "p" }
        let all = try await OctopusClient.test(sender).releases(of: project)
        #expect(all.count == 65)
        #expect(sender.calls.count == 3)
        #expect(try await OctopusClient.test(sender).releases(of: project, limit: 10).count == 10)

        let loop = ScriptedSender { _, _ in
            .json(["Items": [["Id": "a"]], "Links": ["Page.Next": "/api/Spaces-1/projects/p/releases"]])
        }
        #expect(try await OctopusClient.test(loop).releases(of: project).count == 1)
    }

    @Test func `something unknown is nil, an unknown address is not`() async throws {
        let project = Project.make { $0.id = "p" }
        let known = ScriptedSender { _, _ in .error(404, "The resource you requested was not found.") }
        #expect(try await OctopusClient.test(known).release("1.0", of: project) == nil)
        let elsewhere = ScriptedSender { _, _ in HTTPAnswer(status: 404, body: Data("404 page not found".utf8)) }
        await #expect(throws: Failure.self) { _ = try await OctopusClient.test(elsewhere).release("1.0", of: project) }
    }

    @Test func `names in addresses are escaped`() async throws {
        let sender = ScriptedSender { _, _ in .error(404, "not found") }
        let project = Project.make { $0.id = "../x?y" }
        _ = try await OctopusClient.test(sender).release("1.0/../2 #{x}", of: project)
        #expect(sender.lines == ["GET /api/Spaces-1/projects/..%2Fx%3Fy/releases/1.0%2F..%2F2%20%23%7Bx%7D"])
    }
}
