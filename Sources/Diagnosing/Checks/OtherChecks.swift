import Core
import Foundation
import Nexus
import Octopus

extension Doctor {
    /// The servers that other commands need; one that is not set is not looked at.
    var others: [Check] {
        let (platform, context) = (platform, context)
        return [
            Check("octopus.server", "Other servers", "Octopus") {
                guard platform.settings[.octopusURL] != nil else { return CheckOutcome(.skipped, "not set") }
                let client = try await OctopusClient.connect(
                    try platform.octopus(), context: context, retry: Retry(attempts: 2), timeout: .seconds(10))
                let root = try await client.root()
                return .ok("Octopus \(root.version), space \(client.space.name), \(client.endpoint.url)")
            },
            Check("nexus.server", "Other servers", "Nexus") {
                guard platform.settings[.nexusURL] != nil else { return CheckOutcome(.skipped, "not set") }
                let client = NexusClient(try platform.nexus(), context: context, retry: Retry(attempts: 2))
                let status = try await client.status()
                let count = try await client.repositories().count
                guard status.writable else {
                    return CheckOutcome(
                        .failed, "Nexus takes no changes", details: [client.endpoint.url],
                        fix: ["look at its System, Status page"])
                }
                let kept = count == 1 ? "1 repository" : "\(count) repositories"
                return .ok("\(status.server ?? "Nexus"), \(kept), \(client.endpoint.url)")
            },
        ]
    }

    /// The way to the addresses that guests get.
    var network: [Check] {
        let (context, isLab) = (context, platform.isLab)
        return site.networks.map { network in
            let title = network.vlan == 0 ? "guests' network" : "VLAN \(network.vlan)"
            return Check("network.\(network.vlan)", "Network", title) {
                try await Doctor.path(to: network, isLab: isLab, context)
            }
        }
    }

    private static func path(
        to network: DoctorSite.Network, isLab: Bool, _ context: Context
    ) async throws -> CheckOutcome {
        guard let ip = context.processes.find("ip") else {
            return CheckOutcome(.skipped, "the program ip is not installed", fix: ["apt-get install iproute2"])
        }
        let route = try await context.processes.run(
            Command(ip, ["-o", "route", "get", network.gateway], deadline: .seconds(5)))
        guard route.succeeded || isLab else {
            return CheckOutcome(
                .missing, "there is no route to \(network.subnet)",
                details: route.stderr.split(whereSeparator: \.isNewline).prefix(1).map(String.init),
                fix: [
                    "join the network or its tailnet (tailscale up --accept-routes)",
                    "or: ip route add \(network.subnet) via GATEWAY",
                ])
        }
        let words = route.stdout.split(separator: " ").map(String.init)
        let device = words.firstIndex(of: "dev").flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil } ?? "?"
        let way = words.contains("via") ? "by a router on \(device)" : "directly on \(device)"
        if words.first == "local" { return .ok("\(network.subnet) is reached here: its gateway is this machine") }
        if isLab { return .ok("\(network.subnet) is made on this machine with the first host") }
        guard let ping = context.processes.find("ping") else {
            return .ok(
                "there is a route to \(network.subnet), \(way)",
                details: ["whether its gateway answers is not known: ping is not installed"])
        }
        let answer = try await context.processes.run(
            Command(ping, ["-n", "-c", "1", "-W", "2", network.gateway], deadline: .seconds(5)))
        guard answer.succeeded else {
            return CheckOutcome(
                .warning, "the gateway \(network.gateway) of \(network.subnet) does not answer a ping",
                details: ["the route goes \(way); some gateways answer none"],
                fix: ["join the network or its tailnet (tailscale up --accept-routes)"])
        }
        return .ok("\(network.subnet) is reached \(way), its gateway answers")
    }
}
