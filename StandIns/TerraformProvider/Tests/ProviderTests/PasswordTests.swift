import AsyncHTTPClient
import Guests
import Planning
import Synchronization
import Testing
import Values

@Suite struct PasswordTests {
    /// A server that knows one user, and takes each ticket a few times only.
    private final class Accounts: Sendable {
        struct State: Sendable {
            var logins = 0
            var left = 0
            var seen: [String] = []
        }
        let state = Mutex(State())
        let uses: Int
        init(uses: Int) { self.uses = uses }

        func answer(_ request: StubServer.Request) -> StubServer.Answer {
            state.withLock { state in
                if request.path == ["access", "ticket"] {
                    state.logins += 1
                    guard request.form == ["username": "root@pam", "password": "a&b=c %ü"] else {
                        return .init(status: 401, body: "{\"data\":null,\"message\":\"authentication failure\\n\"}")
                    }
                    state.left = uses
                    let pair =
                        "\"ticket\":\"PVE:root@pam:\(state.logins)\",\"CSRFPreventionToken\":\"C\(state.logins)\""
                    return .init(body: "{\"data\":{\(pair)}}")
                }
                let isProved =
                    request.headers["cookie"] == "PVEAuthCookie=PVE:root@pam:\(state.logins)"
                    && request.headers["authorization"] == nil
                    && (request.method == "GET") == (request.headers["csrfpreventiontoken"] == nil)
                    && ["C\(state.logins)", nil].contains(request.headers["csrfpreventiontoken"])
                guard isProved, state.left > 0 else {
                    return .init(status: 401, body: "{\"data\":null,\"message\":\"permission denied\"}")
                }
                state.left -= 1
                state.seen.append(request.method)
                return .init(body: "{\"data\":{}}")
            }
        }
    }

    private static func environment(_ stub: StubServer, password: String = "a&b=c %ü") -> [String: String] {
        [
            "PROXMOX_VE_ENDPOINT": stub.address, "SSL_CERT_FILE": stub.authorities,
            "PROXMOX_VE_USERNAME": "root@pam", "PROXMOX_VE_PASSWORD": password,
        ]
    }

    private static func with(
        uses: Int, password: String = "a&b=c %ü", _ work: (Server, Accounts) async throws -> Void
    ) async throws {
        let accounts = Accounts(uses: uses)
        let stub = try await StubServer { accounts.answer($0) }
        let access = try Access(config: .object([:]), environment: environment(stub, password: password))
        let client = try Server.client(access)
        do { try await work(Server(access, client: client), accounts) } catch { Issue.record(error) }
        try await client.shutdown()
        try await stub.stop()
    }

    @Test func aTicketIsKeptAndMadeAnewWhenItIsRefused() async throws {
        try await Self.with(uses: 3) { server, accounts in
            for _ in 0..<2 {
                _ = try await server.get("version")
                _ = try await server.post("nodes/n1/lxc", ["vmid": "100"])
                _ = try await server.delete("nodes/n1/lxc/100")
            }
            #expect(accounts.state.withLock(\.seen) == ["GET", "POST", "DELETE", "GET", "POST", "DELETE"])
            #expect(accounts.state.withLock(\.logins) == 2)
        }
    }

    @Test func manyAtOnceLogInOnce() async throws {
        try await Self.with(uses: 100) { server, accounts in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try await server.get("version") } }
                try await group.waitForAll()
            }
            #expect(accounts.state.withLock(\.logins) == 1)
        }
    }

    @Test func aServerThatTakesNoTicketIsAskedTwice() async throws {
        try await Self.with(uses: 0) { server, accounts in
            let trouble = await #expect(throws: ServerTrouble.self) { _ = try await server.get("version") }
            #expect(trouble?.status == 401)
            #expect(accounts.state.withLock(\.logins) == 2)
        }
    }

    @Test func aWrongPasswordIsSaidWithoutIt() async throws {
        try await Self.with(uses: 9, password: "not-it") { server, accounts in
            let trouble = await #expect(throws: ServerTrouble.self) { _ = try await server.get("version") }
            #expect(trouble?.description.contains("authentication failure") == true)
            #expect(trouble?.description.contains("not-it") == false)
            #expect(trouble?.call == "POST access/ticket")
            #expect(accounts.state.withLock(\.seen).isEmpty)
        }
    }

    @Test func aTokenGoesFirstAndAUserHasARealm() throws {
        var environment = [
            "PROXMOX_VE_ENDPOINT": "https://pve:8006", "PROXMOX_VE_USERNAME": "root@pam", "PROXMOX_VE_PASSWORD": "x",
        ]
        #expect(
            try Access(config: .object([:]), environment: environment).login
                == .password(user: "root@pam", password: "x"))
        environment["PROXMOX_VE_API_TOKEN"] = "a@b!c=d"
        #expect(try Access(config: .object([:]), environment: environment).login == .token("a@b!c=d"))
        environment["PROXMOX_VE_API_TOKEN"] = nil
        environment["PROXMOX_VE_USERNAME"] = "root"
        let problem = #expect(throws: Problem.self) { try Access(config: .object([:]), environment: environment) }
        #expect(problem?.summary == "Invalid user")
    }
}
