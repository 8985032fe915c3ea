import Core
import Foundation
import Testing

@testable import Lab

/// Files of raw repositories over real HTTP.
@Suite struct NexusContentTests {
    private func put(_ lab: TestLab, _ path: String, _ text: String, type: String? = nil) async throws -> HTTPAnswer {
        try await lab.nexus("PUT", path, .data(Data(text.utf8)), type: type)
    }

    @Test func keepsAFileWithItsDigestsUntilItIsDeleted() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            try await lab.makeRepository()
            #expect(try await put(lab, "/repository/files/a/b.txt", "hello").status == 201)
            let got = try await lab.nexus("GET", "/repository/files//a/b.txt")
            #expect(got.status == 200)
            #expect(got.text == "hello")
            #expect(got.header("ETag") == "\"{SHA1{\(Checksums.of(Data("hello".utf8)).sha1)}}\"")
            #expect(got.header("Content-Type") == "text/plain")
            #expect(got.header("Server") == "Nexus/3.94.0-12 (OSS)")
            #expect(got.header("Content-Disposition") == "attachment")
            let head = try await lab.nexus("HEAD", "/repository/files/a/b.txt")
            #expect(head.status == 200)
            #expect(head.header("Content-Length") == "5")
            #expect(head.body.isEmpty)
            #expect(lab.blobFiles().count == 1)
            #expect(try await lab.nexus("DELETE", "/repository/files/a/b.txt").status == 204)
            #expect(try await lab.nexus("DELETE", "/repository/files/a/b.txt").status == 404)
            #expect(try await lab.nexus("GET", "/repository/files/a/b.txt").status == 404)
            #expect(lab.blobFiles().isEmpty)
        }
    }

    @Test func sharesOneBlobBetweenFilesOfTheSameContent() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            try await lab.makeRepository()
            for name in ["x", "y"] { _ = try await put(lab, "/repository/files/\(name)", "same") }
            #expect(lab.blobFiles().count == 1)
            _ = try await lab.nexus("DELETE", "/repository/files/x")
            #expect(try await lab.nexus("GET", "/repository/files/y").text == "same")
            _ = try await put(lab, "/repository/files/y", "other")
            #expect(lab.blobFiles().count == 1)
        }
    }

    @Test func asksForCredentialsOnEveryPathButTheStatus() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            let base = lab.url("nexus")
            for path in ["/repository/files/a", "/service/rest/v1/repositories", "/nothing"] {
                let answer = try await lab.context.http.send(HTTPCall("GET", base + path))
                #expect(answer.status == 401)
                #expect(answer.header("WWW-Authenticate") == "BASIC realm=\"Sonatype Nexus Repository Manager\"")
                for (user, password) in [("admin", "wrong"), ("nobody", lab.keys.nexusPassword), ("", "")] {
                    var call = HTTPCall("GET", base + path)
                    call.authorize(user: user, password: password)
                    #expect(try await lab.context.http.send(call).status == 401)
                }
            }
            for path in ["/", "/service/rest/v1/status", "/service/rest/v1/status/writable"] {
                #expect(try await lab.context.http.send(HTTPCall("GET", base + path)).status == 200)
            }
        }
    }

    @Test func obeysTheWritePolicyInTheServersWords() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            try await lab.makeRepository("once", policy: "allow_once")
            #expect(try await put(lab, "/repository/once/a", "1").status == 201)
            let again = try await put(lab, "/repository/once/a", "1")
            #expect(again.status == 400)
            #expect(again.text == "Repository does not allow updating assets: once")
            #expect(try await lab.nexus("DELETE", "/repository/once/a").status == 204)
            try await lab.makeRepository("shut", policy: "deny")
            let denied = try await put(lab, "/repository/shut/a", "1")
            #expect(denied.status == 400)
            #expect(denied.text == "Repository is read only: shut")
            #expect(try await lab.nexus("DELETE", "/repository/shut/a").status == 400)
            #expect(try await put(lab, "/repository/none/a", "1").status == 404)
            #expect(try await lab.nexus("POST", "/repository/once/a").status == 405)
        }
    }

    @Test(arguments: [
        "/repository/files/../x", "/repository/files/%2e%2e/x", "/repository/files/a/%2E%2E/x",
        "/repository/files/a%2fb", "/repository/files/a%00b", "/repository/files/a%0Ab", "/repository/files/%ff",
        "/repository/files/.", "/repository/files/dir/", "/repository/files", "/repository/fi%2Fles/a",
    ])
    func refusesPathsThatCouldMeanAnotherPlace(_ path: String) async throws {
        try await TestLab.with([NexusService.self]) { lab in
            try await lab.makeRepository()
            // By hand: a client would tidy the path before it sends it.
            let socket = try RawSocket(port: lab.environment.addresses.port("nexus") ?? 0)
            let pair = Data("\(lab.keys.nexusUser):\(lab.keys.nexusPassword)".utf8).base64EncodedString()
            await socket.send(
                "PUT \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Basic \(pair)\r\nContent-Length: 1\r\n"
                    + "Connection: close\r\n\r\na")
            let answer = await socket.readAll()
            #expect(answer.hasPrefix("HTTP/1.1 400"))
            #expect(lab.blobFiles().isEmpty)
        }
    }

    @Test(arguments: ["a b.txt", "ü.txt", "$(id)", "a;b&c", "a'b\"c", "a+b", "a?b#c", "a%b", "[x]*", "a\\b"])
    func takesEveryOtherNameAsItIs(_ name: String) async throws {
        try await TestLab.with([NexusService.self]) { lab in
            try await lab.makeRepository()
            let path = "/repository/files/\(name.percentEncoded)"
            #expect(try await put(lab, path, name).status == 201)
            #expect(try await lab.nexus("GET", path).text == name)
            let list = try await lab.nexus("GET", "/service/rest/v1/assets?repository=files")
            let asset = try JSONValue.parse(list.body)["items"]?[0]
            #expect(asset?["path"]?.string == "/" + name)
            let url = try #require(asset?["downloadUrl"]?.string)
            #expect(try await lab.nexus("GET", String(url.dropFirst(lab.url("nexus").count))).text == name)
        }
    }

    @Test func sendsRangesAndTellsWhatIsFresh() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            try await lab.makeRepository()
            let text = String(repeating: "0123456789", count: 300_000)
            _ = try await put(lab, "/repository/files/big", text)
            let range = [("Range", "bytes=1000005-1000009")].map { (name: $0.0, value: $0.1) }
            let part = try await lab.nexus("GET", "/repository/files/big", headers: range)
            #expect(part.status == 206)
            #expect(part.text == "56789")
            #expect(part.header("Content-Range") == "bytes 1000005-1000009/3000000")
            let none = try await lab.nexus("GET", "/repository/files/big", headers: [("Range", "bytes=9000000-")])
            #expect(none.status == 416)
            let whole = try await lab.nexus("GET", "/repository/files/big")
            #expect(whole.text == text)
            let tag = try #require(whole.header("ETag"))
            let fresh = try await lab.nexus("GET", "/repository/files/big", headers: [("If-None-Match", tag)])
            #expect(fresh.status == 304)
            #expect(fresh.body.isEmpty)
            let date = try #require(whole.header("Last-Modified"))
            let since = try await lab.nexus("GET", "/repository/files/big", headers: [("If-Modified-Since", date)])
            #expect(since.status == 304)
        }
    }

    @Test func anUploadThatIsCutLeavesNothing() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            try await lab.makeRepository()
            let port = lab.environment.addresses.port("nexus") ?? 0
            let pair = Data("\(lab.keys.nexusUser):\(lab.keys.nexusPassword)".utf8).base64EncodedString()
            let piece = [UInt8](repeating: 65, count: 2 << 20)
            for (framing, hard) in [
                ("Content-Length: 9000000", true), ("Content-Length: 9000000", false),
                ("Transfer-Encoding: chunked", true), ("Transfer-Encoding: chunked", false),
            ] {
                let socket = try RawSocket(port: port)
                await socket.send("PUT /repository/files/cut HTTP/1.1\r\nHost: x\r\nAuthorization: Basic \(pair)\r\n")
                await socket.send("\(framing)\r\n\r\n")
                if framing.hasPrefix("T") { await socket.send("200000\r\n") }
                await socket.send(piece)
                socket.end(hard: hard)
                _ = await socket.readAll()
            }
            _ = try await Wait.until("the lab to notice", within: .seconds(10), context: lab.context) {
                lab.blobFiles().isEmpty ? true : nil
            }
            #expect(try await lab.nexus("GET", "/repository/files/cut").status == 404)
        }
    }

    @Test func twentyUploadsAtOnceAllArriveWhole() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            try await lab.makeRepository()
            let codes = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let body = Data(repeating: UInt8(number), count: 700_000 + number)
                        return (number, try await lab.putAlone("/repository/files/n/\(number)", body))
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(codes.values.allSatisfy { $0 == 201 })
            for number in 0..<20 {
                let body = try await lab.nexus("GET", "/repository/files/n/\(number)").body
                #expect(body == Data(repeating: UInt8(number), count: 700_000 + number))
            }
            #expect(lab.blobFiles().count == 20)
        }
    }

    @Test func twentyWritersOfOneFileLeaveOneOfThem() async throws {
        try await TestLab.with([NexusService.self]) { lab in
            try await lab.makeRepository("once", policy: "allow_once")
            let codes = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await lab.putAlone("/repository/once/f", Data("\(number)".utf8))
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(codes.filter { $0 == 201 }.count == 1)
            #expect(codes.filter { $0 == 400 }.count == 19)
            #expect(lab.blobFiles().count == 1)
        }
    }

    @Test func whatIsAcknowledgedIsThereAfterANewStart() async throws {
        let folder = TestFolder.make()
        defer { TestFolder.remove(folder) }
        try await TestLab.with([NexusService.self], home: folder) { lab in
            try await lab.makeRepository()
            _ = try await put(lab, "/repository/files/a", "kept")
            // What a kill in the middle of an upload leaves behind, and one between renaming and commit.
            try DiskFileSystem().write("part", to: lab.home.blobs + "/nexus/incoming/0a1b")
            let orphan = Checksums.of(Data("orphan".utf8)).sha256
            try DiskFileSystem().write("orphan", to: BlobFolder(path: lab.home.blobs + "/nexus").path(sha256: orphan))
        }
        try await TestLab.with([NexusService.self], home: folder) { lab in
            let kept = try await lab.nexus("GET", "/repository/files/a")
            #expect(kept.text == "kept")
            #expect(lab.blobFiles().count == 1)
        }
    }
}
