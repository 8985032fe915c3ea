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
        #expect(manifest.environments[0].hosts.map(\.disk) == [8, nil])
    }

    /// What stands in the example as a comment is read too.
    @Test func readsTheExampleWithoutItsCommentMarks() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../examples/nante.yml")
        let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n").map(String.init)
        let open = lines.map { line -> String in
            let isKey = line.firstMatch(of: /^ *# +"?[a-z0-9_]+"?: *($|[^ ])/) != nil || line == "# platform:"
            return isKey ? line.replacing(#/^( *)# /#, maxReplacements: 1) { $0.output.1 } : line
        }
        let manifest = try Manifest.parse(text: open.joined(separator: "\n"), file: "nante.yml")
        #expect(manifest.platform.settings["PROXMOX_API_URL"] == "https://pve.example.ts.net:8006")
        #expect(manifest.platform.settings["PROXMOX_NODE"] == "pmx")
        #expect(manifest.platform.settings["MINIO_BUCKET"] == "terraform-state")
        #expect(manifest.machines.vmTemplate == "debian-12-template")
        #expect(manifest.machines.ids == 1000...9999)
        #expect(
            manifest.machines.networks
                == [20: try #require(Manifest.Network.usual[20])].mapValues { network in
                    var network = network
                    network.dns = [network.gateway]
                    return network
                })
        let group = try #require(manifest.environments.first?.hosts.first)
        #expect(group.addresses.map(\.description) == ["192.168.20.50", "192.168.20.51"])
        #expect(group.vlan == 20 && group.protect && group.privileged && group.nesting && group.tun)
        #expect(group.tags == ["billing"] && group.user == "deploy" && group.storage == "zfs-vm")
    }

    @Test(arguments: ["lxc.yml", "vm.yml"]) func readsTheExamplesOfMachines(name: String) throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../examples/machines/\(name)")
        let manifest = try Manifest.parse(text: try String(contentsOf: path, encoding: .utf8), file: name)
        #expect(manifest.environments[0].hosts.map(\.count) == [2, 1])
        #expect(manifest.environments[0].hosts.map(\.kind) == (name == "lxc.yml" ? [.lxc, .lxc] : [.vm, .lxc]))
    }

    @Test func readsTheExampleOfContainersWithMoreRights() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../examples/machines/lxc-docker.yml")
        let manifest = try Manifest.parse(text: try String(contentsOf: path, encoding: .utf8), file: "lxc-docker.yml")
        let groups = manifest.environments[0].hosts
        #expect(groups.map(\.tun) == [true, false, false])
        #expect(groups.map(\.privileged) == [false, true, false])
        #expect(groups.map(\.nesting) == [false, true, true])
        #expect(groups.map(\.protect) == [false, false, true])
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
        (
            machines("token: x"),
            "nante.yml:3:14: platform.proxmox has no key token; known: url, node, storage, bridge, template, "
                + "vm_template, vlan, ids, networks"
        ),
        (machines("ids: 1-50"), "nante.yml:3:19: ids must be such as 1000-9999, from 100 to 999999999"),
        (machines("bridge: a b"), "nante.yml:3:22: platform.proxmox.bridge must be letters, digits and _ . -"),
        (
            machines("template: debian"),
            "nante.yml:3:24: template must be a template such as local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst"
        ),
        (
            machines("networks: { lan: {} }"),
            "nante.yml:3:26: a network is named by its VLAN tag, 1 to 4094, or 0 for untagged"
        ),
        (machines("networks: { 20: {} }"), "nante.yml:3:30: networks.20 needs its subnet, such as 192.168.20.0/24"),
        (
            machines("networks: { 20: { subnet: 10.0.0.1/24 } }"),
            "nante.yml:3:40: subnet must be such as 192.168.20.0/24, with /8 to /30"
        ),
        (
            machines("networks: { 20: { subnet: 10.0.0.0/24, gateway: 10.0.1.1 } }"),
            "nante.yml:3:62: gateway must lie in 10.0.0.0/24"
        ),
        (
            machines("networks: { 20: { subnet: 10.0.0.0/24, range: 10.0.0.9-10.0.1.1 } }"),
            "nante.yml:3:60: range must be two addresses of 10.0.0.0/24, such as 10.0.0.10-10.0.0.254"
        ),
        (
            machines("networks: { 20: { subnet: 10.0.0.0/24 } }", hosts: "vlan: 10"),
            "nante.yml:7:20: platform.proxmox.networks has no 10; it has 20"
        ),
        (machines(hosts: "address: 10.0.0"), "nante.yml:7:23: address must be an IPv4 address such as 192.168.20.50"),
        (machines(hosts: "count: 2, address: [10.0.0.1]"), "nante.yml:7:33: address has 1 for 2 hosts"),
        (machines(hosts: "count: 2, address: [10.0.0.1, 10.0.0.1]"), "nante.yml:7:33: address has one twice"),
        (machines(hosts: "disk: 8"), "nante.yml:7:20: disk must be such as 8GiB or 1TiB"),
        (machines(hosts: "kind: vm, tun: true"), "nante.yml:7:29: tun is for containers: kind: lxc"),
        (machines(hosts: "protect: sure"), "nante.yml:7:23: protect must be true or false"),
        (
            machines(hosts: "tags: [Billing]"),
            "nante.yml:7:21: tags must be lower-case letters, digits and _ . + -, first a letter, a digit or _"
        ),
        (machines(hosts: "user: 'a;b'"), "nante.yml:7:20: user must be the name of a user"),
    ])
    func tellsThePlaceOfAFault(text: String, message: String) {
        let fault = #expect(throws: SourceFault.self) { try Manifest.parse(text: text, file: "nante.yml") }
        #expect(fault?.description.split(separator: "\n").first.map(String.init) == message)
    }

    static func machines(_ proxmox: String = "", hosts: String = "") -> String {
        "version: 1\nplatform:\n  proxmox: { \(proxmox) }\nenvironments:\n  dev:\n    hosts:\n      app: { \(hosts) }"
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
        "a$(id)", "a b", "A", "-a", "a-", "", "../a", "a/b", "a;b", "1a", "a\n", "é",
        String(repeating: "a", count: 25),
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
