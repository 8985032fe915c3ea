import Foundation
import Testing

@testable import Core

@Suite struct PlatformTests {
    @Test func nothingSetMeansTheLab() {
        #expect(Platform.wantsLab(Settings().adding("environment", ["PATH": "/bin"]), flag: false))
    }

    @Test(arguments: ["OCTOPUS_SERVER_URL", "NEXUS_URL", "NEXUS_DOCKER_REGISTRY", "PROXMOX_API_URL"])
    func anyAddressMeansRealServers(name: String) {
        let settings = Settings().adding("environment", [name: "https://x.example.com"])
        #expect(!Platform.wantsLab(settings, flag: false))
        #expect(Platform.wantsLab(settings, flag: true))
    }

    @Test func theFirstLayerWinsAndIsNamed() {
        let settings = Settings().adding("flag", [:])
            .adding("environment", ["OCTOPUS_SERVER_URL": "https://a.example.com", "NEXUS_URL": ""])
            .adding("nante.yml", ["OCTOPUS_SERVER_URL": "https://b.example.com", "NEXUS_URL": "https://n.example.com"])
        #expect(
            settings.lookup(.octopusURL) == ResolvedSetting(value: "https://a.example.com", source: "environment"))
        #expect(settings.lookup(.nexusURL)?.source == "nante.yml")
        #expect(settings.lookup(.nexusUser) == nil)
    }

    @Test func aMissingSettingIsNamedNotReplacedByTheLab() async throws {
        try await withScratch { context, _ in
            let settings = Settings().adding(
                "environment", ["OCTOPUS_SERVER_URL": "https://octopus.example.com", "OCTOPUS_API_KEY": "API-KEY12345"])
            let platform = Platform(settings: settings, context: context)
            let octopus = try platform.octopus()
            #expect(octopus.url == "https://octopus.example.com")
            let failure = #expect(throws: Failure.self) { try platform.nexus() }
            #expect(failure?.exit == .missing)
            #expect(
                failure?.what == "Nexus needs NEXUS_URL, NEXUS_USERNAME, NEXUS_PASSWORD, which are not set")
            #expect(failure?.description.contains("API-KEY12345") == false)
            #expect(failure?.description.contains("OCTOPUS_SERVER_URL (from environment)") == true)
        }
    }

    @Test(arguments: ["octopus.example.com", "ftp://x", "https://", "https://user:secret@x", "javascript:1", "http://"])
    func aWrongAddressIsRefused(address: String) async throws {
        try await withScratch { context, _ in
            let settings = Settings().adding(
                "environment", ["OCTOPUS_SERVER_URL": address, "OCTOPUS_API_KEY": "API-1"])
            let failure = #expect(throws: Failure.self) {
                try Platform(settings: settings, context: context).octopus()
            }
            #expect(failure?.exit == .usage)
        }
    }

    @Test func rootsPasswordStandsBesideTheToken() async throws {
        try await withScratch { context, terminal in
            var values = [
                "PROXMOX_API_URL": "https://pve:8006/api2/json", "PROXMOX_TOKEN_ID": "nante@pve!ci",
                "PROXMOX_TOKEN_SECRET": "token-secret",
            ]
            func endpoint() throws -> ProxmoxEndpoint {
                let settings = Settings().adding("environment", values)
                return try Platform(settings: settings, context: context).proxmox()
            }
            let without = try endpoint()
            #expect(without.username == nil && without.password == nil)
            values["PROXMOX_USERNAME"] = "root@pam"
            let half = try endpoint()
            #expect(half.username == nil)
            values["PROXMOX_PASSWORD"] = "root-password"
            let whole = try endpoint()
            #expect(whole.username == "root@pam" && whole.password == "root-password")
            values["PROXMOX_USERNAME"] = nil
            let usual = try endpoint()
            #expect(usual.username == "root@pam")
            context.terminal.say("it is root-password")
            #expect(!terminal.messages.contains("root-password"))
        }
    }

    @Test func theRecordOfAnOlderLabIsReadWithoutAPassword() throws {
        let text =
            #"{"url": "https://127.0.0.1:18006", "tokenID": "nante@pve!lab", "tokenSecret": "s", "caFile": "/ca"}"#
        let endpoint = try JSONDecoder().decode(ProxmoxEndpoint.self, from: Data(text.utf8))
        #expect(endpoint.username == nil && endpoint.password == nil && endpoint.caFile == "/ca")
    }

    @Test func secretsAreMaskedOnceRead() async throws {
        try await withScratch { context, terminal in
            let settings = Settings().adding(
                "environment", ["OCTOPUS_SERVER_URL": "https://x.example.com", "OCTOPUS_API_KEY": "API-SECRETKEY"])
            _ = Platform(settings: settings, context: context)
            context.terminal.say("the key is API-SECRETKEY")
            #expect(terminal.messages == "the key is ***\n")
        }
    }

    @Test func theLabsRecordIsKeptForItsOwnerOnly() async throws {
        try await withScratch { context, _ in
            var context = context
            context.environment["NANTE_HOME"] = context.workingDirectory
            let record = LabRecord(
                pid: 1, octopus: .init(url: "http://127.0.0.1:1", apiKey: "API-X", space: "Default"),
                nexus: .init(url: "http://127.0.0.1:2", username: "admin", password: "secret-password"),
                ssh: .init(user: "deploy", keyFile: "/k", knownHostsFile: nil), bridge: "nante0",
                subnet: "10.87.0.0/24")
            try record.save(context)
            #expect(try LabRecord.load(context) == record)
            #expect(try context.files.mode(context.path("lab.json")) == 0o600)
        }
    }
}

@Suite struct SSHKeyFileTests {
    @Test func aKeyGivenAsTextIsAFileOfItsOwnerUntilTheEnd() async throws {
        try await withScratch { context, _ in
            var context = context
            context.environment["RUNNER_TEMP"] = context.workingDirectory
            let left = context.path("nante-ssh-key-999999999-00")
            try context.files.write("left by a process that was killed", to: left)
            let settings = Settings().adding(
                "environment", ["OCTOPUS_SERVER_URL": "https://x.example.com", "SSH_PRIVATE_KEY": "KEY-TEXT"])
            let access = try Platform(settings: settings, context: context).ssh()
            #expect(try context.files.readText(access.keyFile) == "KEY-TEXT\n")
            #expect(try context.files.mode(access.keyFile) == 0o600)
            #expect(!context.files.exists(left))
            SSHKeyFile.sweep(context)
            #expect(!context.files.exists(access.keyFile))
        }
    }
}
