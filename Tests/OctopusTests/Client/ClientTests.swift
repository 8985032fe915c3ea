import Core
import Foundation
import Testing

@testable import Octopus

@Suite struct ClientTests {
    private static let spaces: JSONValue = [
        ["Id": "Spaces-1", "Name": "Default", "IsDefault": true], ["Id": "Spaces-2", "Name": "Home", "Slug": "home"],
    ]

    @Test(arguments: [("", "Spaces-1"), ("Spaces-2", "Spaces-2"), ("home", "Spaces-2"), ("DEFAULT", "Spaces-1")])
    func `the space is found by id, name, or as the default one`(wanted: String, id: String) async throws {
        let sender = ScriptedSender { _, _ in .json(ClientTests.spaces) }
        var endpoint = OctopusEndpoint.test
        endpoint.space = wanted
        let client = try await OctopusClient.connect(endpoint, context: .fake(sender))
        #expect(client.space.id == id)
        #expect(sender.calls[0].headers.contains { $0 == ("X-Octopus-ApiKey", "API-TESTTESTTEST") })
        #expect(client.context.mask.apply("key API-TESTTESTTEST") == "key ***")
    }

    @Test func `an unknown space is told with those there are`() async throws {
        let sender = ScriptedSender { _, _ in .json(ClientTests.spaces) }
        var endpoint = OctopusEndpoint.test
        endpoint.space = "Work"
        let wanted = endpoint
        let error = await #expect(throws: Failure.self) {
            _ = try await OctopusClient.connect(wanted, context: .fake(sender))
        }
        #expect(error?.description.contains("Default, Home") == true)
    }

    @Test func `a change that changes nothing is not sent`() async throws {
        let server = FakeOctopus()
        let client = OctopusClient.test(server)
        let made = try await client.ensureEnvironment("dev", description: "d")
        #expect(made.change == .created)
        #expect(try await client.ensureEnvironment("DEV").change == .unchanged)
        #expect(try await client.ensureEnvironment("dev", description: "e").change == .changed)
        #expect(server.changes.count == 2)
    }

    @Test func `members of newer servers survive a change`() async throws {
        let sender = ScriptedSender { call, _ in
            call.method == "GET"
                ? .json([
                    "Id": "Projects-1", "Name": "a", "Future": ["x": 1], "PersistenceSettings": ["Type": "Database"],
                ])
                : .json(call.json ?? .null)
        }
        let project = Project.make { $0.id = "Projects-1" }
        _ = try await OctopusClient.test(sender).change(project) { $0.description = "new" }
        let sent = try #require(sender.calls.last?.json)
        #expect(sent["Future"] == ["x": 1])
        #expect(sent["PersistenceSettings"] == ["Type": "Database"])
        #expect(sent["Description"] == "new")
    }

    @Test func `a target is made once, and changed only where it differs`() async throws {
        let server = FakeOctopus()
        let client = OctopusClient.test(server)
        _ = try await client.ensureEnvironment("dev")
        let key = Data("-----BEGIN OPENSSH PRIVATE KEY-----\nx\n".utf8)
        let (account, _) = try await client.ensureSSHAccount("deploy", username: "deploy", key: key)
        #expect(try await client.ensureSSHAccount("deploy", username: "deploy", key: key).change == .unchanged)
        var request = TargetRequest(
            name: "dev-app-1",
            endpoint: .ssh(host: "10.0.0.1", fingerprint: "SHA256:abc", account: account.id),
            environments: ["dev"], roles: ["web", "api"])
        #expect(try await client.ensureTarget(request).change == .created)
        request.roles = ["api", "web"]
        #expect(try await client.ensureTarget(request).change == .unchanged)
        request.endpoint = .ssh(host: "10.0.0.2", fingerprint: "SHA256:abc", account: account.id)
        let (machine, change) = try await client.ensureTarget(request)
        #expect(change == .changed)
        #expect(machine.endpoint.host == "10.0.0.2")
        request.endpoint = .cloudRegion
        #expect(try await client.ensureTarget(request).machine.endpoint.host == nil)
        if Evidence.hasChecker {
            let found = try Evidence.violations(server.exchanges)
            #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
        }
    }

    @Test(arguments: [
        "", " a", "a;rm -rf /", "$(id)", "`id`", "a\nb", "-rf", "#{x}", "a\"b", String(repeating: "a", count: 201),
    ])
    func `a name that could do harm is refused`(name: String) async throws {
        let client = OctopusClient.test(FakeOctopus())
        let request = TargetRequest(name: name, endpoint: .cloudRegion, environments: [], roles: [])
        let error = await #expect(throws: Failure.self) { _ = try await client.ensureTarget(request) }
        #expect(error?.exit == .usage)
    }

    @Test func `a package is streamed as one part named file`() async throws {
        let sender = ScriptedSender { _, _ in .json(FeedPackage.make { $0.packageId = "go-app" }.json, status: 201) }
        let file = "/p/go-app.1.2.6-main.7+g1a2b3c4.tar.gz"
        let client = OctopusClient.test(sender, files: [file: Data("x".utf8)])
        guard case .uploaded = try await client.upload(package: file, mode: .ignore) else {
            Issue.record("not uploaded")
            return
        }
        let call = sender.calls[0]
        #expect(call.pathAndQuery == "/api/Spaces-1/packages/raw?overwriteMode=IgnoreIfExists")
        guard case .pieces(let pieces) = call.body, pieces.count == 3, case .data(let head) = pieces[0],
            case .file(let path) = pieces[1], case .data(let tail) = pieces[2]
        else {
            Issue.record("not three pieces")
            return
        }
        #expect(path == file)
        let type = try #require(call.headers.first { $0.name == "Content-Type" }?.value)
        let mark = try #require(type.split(separator: "=").last)
        #expect(
            String(decoding: head, as: UTF8.self).hasPrefix(
                "--\(mark)\r\nContent-Disposition: form-data; name=\"file\"; "))
        #expect(String(decoding: head, as: UTF8.self).contains("filename=\"go-app.1.2.6-main.7+g1a2b3c4.tar.gz\""))
        #expect(String(decoding: tail, as: UTF8.self) == "\r\n--\(mark)--\r\n")
    }

    @Test func `a duplicate package is refused, kept or replaced as asked`() async throws {
        let file = "/p/a.1.0.zip"
        let conflict = ScriptedSender { _, _ in .error(409, "A package with the same ID and version already exists") }
        let error = await #expect(throws: Failure.self) {
            _ = try await OctopusClient.test(conflict, files: [file: Data()]).upload(package: file)
        }
        #expect(error?.exit == .refused)
        let kept = ScriptedSender { _, _ in HTTPAnswer(status: 200) }
        #expect(try await OctopusClient.test(kept, files: [file: Data()]).upload(package: file, mode: .ignore) == .kept)
        await #expect(throws: Failure.self) {
            _ = try await OctopusClient.test(kept).upload(package: "/p/none.1.0.zip")
        }
        await #expect(throws: Failure.self) {
            _ = try await OctopusClient.test(kept, files: ["/p/x.zip": Data()]).upload(package: "/p/x.zip")
        }
    }

    @Test(arguments: [
        ("go-app.1.2.5.tar.gz", "go-app", "1.2.5", ".tar.gz"), ("a.b.1.0-x.1+y.zip", "a.b", "1.0-x.1+y", ".zip"),
        ("App_2.10.tgz", "App_2", "10", ".tgz"), ("a.1.2.3.4.nupkg", "a", "1.2.3.4", ".nupkg"),
    ])
    func `names of packages are read`(name: String, id: String, version: String, ending: String) throws {
        let package = try #require(PackageFileName(name))
        #expect((package.id, package.version, package.fileExtension) == (id, version, ending))
    }

    @Test(arguments: ["a.zip", "1.zip", "a.1.0", "a.1.0.exe", ".1.0.zip", "a b.1.0.zip", "a.1.0.zip/x", ""])
    func `names that are none of packages are refused`(name: String) { #expect(PackageFileName(name) == nil) }
}
