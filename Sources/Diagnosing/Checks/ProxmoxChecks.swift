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
        let node = Once {
            let client = try client()
            return try await Doctor.node(client, site)
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
            Check("proxmox.node", group, "node", needs: ["proxmox.token"]) {
                let node = try await node.value()
                return .ok("\(node.name) is online", details: [])
            },
            Check("proxmox.storage", group, "storage", needs: ["proxmox.node"]) {
                try await Doctor.storage(try client(), try await node.value().name, site)
            },
            Check("proxmox.template", group, "container template", needs: ["proxmox.node"]) {
                guard site.wantsContainers else { return CheckOutcome(.skipped, "no containers are wanted") }
                return try await Doctor.template(try client(), try await node.value().name, site)
            },
            Check("proxmox.image", group, "VM template", needs: ["proxmox.token"]) {
                guard site.wantsMachines else { return CheckOutcome(.skipped, "no virtual machines are wanted") }
                return try await Doctor.image(try client(), site)
            },
            Check("proxmox.bridge", group, "bridge", needs: ["proxmox.node"]) {
                try await Doctor.bridge(try client(), try await node.value().name, site)
            },
        ]
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

    private static func node(_ client: ProxmoxClient, _ site: DoctorSite) async throws -> ProxmoxNode {
        let nodes = try await client.nodes()
        let names = nodes.map { "\($0.name) (\($0.status))" }.joined(separator: ", ")
        guard let wanted = site.node else {
            let online = nodes.filter(\.isOnline)
            if online.count == 1 { return online[0] }
            throw Failure(
                online.isEmpty ? .missing : .failed,
                online.isEmpty ? "no node is online" : "which node machines are made on is not set",
                why: "there are: \(names)", next: ["export PROXMOX_NODE=\(online.first?.name ?? "NAME")"])
        }
        guard let node = nodes.first(where: { $0.name == wanted }) else {
            throw Failure(
                .failed, "there is no node \(wanted) that the token sees", why: "it sees: \(names)",
                next: ["export PROXMOX_NODE=\(nodes.first?.name ?? "NAME")"])
        }
        guard node.isOnline else {
            throw Failure(
                .missing, "the node \(wanted) is \(node.status)", why: "there are: \(names)",
                next: ["start it, or export PROXMOX_NODE=… for another"])
        }
        return node
    }
}
