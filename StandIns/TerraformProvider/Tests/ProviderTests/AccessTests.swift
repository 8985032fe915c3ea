import Guests
import Planning
import Testing
import Values

@Suite struct AccessTests {
    private static let environment = [
        "PROXMOX_VE_ENDPOINT": "https://pve:8006/", "PROXMOX_VE_API_TOKEN": "root@pam!ci=secret",
    ]

    @Test func theEnvironmentFillsWhatTheConfigurationLeavesOut() throws {
        let empty = try Access(config: .object([:]), environment: Self.environment)
        #expect(empty.endpoint == "https://pve:8006/api2/json")
        #expect(empty.login == .token("root@pam!ci=secret"))
        #expect(!empty.isInsecure)
        #expect(empty.minimumTLS == "1.3")
        let config = Value.object([
            "endpoint": .string("https://other:8006/api2/json"), "insecure": .bool(true), "min_tls": .string("1.2"),
        ])
        let own = try Access(config: config, environment: Self.environment)
        #expect(own.endpoint == "https://other:8006/api2/json")
        #expect(own.isInsecure)
        #expect(own.minimumTLS == "1.2")
    }

    @Test(arguments: [
        ("PROXMOX_VE_ENDPOINT", "", "Missing endpoint"), ("PROXMOX_VE_ENDPOINT", "http://pve:8006", "Invalid endpoint"),
        ("PROXMOX_VE_API_TOKEN", "", "Missing credentials"), ("PROXMOX_VE_API_TOKEN", "secret", "Invalid API token"),
    ])
    func whatIsWrongIsNamedWithoutTheSecret(_ name: String, _ value: String, _ summary: String) {
        var environment = Self.environment
        environment[name] = value
        let problem = #expect(throws: Problem.self) { try Access(config: .object([:]), environment: environment) }
        #expect(problem?.summary == summary)
        #expect(problem?.detail.contains("secret") == false)
    }

    @Test func aServerThatIsNotTrustedOrNotThereIsExplained() async throws {
        let stub = try await StubServer { _ in .init(body: "{\"data\":{}}") }
        let cases: [(String, String?, String)] = [
            (stub.address, nil, "its certificate is not trusted"),
            ("https://127.0.0.1:1", stub.authorities, "Connection refused"), (stub.address, stub.authorities, ""),
        ]
        for (address, authorities, message) in cases {
            var environment = ["PROXMOX_VE_ENDPOINT": address, "PROXMOX_VE_API_TOKEN": "a@b!c=d"]
            environment["SSL_CERT_FILE"] = authorities
            let access = try Access(config: .object([:]), environment: environment)
            let client = try Server.client(access)
            do {
                _ = try await Server(access, client: client).get("version")
                #expect(message.isEmpty)
            } catch let trouble as ServerTrouble {
                #expect(trouble.status == nil)
                #expect(!message.isEmpty && trouble.message.contains(message), "\(trouble)")
            }
            try await client.shutdown()
        }
        try await stub.stop()
    }
}
