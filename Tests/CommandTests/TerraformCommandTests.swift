import Core
import Testing

/// Input that is wrong is told before anything is started or touched.
@Suite struct TerraformCommandTests {
    @Test(arguments: [
        (["plan"], "--app"), (["plan", "--app", "../x"], "can't be an application"),
        (["plan", "--app", "web", "--kind", "docker"], "--kind"),
        (["plan", "--app", "web", "--cores", "0"], "--cores must be"),
        (["plan", "--app", "web", "--memory", "much"], "--memory must be"),
        (["plan", "--app", "web", "--disk", "20 TB"], "--disk must be"),
        (["plan", "--app", "web", "--ip", "web.example.com"], "--ip must be"),
        (["plan", "--app", "web", "--vm-id", "7"], "--vm-id must be"),
        (["apply", "--app", "web", "--instances", "{"], "--instances is not JSON"),
        (["apply", "--app", "web", "--instances", #"{"a": {"ip": "x"}}"#], "unknown field \"ip\""),
        (["apply", "--app", "web", "--instances", "{}", "--ip", "10.0.0.1"], "for a single machine"),
        (["apply", "--app", "web", "--var", "novalue"], "--var must be"),
        (["import", "--app", "web", "--address", "a.b", "--id", "101"], "--id must be"),
        (["destroy"], "--app"), (["unlock", "--app", "-x"], "--app"),
    ])
    func wrongInputIsToldFirst(arguments: [String], words: String) async throws {
        try await Binary.inFolder { folder in
            let result = try await Binary.run(["terraform"] + arguments, in: folder)
            #expect(result.ending == .exited(2), "\(result.stderr)")
            #expect(result.stderr.contains(words), "\(result.stderr)")
            #expect(!DiskFileSystem().exists(folder.appending(path: "nante-home")))
            #expect(!DiskFileSystem().exists(folder.appending(path: ".nante")))
        }
    }

    @Test func aMissingSettingIsNamed() async throws {
        try await Binary.inFolder { folder in
            let result = try await Binary.run(
                ["terraform", "plan", "--app", "web"], in: folder,
                environment: ["PROXMOX_API_URL": "https://pve.example.com:8006"])
            #expect(result.ending == .exited(3))
            #expect(result.stderr.contains("PROXMOX_TOKEN_ID, PROXMOX_TOKEN_SECRET"))
        }
    }
}
