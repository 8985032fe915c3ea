import Core
import Foundation
import Testing

@testable import Proxmox

/// Certificates that hold, that are out of date, of another, of nobody known.
@Suite struct TLSTests {
    private static let day = 86_400.0

    private func ask(
        until end: Date, for address: [UInt8] = [127, 0, 0, 1], trusting: Bool = true,
        _ check: (ProxmoxClient, Failure?) async throws -> Void
    ) async throws {
        let authority = try TestAuthority()
        let (certificate, key) = try authority.issue(until: end, for: address)
        let server = try await TLSServer(certificate, key, answer: "{\"data\":{\"version\":\"9.1-1\"}}")
        let file = "/tmp/nante-tls-\(SystemRandom().hex(bytes: 6)).pem"
        try DiskFileSystem().write(Data(authority.pem.utf8), to: file, mode: 0o600)
        defer { try? DiskFileSystem().remove(file) }
        let endpoint = ProxmoxEndpoint(
            url: "https://127.0.0.1:\(server.port)", tokenID: "nante@pve!ci", tokenSecret: ProxmoxEndpoint.secret,
            caFile: trusting ? file : nil)
        let client = ProxmoxClient(endpoint, context: .live())
        let failure = await failure { _ = try await client.version() }
        try await check(client, failure)
        try await server.stop()
    }

    @Test func aCertificateOfATrustedAuthorityIsTaken() async throws {
        let end = Date(timeIntervalSinceNow: 20 * Self.day)
        try await ask(until: end) { client, failure in
            #expect(failure == nil, "\(failure?.description ?? "")")
            let shown = await NetworkHTTPSender().certificate(of: client.endpoint.url, timeout: .seconds(5))
            #expect(abs(shown?.notAfter.timeIntervalSince(end) ?? 1e9) < 2)
            #expect(shown?.names == ["127.0.0.1", "pve.test"])
        }
    }

    @Test func anExpiredOneIsRefusedWithItsDate() async throws {
        let end = Date(timeIntervalSinceNow: -3 * Self.day)
        try await ask(until: end) { _, failure in
            #expect(failure?.exit == .missing)
            #expect(failure?.description.contains("expired on \(ServerCertificate.day(end))") == true)
            #expect(failure?.next.first?.contains("pvecm updatecerts") == true)
        }
    }

    @Test func oneOfAnUnknownAuthorityIsRefusedWithTheWayOut() async throws {
        try await ask(until: Date(timeIntervalSinceNow: 20 * Self.day), trusting: false) { _, failure in
            #expect(failure?.description.contains("an authority that is not trusted here") == true)
            #expect(failure?.next.first?.contains("PROXMOX_CA_FILE") == true)
        }
    }

    @Test func oneOfAnotherHostIsRefusedWithItsNames() async throws {
        try await ask(until: Date(timeIntervalSinceNow: 20 * Self.day), for: [10, 1, 2, 3]) { _, failure in
            #expect(failure?.description.contains("is for 10.1.2.3, pve.test, not for 127.0.0.1") == true)
        }
    }

    @Test func aPlainServerIsNoProxmox() async throws {
        var endpoint = ProxmoxEndpoint.test
        endpoint.url = "https://127.0.0.1:1"
        let nobody = await failure { _ = try await ProxmoxClient(endpoint, context: .live(), retry: .never).version() }
        #expect(nobody?.what == "Proxmox can't be reached")
    }
}
