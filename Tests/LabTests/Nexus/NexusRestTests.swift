import Core
import Foundation
import Testing

@testable import Lab

/// The REST interface over real HTTP, each exchange held against the vendor's schema where it is at hand.
@Suite struct NexusRestTests {
    private static let rest = "/service/rest/v1"

    private func form(_ fields: [(String, String)], file: (String, String, String)) -> (Data, String) {
        var text = ""
        for (name, value) in fields {
            text += "--BB\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        text += "--BB\r\nContent-Disposition: form-data; name=\"\(file.0)\"; filename=\"\(file.1)\"\r\n"
        text += "Content-Type: text/plain\r\n\r\n\(file.2)\r\n--BB--\r\n"
        return (Data(text.utf8), "multipart/form-data; boundary=BB")
    }

    @Test(.enabled(if: Conformance.isAvailable))
    func everyExchangeFitsTheVendorsSchema() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            var exchanges: [JSONValue] = []
            func call(_ method: String, _ path: String, _ request: JSONValue? = nil) async throws -> JSONValue? {
                let body = request.map { HTTPCall.Body.data(Data($0.text().utf8)) } ?? .none
                let answer = try await lab.nexus(
                    method, NexusRestTests.rest + path, body, type: request == nil ? nil : "application/json")
                exchanges.append(
                    Conformance.exchange(
                        method, NexusRestTests.rest + path, request: request, status: answer.status,
                        response: answer.body))
                return try? JSONValue.parse(answer.body)
            }
            let settings: JSONValue = [
                "name": "r", "online": true, "raw": ["contentDisposition": "INLINE"],
                "storage": [
                    "blobStoreName": "default", "strictContentTypeValidation": true, "writePolicy": "allow_once",
                ],
            ]
            _ = try await call("GET", "/status")
            _ = try await call("GET", "/status/writable")
            _ = try await call("POST", "/repositories/raw/hosted", settings)
            _ = try await call("POST", "/repositories/raw/hosted", settings)
            _ = try await call("POST", "/repositories/raw/hosted", ["name": "_x"])
            _ = try await call("PUT", "/repositories/raw/hosted/r", settings)
            for path in ["/repositories", "/repositories/r", "/repositories/raw/hosted/r", "/repositories/none"] {
                _ = try await call("GET", path)
            }
            _ = try await lab.nexus("PUT", "/repository/r/d/a.txt", .data(Data("a".utf8)))
            _ = try await lab.nexus("GET", "/repository/r/d/a.txt")
            let assets = try await call("GET", "/assets?repository=r")
            let components = try await call("GET", "/components?repository=r")
            let asset = try #require(assets?["items"]?[0]?["id"]?.string)
            let component = try #require(components?["items"]?[0]?["id"]?.string)
            for path in [
                "/assets/\(asset)", "/components/\(component)", "/assets/zz", "/assets?repository=none",
                "/search?repository=r&name=d/a.txt&sort=name", "/search/assets?repository=r&q=a",
            ] { _ = try await call("GET", path) }
            _ = try await call("DELETE", "/assets/\(asset)")
            _ = try await call("DELETE", "/components/\(component)")
            _ = try await call("DELETE", "/repositories/r")
            #expect(exchanges.count == 21)
            let findings = try await Conformance.findings("nexus", exchanges)
            #expect(findings == [])
        }
    }

    @Test func makesChangesAndDeletesRepositories() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            try await lab.makeRepository("one")
            let path = NexusRestTests.rest + "/repositories/raw/hosted"
            let taken: JSONValue = [
                "name": "ONE", "online": true,
                "storage": [
                    "blobStoreName": "default", "strictContentTypeValidation": false, "writePolicy": "allow",
                ],
            ]
            let again = try await lab.nexus("POST", path, .data(Data(taken.text().utf8)), type: "application/json")
            #expect(again.status == 400)
            #expect(try JSONValue.parse(again.body)[0]?["id"]?.string == "FIELD name")
            let bad: JSONValue = ["name": "a/b", "storage": ["blobStoreName": "s3", "writePolicy": "never"]]
            let refused = try await lab.nexus("POST", path, .data(Data(bad.text().utf8)), type: "application/json")
            let fields = try JSONValue.parse(refused.body).array?.compactMap { $0["id"]?.string } ?? []
            #expect(
                fields == [
                    "PARAMETER name", "PARAMETER online", "FIELD storage.blobStoreName",
                    "PARAMETER storage.strictContentTypeValidation", "FIELD storage.writePolicy",
                ])
            #expect(try await lab.nexus("DELETE", NexusRestTests.rest + "/repositories/one").status == 204)
            #expect(try await lab.nexus("DELETE", NexusRestTests.rest + "/repositories/one").status == 404)
        }
    }

    @Test func listsPageByPage() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            try await lab.makeRepository()
            for number in 0..<23 {
                _ = try await lab.nexus("PUT", "/repository/files/\(number)", .data(Data("\(number)".utf8)))
            }
            var seen: [String] = []
            var token: String?
            var pages = 0
            repeat {
                let next = token.map { "&continuationToken=\($0)" } ?? ""
                let answer = try await lab.nexus("GET", NexusRestTests.rest + "/components?repository=files" + next)
                let page = try JSONValue.parse(answer.body)
                seen += page["items"]?.array?.compactMap { $0["name"]?.string } ?? []
                token = page["continuationToken"]?.string
                pages += 1
            } while token != nil
            #expect(pages == 3)
            #expect(seen == (0..<23).map { "/\($0)" })
            let bad = NexusRestTests.rest + "/components?repository=files&continuationToken=x"
            #expect(try await lab.nexus("GET", bad).status == 406)
        }
    }

    @Test func searchesByNameWordsAndDigest() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            try await lab.makeRepository()
            for name in ["dir/a.txt", "dir/b.txt", "other/a.txt"] {
                _ = try await lab.nexus("PUT", "/repository/files/\(name)", .data(Data(name.utf8)))
            }
            let sha1 = Checksums.of(Data("dir/b.txt".utf8)).sha1
            for (query, expected) in [
                ("name=dir/a.txt", ["/dir/a.txt"]), ("name=/dir/*", ["/dir/a.txt", "/dir/b.txt"]),
                ("q=a.txt", ["/dir/a.txt", "/other/a.txt"]), ("keyword=%22dir/%22", ["/dir/a.txt", "/dir/b.txt"]),
                ("sha1=\(sha1)", ["/dir/b.txt"]), ("group=/other", ["/other/a.txt"]), ("version=1", []),
                ("format=raw&repository=fi*", ["/dir/a.txt", "/dir/b.txt", "/other/a.txt"]),
                ("sort=name&direction=desc", ["/other/a.txt", "/dir/b.txt", "/dir/a.txt"]), ("q=%27%3B--", []),
            ] {
                let answer = try await lab.nexus("GET", NexusRestTests.rest + "/search/assets?" + query)
                let paths = try JSONValue.parse(answer.body)["items"]?.array?.compactMap { $0["path"]?.string }
                #expect(paths == expected, "\(query)")
            }
            let other = try await lab.nexus("GET", NexusRestTests.rest + "/search?docker.imageName=x")
            #expect(other.status == 501)
            let token = NexusRestTests.rest + "/search?q=a&continuationToken=3530"
            #expect(try await lab.nexus("GET", token).status == 406)
        }
    }

    @Test func takesFormsOfSeveralFilesAllOrNone() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            try await lab.makeRepository("once", policy: "allow_once")
            let path = NexusRestTests.rest + "/components?repository=once"
            let (body, type) = form(
                [("raw.directory", "/d"), ("raw.asset1.filename", "x.txt")], file: ("raw.asset1", "local.txt", "hi"))
            #expect(try await lab.nexus("POST", path, .data(body), type: type).status == 204)
            #expect(try await lab.nexus("GET", "/repository/once/d/x.txt").text == "hi")
            let again = try await lab.nexus("POST", path, .data(body), type: type)
            #expect(again.status == 400)
            #expect(again.text == "Repository does not allow updating assets: once")
            let (open, _) = form([], file: ("raw.asset1", "a", "x"))
            let missing = try await lab.nexus("POST", path, .data(open), type: type)
            #expect(missing.text.contains("Missing required component field 'Directory'"))
            let (evil, _) = form(
                [("raw.directory", "/.."), ("raw.asset1.filename", "x")], file: ("raw.asset1", "a", "x"))
            #expect(try await lab.nexus("POST", path, .data(evil), type: type).status == 400)
            #expect(try await lab.nexus("POST", path, .data(body.dropLast(10)), type: type).status == 400)
            #expect(try await lab.nexus("POST", path, .data(body), type: "text/plain").status == 400)
            let unknown = NexusRestTests.rest + "/components?repository=none"
            #expect(try await lab.nexus("POST", unknown, .data(body), type: type).status == 422)
            #expect(lab.blobFiles().count == 1)
        }
    }

    @Test func knowsTheScriptsOfNexus3CLIByTheirNames() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            let script = NexusRestTests.rest + "/script"
            func run(_ name: String, _ body: String) async throws -> String? {
                let answer = try await lab.nexus(
                    "POST", "\(script)/nexus3-cli-\(name)/run", .data(Data(body.utf8)), type: "text/plain")
                return answer.status == 200 ? try JSONValue.parse(answer.body)["result"]?.string : "\(answer.status)"
            }
            for name in ["repository-get", "repository-create_3.21.0", "repository-delete"] {
                #expect(try await lab.nexus("HEAD", "\(script)/nexus3-cli-\(name)").status == 200)
            }
            #expect(try await lab.nexus("HEAD", script + "/other").status == 404)
            #expect(try await run("repository-get", "r") == "null")
            let wanted =
                #"{"name":"r","recipeName":"raw-hosted","online":true,"attributes":{"storage":"#
                + #"{"blobStoreName":"default","writePolicy":"ALLOW","strictContentTypeValidation":true}}}"#
            #expect(try await run("repository-create_3.21.0", wanted) == "null")
            #expect(try await run("repository-create_3.21.0", wanted)?.contains("already used") == true)
            let found = try JSONValue.parse(try await run("repository-get", "r") ?? "")
            #expect(found["attributes"]?["storage"]?["writePolicy"]?.string == "ALLOW")
            #expect(try await run("repository-delete", "r") == "null")
            #expect(try await run("repository-create_3.21.0", #"{"name":"d","recipeName":"docker-hosted"}"#) == "501")
            #expect(try await lab.nexus("GET", script).status == 501)
        }
    }

    @Test(
        arguments: [
            ("cjox", "r:1"), ("zz", nil), ("cg", ""), ("Og", ""), ("cjoxOjI", ""), ("%00", nil), ("cjp4", ""),
        ] as [(String, String?)])
    func readsIds(_ id: String, _ expected: String?) {
        let text: String? = NexusID.decode(id).map { $0.map { "\($0.repository):\($0.number)" } ?? "" }
        #expect(text == expected)
    }
}
