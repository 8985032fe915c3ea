import Core
import Foundation
import Testing

/// What `nante doctor` and `nante proxmox` say where servers are away, and what they end with.
@Suite struct DoctorTests {
    private static let secret = "6c1f9d0e-1111-2222-3333-5c5c5c5c5c5c"
    /// Real servers are meant, and nobody answers there.
    private static let away = [
        "PROXMOX_API_URL": "https://127.0.0.1:1/api2/json", "PROXMOX_TOKEN_ID": "nante@pve!ci",
        "PROXMOX_TOKEN_SECRET": secret, "MINIO_ENDPOINT": "http://127.0.0.1:1", "MINIO_ROOT_USER": "u",
        "MINIO_ROOT_PASSWORD": "a-long-password",
    ]

    private func run(_ arguments: [String], _ environment: [String: String] = away) async throws -> CommandResult {
        try await Binary.inFolder { try await Binary.run(arguments, in: $0, environment: environment) }
    }

    @Test func saysWhatIsAwayAndHowToMendIt() async throws {
        let result = try await run(["doctor", "--output", "json"])
        #expect([1, 3].contains(result.code))
        let report = try JSONValue.parse(result.stdout)
        #expect(report["version"] == 1)
        let findings = report["findings"]?.array ?? []
        func finding(_ id: String) -> JSONValue? { findings.first { $0["id"]?.string == id } }
        #expect(finding("proxmox.reach")?["status"] == "missing")
        #expect(finding("proxmox.reach")?["fix"]?.array?.first?.string?.contains("PROXMOX_API_URL") == true)
        #expect(finding("proxmox.rights")?["status"] == "skipped")
        #expect(finding("state.bucket")?["status"] == "missing")
        #expect(finding("octopus.server")?["status"] == "skipped")
        let origin = finding("settings.platform")?["details"]?.array?.compactMap(\.string) ?? []
        #expect(origin.contains { $0.hasPrefix("PROXMOX_TOKEN_SECRET") && $0.hasSuffix("set  (from environment)") })
        #expect(!result.stdout.contains(Self.secret) && !result.stderr.contains(Self.secret))
        #expect(!result.stdout.contains("a-long-password"))
    }

    @Test func showsATreeForPeople() async throws {
        let result = try await run(["doctor"])
        #expect(result.stdout.contains("Proxmox\n  ✓ settings"))
        #expect(result.stdout.contains("fix  check MINIO_ENDPOINT"))
        #expect(result.stdout.split(separator: "\n").last?.contains("not looked at") == true)
    }

    @Test(arguments: [["--keep"], ["--report", "x"], ["--yes"], ["--hosts"]])
    func whatGoesWithLiveOnlyIsRefusedWithoutIt(_ arguments: [String]) async throws {
        let result = try await run(["doctor"] + arguments)
        #expect(result.code == 2 && result.stderr.contains("go with --live"))
    }

    @Test func asksBeforeItTouchesRealServers() async throws {
        let result = try await run(["doctor", "--live"])
        #expect(result.code == 4)
        #expect(result.stderr.contains("Proxmox: makes and removes a container nante-doctor-"))
        #expect(result.stderr.contains("nothing was changed"))
        #expect(result.stdout.isEmpty)
    }

    @Test func aLiveRunWritesAReportWithoutSecretsAlsoWhenItFails() async throws {
        try await Binary.inFolder { folder in
            let result = try await Binary.run(
                ["doctor", "--live", "--yes", "--report", "r.md"], in: folder, environment: Self.away)
            #expect(result.code == 1)
            let report = try DiskFileSystem().readText(folder.appending(path: "r.md"))
            #expect(report.contains("## Proxmox") && report.contains("something went wrong"))
            #expect(!report.contains("127.0.0.1") && !report.contains(Self.secret) && !report.contains("nante@pve"))
        }
    }

    @Test func anEnvironmentThatIsNotThereIsAUsageError() async throws {
        let result = try await run(["doctor", "--environment", "nope"])
        #expect(result.code == 2 && result.stderr.contains("there is no environment nope"))
    }

    private static let manifest = """
        version: 1
        platform:
          proxmox:
            url: https://127.0.0.1:1
            node: pve
            storage: fast
            bridge: vmbr7
            template: local:vztmpl/own.tar.zst
            vlan: 30
            networks:
              "30": { subnet: 10.30.4.0/22 }
              "40": { subnet: 10.40.0.0/28, gateway: 10.40.0.14 }
        apps:
          web: { kind: package, targets: [web] }
        environments:
          dev:
            hosts:
              app: { count: 2, kind: lxc, targets: [web] }
          big:
            hosts:
              db: { count: 1, kind: vm, vlan: 40, node: pve2, storage: slow, template: own-image, targets: [web] }
        """

    @Test func looksForWhatTheManifestNames() async throws {
        try await Binary.inFolder { folder in
            try DiskFileSystem().write(Self.manifest, to: folder.appending(path: "nante.yml"))
            func machines(_ more: [String]) async throws -> (what: String?, details: [String]) {
                var environment = Self.away
                environment["PROXMOX_API_URL"] = nil
                let result = try await Binary.run(
                    ["doctor", "--output", "json"] + more, in: folder, environment: environment)
                #expect([1, 3].contains(result.code), "\(result.stderr)")
                let findings = try JSONValue.parse(result.stdout)["findings"]?.array ?? []
                let found = findings.first { $0["id"] == "settings.machines" }
                return (found?["what"]?.string, found?["details"]?.array?.compactMap(\.string) ?? [])
            }
            let all = try await machines([])
            #expect(all.what == "on pve, disks in fast, bridge vmbr7")
            #expect(
                all.details == [
                    "containers of local:vztmpl/own.tar.zst", "virtual machines of ubuntu-2404-template",
                    "VLAN 30: 10.30.4.0/22, gateway 10.30.4.1", "VLAN 40: 10.40.0.0/28, gateway 10.40.0.14",
                ])
            let dev = try await machines(["--environment", "dev"])
            #expect(
                dev.details == [
                    "containers of local:vztmpl/own.tar.zst", "VLAN 30: 10.30.4.0/22, gateway 10.30.4.1",
                ])
            let big = try await machines(["--environment", "big"])
            #expect(big.what == "on pve2, disks in slow, bridge vmbr7")
            #expect(
                big.details == ["virtual machines of own-image", "VLAN 40: 10.40.0.0/28, gateway 10.40.0.14"])
        }
    }

    @Test(arguments: [["nodes"], ["vms"], ["templates"], ["ip", "web"], ["wait", "web", "--within", "1s"]])
    func aClusterThatIsAwayIsTold(_ arguments: [String]) async throws {
        let result = try await run(["proxmox"] + arguments)
        #expect(result.code == 3)
        #expect(result.stderr.contains("Proxmox can't be reached") && result.stderr.contains("PROXMOX_API_URL"))
    }

    @Test func aSettingThatIsMissingIsNamed() async throws {
        let result = try await run(["proxmox", "nodes"], ["PROXMOX_API_URL": "https://127.0.0.1:1"])
        #expect(result.code == 3)
        #expect(result.stderr.contains("Proxmox needs PROXMOX_TOKEN_ID, PROXMOX_TOKEN_SECRET"))
    }
}
