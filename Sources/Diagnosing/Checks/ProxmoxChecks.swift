import Core
import Foundation
import Proxmox

extension Doctor {
    /// The cluster: reached, trusted, logged in, allowed, and with all that machines are made of.
    var proxmox: [Check] {
        let (platform, context, site) = (platform, context, site)
        let group = "Proxmox"
        let client: @Sendable () throws -> ProxmoxClient = {
            ProxmoxClient(
                try platform.proxmox(), context: context, retry: Retry(attempts: 2), timeout: .seconds(10),
                patience: .seconds(15))
        }
        return [
            settingsCheck("proxmox.settings", group) {
                let endpoint = try platform.proxmox()
                return "\(endpoint.url), token \(endpoint.tokenID)"
            },
            Check("proxmox.reach", group, "server", needs: ["proxmox.settings"]) {
                try await Doctor.reach(try platform.proxmox(), context)
            },
            Check("proxmox.token", group, "token", needs: ["proxmox.reach"]) {
                let version = try await client().version()
                guard version.major == 0 || version.major >= 8 else {
                    return CheckOutcome(
                        .warning, "accepted by Proxmox VE \(version.version)",
                        details: ["it is older than 8, which nothing here was tried with"])
                }
                return .ok("accepted by Proxmox VE \(version.version)")
            },
            Check("proxmox.rights", group, "rights", needs: ["proxmox.token"]) {
                try await Doctor.rights(try client(), site)
            },
        ] + ProxmoxPlaces(site: site, client: client).checks
    }

    /// The server shows a certificate that is trusted, and answers; the token is not looked at.
    private static func reach(_ endpoint: ProxmoxEndpoint, _ context: Context) async throws -> CheckOutcome {
        let url = endpoint.url + "/api2/json/version"
        let answer: HTTPAnswer
        do {
            answer = try await context.http.send(HTTPCall("GET", url, timeout: .seconds(10), trust: endpoint.caFile))
        } catch let fault as HTTPFault {
            return CheckOutcome(ProxmoxClient.failure(fault, at: endpoint))
        }
        // Without a login a real one answers 401; any other program something else.
        guard [200, 401].contains(answer.status) else {
            return CheckOutcome(
                .failed, "what answers at \(endpoint.url) is not Proxmox", details: ["it answered \(answer.status)"],
                fix: ["check PROXMOX_API_URL: it is https://, mostly with port 8006"])
        }
        guard let shown = await context.http.certificate(of: endpoint.url, timeout: .seconds(5)) else {
            return CheckOutcome(
                endpoint.url.hasPrefix("https:") ? .ok : .warning,
                endpoint.url.hasPrefix("https:") ? "it answers" : "it answers, but without TLS",
                fix: endpoint.url.hasPrefix("https:") ? [] : ["use https:// in PROXMOX_API_URL"])
        }
        let left = shown.notAfter.timeIntervalSince(context.time.now()) / 86_400
        let text = "it answers; its certificate holds until \(ServerCertificate.day(shown.notAfter))"
        guard left < 14 else { return .ok(text) }
        return CheckOutcome(
            .warning, text, details: ["that is in \(Int(left)) days"],
            fix: ["on the node: pvenode acme cert renew, or pvecm updatecerts --force for its own"])
    }

    private static func rights(_ client: ProxmoxClient, _ site: DoctorSite) async throws -> CheckOutcome {
        let needed = ProxmoxRights.needed(site)
        var absent: [ProxmoxRight] = []
        for path in Set(needed.map(\.path)).sorted() {
            let has = try await client.privileges(on: path)
            absent += needed.filter { $0.path == path && !has.contains($0.privilege) }
        }
        guard !absent.isEmpty else { return .ok("the token has all \(needed.count) that machines need") }
        return CheckOutcome(
            .failed, "the token lacks \(absent.count) of \(needed.count) rights", details: absent.map(\.description),
            fix: ProxmoxGrant.commands(absent, token: client.endpoint.tokenID))
    }
}
