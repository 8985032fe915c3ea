import Core
import Diagnosing
import Foundation
import Proxmox
import Testing

/// nante's own client, `nante doctor` and its live run over the lab's Proxmox; hosts are of drivers that make nothing.
@Suite struct ProxmoxDoctorTests {
    private static let template = "local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst"
    private static let site: DoctorSite = {
        let networks = [10, 20].map { tag in
            DoctorSite.Network(vlan: tag, subnet: "192.168.\(tag).0/24", gateway: "192.168.\(tag).1")
        }
        return DoctorSite(
            node: nil, storage: "zfs-vm", bridge: "vmbr0", template: template, vmTemplate: "debian-12-template",
            networks: networks)
    }()

    /// The findings about Proxmox by their ids.
    private func examine(_ rig: ProxmoxRig, token: String? = nil, secret: String? = nil) async -> [String: Finding] {
        let doctor = Doctor(rig.platform(token: token, secret: secret), site: Self.site, context: rig.lab.context)
        let findings = await Checkup(doctor.checks.filter { $0.group == "Proxmox" }).run(rig.lab.context)
        return Dictionary(findings.map { ($0.id, $0) }) { $1 }
    }

    @Test func everyCallOfTheClientIsServedAndRead() async throws {
        try await ProxmoxRig.with { rig in
            try await rig.container(101, "web", address: "10.87.0.51")
            let client = try rig.client()
            #expect(try await client.version().major == 9)
            let node = try #require(try await client.nodes().first { $0.isOnline }).name
            #expect(try await client.nodeStatus(node).uptime ?? 0 > 0)
            #expect(try await client.storages(node).map(\.name) == ["local", "zfs-vm"])
            #expect(
                try await client.content(node, storage: "local", content: "vztmpl").map(\.id) == [Self.template])
            _ = try await client.content(node, storage: "zfs-vm")
            #expect(try await client.bridges(node).first?.carries(vlan: 20) == true)
            #expect(try await client.interfaces(node).map(\.name) == ["vmbr0"])
            _ = try await client.pools()
            #expect(try await client.freeID() == 100)
            #expect(try await client.freeID(101) == nil)
            #expect(try await client.privileges(on: "/vms").contains("VM.Allocate"))
            let web = try await client.guest("web")
            #expect(web.id == 101 && web.isRunning && web.kind == .lxc)
            #expect(try await client.guest("9000").isTemplate)
            #expect(try await client.address(of: web) == "10.87.0.51")
            #expect(try await client.status(node, .lxc, 101)?.isRunning == true)
            _ = try await client.interfaces(node, .lxc, 101)
            #expect(try await client.config(node, .vm, 9000)?.name == "debian-12-template")
            #expect(try await client.status(node, .vm, 9000)?.isRunning == false)
            #expect(try await client.interfaces(node, .vm, 9000).isEmpty)
            #expect(try await client.config(node, .lxc, 555) == nil)
            let made = try await client.createContainer(
                node, 900_000_001, ["ostemplate": Self.template, "hostname": "made", "rootfs": "zfs-vm:1"])
            try await client.wait(for: made)
            try await client.wait(for: try await client.start(node, .lxc, 900_000_001))
            await #expect(throws: Failure.self) { _ = try await client.delete(node, .lxc, 900_000_001) }
            try await client.wait(for: try await client.stop(node, .lxc, 900_000_001))
            let gone = try #require(try await client.delete(node, .lxc, 900_000_001))
            try await client.wait(for: gone)
            #expect(try await client.log(of: gone).last == "TASK OK")
            #expect(try await client.delete(node, .lxc, 900_000_001) == nil)
            #expect(rig.exchanges.notes.withLock { $0 } == [])
        }
    }

    @Test func theLabIsWell() async throws {
        try await ProxmoxRig.with { rig in
            let found = await examine(rig)
            #expect(found.count == 9)
            #expect(found.values.filter { $0.status != .ok }.map { "\($0.id): \($0.what)" } == [])
            #expect(found["proxmox.bridge"]?.what == "vmbr0 is up, carries VLAN 10, 20")
        }
    }

    @Test func whatATokenLacksIsNamedWithTheCommandThatGivesIt() async throws {
        try await ProxmoxRig.with { rig in
            let made = try await rig.data("POST", "/access/users/nante@pve/token/few", ["privsep": "1"])
            let secret = try #require(made["value"]?.string)
            func grant(_ path: String, _ role: String) async throws {
                _ = try await rig.data("PUT", "/access/acl", ["path": path, "roles": role, "tokens": "nante@pve!few"])
            }
            try await grant("/vms", "PVEVMAdmin")
            try await grant("/storage", "PVEDatastoreUser")
            var found = await examine(rig, token: "nante@pve!few", secret: secret)
            #expect(found["proxmox.token"]?.status == .ok)
            let rights = try #require(found["proxmox.rights"])
            #expect(rights.status == .failed)
            let zone = "/sdn/zones/localnetwork/vmbr0"
            #expect(rights.details == ["SDN.Use on \(zone)/10", "SDN.Use on \(zone)/20"])
            #expect(rights.fix.first == "pveum role add Nante --privs \"SDN.Use\"")
            #expect(
                rights.fix.contains(
                    "pveum acl modify \(zone)/10 --roles Nante --users nante@pve --tokens 'nante@pve!few'"))
            // What the commands say, done by the API, is enough.
            _ = try await rig.data("POST", "/access/roles", ["roleid": "Nante", "privs": "SDN.Use"])
            for tag in [10, 20] { try await grant("\(zone)/\(tag)", "Nante") }
            found = await examine(rig, token: "nante@pve!few", secret: secret)
            #expect(found["proxmox.rights"]?.status == .ok)
            found = await examine(rig, token: "nante@pve!few", secret: "wrong")
            #expect(found["proxmox.token"]?.status == .missing)
            #expect(found["proxmox.rights"]?.status == .skipped)
        }
    }

    @Test func theLiveRunPassesAndLeavesNothing() async throws {
        try await ProxmoxRig.with { rig in
            let checks = LiveChecks.all(rig.platform(), site: Self.site)
            #expect(checks.map(\.service) == ["Proxmox"])
            // A guest of a killed run, and one that only looks like it: its number is not above 900000000.
            try await rig.container(
                900_000_123, "nante-doctor-aaaaaa", address: "10.87.0.61", description: "made by nante doctor --live")
            try await rig.container(123, "nante-doctor-bbbbbb", address: "10.87.0.62")
            var report = await LiveDoctor(checks, context: rig.lab.context).run()
            #expect(report.parts[0].failure == nil)
            #expect(report.parts[0].leftovers == ["nante-doctor-aaaaaa"])
            #expect(report.parts[0].notes == [])
            #expect(try await rig.client().guests().filter { !$0.isTemplate }.map(\.id) == [123])
            report = await LiveDoctor(checks, context: rig.lab.context).run()
            #expect(report.isGood && report.parts[0].leftovers == [])
            #expect(try await rig.hosts.list().map(\.record.name) == ["nante-doctor-bbbbbb"])
        }
    }
}
