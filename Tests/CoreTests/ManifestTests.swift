import Core
import Foundation
import Testing

@Suite struct ManifestTests {
    @Test func readsTheAnnotatedExample() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../examples/nante.yml")
        let manifest = try Manifest.parse(text: try String(contentsOf: path, encoding: .utf8), file: "nante.yml")
        #expect(manifest.apps.map(\.name) == ["go-app"])
        #expect(manifest.apps[0].targets == ["web"])
        #expect(manifest.environments.map(\.name) == ["dev"])
        #expect(manifest.environments[0].hosts.map(\.count) == [2, 1])
    }

    @Test(arguments: ["lxc.yml", "vm.yml"]) func readsTheExamplesOfMachines(name: String) throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../examples/machines/\(name)")
        let manifest = try Manifest.parse(text: try String(contentsOf: path, encoding: .utf8), file: name)
        #expect(manifest.environments[0].hosts.map(\.count) == [2, 1])
        #expect(manifest.environments[0].hosts.map(\.kind) == (name == "lxc.yml" ? [.lxc, .lxc] : [.vm, .lxc]))
    }

    @Test(arguments: [
        ("version: 2", "nante.yml:1:10: version must be a whole number from 1 to 1"),
        ("apps: {}", "nante.yml:1:1: version: 1 is missing"),
        ("version: 1\napp: {}", "nante.yml:2:1: nante.yml has no key app, did you mean apps?"),
        (
            "version: 1\napps:\n  Go_App: {}",
            "nante.yml:3:3: an app's name is \(NameRule.inWords)"
        ),
        (
            "version: 1\napps:\n  a:\n    kind: pakage",
            "nante.yml:4:11: kind must be one of package, container, chart"
        ),
        (
            "version: 1\napps:\n  a:\n    health: { path: healthz }",
            "nante.yml:4:21: health.path must be a URL path such as /healthz"
        ),
        (
            "version: 1\napps:\n  a:\n    health: { within: soon }",
            "nante.yml:4:23: health.within must be a duration such as 20s, 250ms or 5m"
        ),
        (
            "version: 1\nenvironments:\n  dev:\n    hosts:\n      app: { count: 99 }",
            "nante.yml:5:21: count must be a whole number from 0 to 50"
        ),
        (
            "version: 1\nenvironments:\n  dev:\n    hosts:\n      app: { memory: 512 }",
            "nante.yml:5:22: memory must be such as 512MiB or 2GiB"
        ),
        ("version: 1\nlibrary: { nante: ../nante }", "nante.yml:2:12: a library is named OWNER/REPO"),
        ("version: 1\napps: [a]", "nante.yml:2:7: apps must be a mapping"),
    ])
    func tellsThePlaceOfAFault(text: String, message: String) {
        let fault = #expect(throws: SourceFault.self) { try Manifest.parse(text: text, file: "nante.yml") }
        #expect(fault?.description.split(separator: "\n").first.map(String.init) == message)
    }

    @Test func showsTheLineWithACaret() {
        let fault = #expect(throws: SourceFault.self) {
            try Manifest.parse(text: "version: 1\napps:\n  a: { kind: tar }\n", file: "nante.yml")
        }
        #expect(
            fault?.description == """
                nante.yml:3:14: kind must be one of package, container, chart
                      a: { kind: tar }
                                 ^
                """)
    }

    @Test(arguments: ["a: [", "\t- x", "a: b: c", "%", "a: 'x", "? ?", "&a *b", "a: !!int x"])
    func malformedYAMLIsAFault(text: String) {
        #expect(throws: SourceFault.self) { try Manifest.parse(text: text, file: "nante.yml") }
    }

    @Test(arguments: [
        "a$(id)", "a b", "A", "-a", "a-", "", "../a", "a/b", "a;b", "1a", "a\n", "é", String(repeating: "a", count: 25),
    ])
    func namesWithMetacharactersAreRefused(name: String) { #expect(!NameRule.isName(name)) }

    @Test(arguments: ["healthz", "/a b", "/a\r\nHost: x", "/$(id)", "/`id`", "/a'b", "/a\"b", "/é", "/a;b", "/a\u{0}"])
    func pathsWithMetacharactersAreRefused(path: String) { #expect(!NameRule.isURLPath(path)) }

    @Test(arguments: 0..<200)
    func neverCrashesOnDamagedText(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var bytes = Array(
            "version: 1\napps:\n  a:\n    kind: package\n    health: { path: /h, within: 20s }\nenvironments: {}\n".utf8
        )
        for _ in 0..<Int.random(in: 1...5, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] = UInt8.random(in: 9...126, using: &generator)
        }
        _ = try? Manifest.parse(text: String(decoding: bytes, as: UTF8.self), file: "nante.yml")
    }
}
