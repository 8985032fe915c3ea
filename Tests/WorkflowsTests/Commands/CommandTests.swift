import Core
import Foundation
import Testing

@testable import Workflows

/// The conformance data beside the repository, for those tests that can use it.
enum Shared {
    static let folder: String? = {
        let here = #filePath.split(separator: "/").dropLast(5).joined(separator: "/")
        let named = ProcessInfo.processInfo.environment["NANTE_SHARED"]
        return [named, "/\(here)/shared"].compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0) }
    }()

    static func json(_ path: String) throws -> JSONValue {
        try JSONValue.parse(DiskFileSystem().read((folder ?? "").appending(path: path)))
    }
}

@Suite struct WorkflowCommandTests {
    @Test func bothFormsAreRead() {
        #expect(
            WorkflowCommand.parse("  ::error file=a.go,line=3,title=Oh%2C no::it%0Abroke")
                == WorkflowCommand(
                    "error", properties: ["file": "a.go", "line": "3", "title": "Oh, no"], data: "it\nbroke"))
        #expect(WorkflowCommand.parse("x ##[group]Title")?.data == "Title")
        #expect(WorkflowCommand.parse("::no-command::x") == nil)
        #expect(WorkflowCommand.parse("text ::error::x") == nil)
        #expect(WorkflowCommand.parse("::ERROR::x")?.name == "error")
        #expect(WorkflowCommand.parse("::error") == nil)
    }

    @Test(.enabled(if: Shared.folder != nil)) func vectorsOfTheRunner() throws {
        let cases = try Shared.json("conformance/runner-l0/workflow-commands.json").array ?? []
        #expect(!cases.isEmpty)
        for vector in cases {
            let message = vector["message"]?.string ?? ""
            let names: Set<String> = ["do-something"]
            let parsed =
                vector["syntax"]?.string == "::"
                ? WorkflowCommand.parseColons(message, names: names)
                : WorkflowCommand.parseBrackets(message, names: names)
            #expect((parsed != nil) == vector["parses"]?.bool, "\(message)")
            guard let parsed else { continue }
            #expect(parsed.name == vector["command"]?.string)
            #expect(parsed.data == vector["data"]?.string)
            #expect(parsed.properties == vector["properties"]?.object?.compactMapValues(\.string))
        }
    }

    @Test func meanings() {
        var reader = CommandReader()
        #expect(reader.read("plain: text [x]") == [.text("plain: text [x]")])
        #expect(reader.read("::set-output name=a::b") == [.output(name: "a", value: "b")])
        #expect(reader.read("::add-mask::s3cret") == [.mask("s3cret")])
        #expect(reader.read("::group::G") == [.group("G")])
        #expect(reader.read("::warning::w") == [.annotation(Annotation(.warning, "w"))])
        #expect(reader.read("::add-matcher::x.json") == [])
        guard case .fault(let text)? = reader.read("::set-env name=A::b").first else {
            Issue.record("set-env must be refused")
            return
        }
        #expect(text.contains("$GITHUB_ENV"))
        var old = CommandReader(allowsOldCommands: true)
        #expect(old.read("::set-env name=A::b") == [.variable(name: "A", value: "b")])
        #expect(old.read("::add-path::/x") == [.folder("/x")])
    }

    @Test func stoppedCommandsAreText() {
        var reader = CommandReader()
        #expect(reader.read("::stop-commands::Tok1").first == .text("::stop-commands::Tok1"))
        #expect(reader.read("::error::x") == [.text("::error::x")])
        #expect(reader.read("::other::") == [.text("::other::")])
        #expect(reader.read("::tok1::") == [.text("::tok1::")])
        #expect(reader.read("::error::x") == [.annotation(Annotation(.error, "x"))])
        guard case .fault? = reader.read("::stop-commands::error").first else {
            Issue.record("a command's name is no token")
            return
        }
    }

    @Test func echoShowsCommands() {
        var reader = CommandReader()
        #expect(reader.read("::echo::on") == [])
        #expect(reader.read("::debug::d") == [.text("::debug::d"), .debug("d")])
        #expect(reader.read("::add-mask::abc") == [.mask("abc")])
    }
}

@Suite struct FileCommandTests {
    @Test(.enabled(if: Shared.folder != nil)) func vectorsOfTheRunner() throws {
        let cases = try Shared.json("conformance/runner-l0/file-commands.json").array ?? []
        #expect(!cases.isEmpty)
        for vector in cases {
            let name = vector["name"]?.string ?? ""
            let read = FileCommands.pairs(Data((vector["input"]?.string ?? "").utf8))
            if let expected = vector["error_contains"]?.string {
                #expect(read.error?.contains(expected) == true, "\(name): \(read.error ?? "no error")")
                continue
            }
            #expect(read.error == nil, "\(name)")
            let isEnv = vector["file"]?.string == "GITHUB_ENV"
            let (kept, issues) = isEnv ? FileCommands.variables(read.pairs) : (read.pairs, [])
            #expect(issues.count == vector["issues"]?.int, "\(name)")
            let map = Dictionary(kept.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            let expected = Dictionary(
                uniqueKeysWithValues: (vector["expect"]?.object ?? [:]).map { ($0.key, $0.value.string ?? "") })
            #expect(map == expected, "\(name)")
        }
    }

    @Test func theFirstFaultKeepsWhatCameBefore() {
        let read = FileCommands.pairs(Data("\u{FEFF}A=1\nnonsense\nB=2\n".utf8))
        #expect(read.pairs.map(\.name) == ["A"])
        #expect(read.error == "Invalid format 'nonsense'")
        #expect(FileCommands.pairs(Data("=x\n".utf8)).error?.contains("Name must not be empty") == true)
        #expect(FileCommands.pairs(Data("A<<\n".utf8)).error?.contains("delimiter must not be empty") == true)
        #expect(FileCommands.pairs(Data("A=1\r\n".utf8)).pairs.first?.value == "1\r")
    }

    @Test func foldersOfPath() {
        #expect(FileCommands.folders(Data("/a\n\n/b b\n".utf8)) == ["/a", "/b b"])
    }

    /// Random bytes and mutated lines must neither crash nor hang the readers.
    @Test func readersTakeAnything() {
        var generator = SystemRandomNumberGenerator()
        let seeds = ["::error file=a,line=1::x", "##[group k=v;]x", "A<<EOF\nb\nEOF\n", "::%0A%25::", "é::=<<"]
        for round in 0..<3000 {
            var bytes = Array(seeds[round % seeds.count].utf8)
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                let byte = UInt8.random(in: .min ... .max, using: &generator)
                let place = Int.random(in: 0...bytes.count, using: &generator)
                if Bool.random(using: &generator) || place == bytes.count {
                    bytes.insert(byte, at: place)
                } else {
                    bytes[place] = byte
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            var reader = CommandReader(allowsOldCommands: true)
            for line in text.split(separator: "\n") { _ = reader.read(String(line)) }
            let read = FileCommands.pairs(Data(bytes))
            #expect(read.pairs.count <= bytes.count)
            _ = FileCommands.folders(Data(bytes))
        }
    }
}

@Suite struct ShellTests {
    @Test func table() throws {
        #expect(try Shell.named(nil, hasBash: true).arguments(script: "/x y.sh") == ["-e", "/x y.sh"])
        #expect(try Shell.named(nil, hasBash: false).program == "sh")
        #expect(
            try Shell.named("bash", hasBash: true).arguments(script: "f")
                == ["--noprofile", "--norc", "-e", "-o", "pipefail", "f"])
        #expect(try Shell.named("python", hasBash: true).suffix == ".py")
        #expect(
            try Shell.named("perl -w \"a b\" {0}", hasBash: true).arguments(script: "f") == ["-w", "a b", "f"])
        #expect(throws: Failure.self) { try Shell.named("zsh", hasBash: true) }
        #expect(throws: Failure.self) { try Shell.named("bash -e", hasBash: true) }
        #expect(throws: Failure.self) { try Shell.named("x \"{0}", hasBash: true) }
        #expect(try Shell.named("bash", hasBash: true).script("a\r\nb") == "a\nb\n")
    }
}
