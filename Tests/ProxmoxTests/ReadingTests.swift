import Core
import Testing

@testable import Proxmox

/// How loosely Proxmox VE writes, and how its answers are read all the same.
@Suite struct ReadingTests {
    private func guest(_ members: JSONValue) throws -> ProxmoxGuest {
        var reader = ProxmoxReader(members)
        return try reader.whole(ProxmoxGuest.self)
    }

    @Test(arguments: [.bool(true), .number(1), "1", "true", "yes", "on"] as [JSONValue])
    func readsTrueInEveryForm(_ value: JSONValue) throws {
        #expect(try guest(["vmid": "106", "type": "lxc", "template": value]).isTemplate)
    }

    @Test(arguments: [.bool(false), .number(0), "0", "", nil] as [JSONValue])
    func readsFalseInEveryForm(_ value: JSONValue) throws {
        #expect(try !guest(["vmid": 106, "type": "lxc", "template": value]).isTemplate)
    }

    @Test func readsNumbersInText() throws {
        let found = try guest(["vmid": "106", "type": "qemu", "maxmem": "536870912", "maxcpu": "1.5", "name": 12])
        #expect(found.id == 106 && found.memory == 536_870_912 && found.processors == 1.5 && found.name == "12")
    }

    @Test(
        arguments: [
            (["type": "lxc"], "data.vmid: is missing"), (["vmid": "x", "type": "lxc"], "data.vmid: expected a number"),
            (["vmid": 1.5, "type": "lxc"], "data.vmid: expected a whole number"),
            (["vmid": 1, "type": "openvz"], "data.type: \"openvz\" is no guest"),
            (["vmid": 1, "type": "lxc", "template": 2], "data.template: expected a boolean"),
            (["vmid": 1, "type": "lxc", "name": []], "data.name: expected text"),
        ] as [(JSONValue, String)]) func saysWhereAnAnswerIsWrong(_ members: JSONValue, _ message: String)
    {
        do {
            _ = try guest(members)
            Issue.record("read \(members.text())")
        } catch {
            #expect("\(error)" == message)
        }
    }

    @Test func noticesMembersThatNobodyKnows() throws {
        var reader = ProxmoxReader([["poolid": "a", "colour": "red"], ["poolid": "b", "size": 1]])
        _ = try reader.items(ProxmoxPool.self)
        #expect(reader.unknown == ["data[0].colour", "data[1].size"])
    }

    @Test func readsPropertyStrings() {
        let net = PropertyString("virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1,tag=10")
        #expect(net["bridge"] == "vmbr0" && net.flag("firewall") == true && net["virtio"] == "BC:24:11:00:00:01")
        #expect(net.description == "virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1,tag=10")
        #expect(PropertyString("1,fstrim_cloned_disks=1").flag("") == true)
        #expect(PropertyString("zfs-vm:subvol-101-disk-0,size=8G")["size"] == "8G")
        #expect(PropertyString("").parts.isEmpty)
    }

    @Test func readsIdsOfTasks() throws {
        let id = try #require(TaskID("UPID:pmx:0003A5B1:00D2:6924A1B2:vzcreate:101:nante@pve!lab:"))
        #expect(id.node == "pmx" && id.type == "vzcreate" && id.subject == "101" && id.user == "nante@pve!lab")
        for text in ["", "UPID:", "UPID:a:x:1:1:t:1:u:", "upid:a:1:1:1:t:1:u:", "UPID:a:1:1:1::1:u:"] {
            #expect(TaskID(text) == nil, "\(text)")
        }
    }

    @Test func findsTheAddressThatIsSet() throws {
        func config(_ members: JSONValue) throws -> ProxmoxGuestConfig {
            var reader = ProxmoxReader(members)
            return try reader.whole(ProxmoxGuestConfig.self)
        }
        let container = try config([
            "net1": "name=eth1,ip=10.1.0.5/24", "net0": "name=eth0,ip=dhcp", "protection": 1, "lxc": [["a", "b"]],
        ])
        #expect(container.address == "10.1.0.5" && container.isProtected)
        let machine = try config(["net0": "virtio=BC:24:11:00:00:01", "ipconfig0": "ip=10.2.0.5/24", "agent": "1"])
        #expect(machine.address == "10.2.0.5" && machine.hasAgent)
        #expect(try config(["agent": "enabled=0"]).hasAgent == false)
    }

    @Test func readsTheCardsOfBothShapes() throws {
        var newer = ProxmoxReader([
            [
                "name": "eth0", "hardware-address": "BC:24:11:2E:C5:4A",
                "ip-addresses": [
                    ["ip-address": "fe80::1", "ip-address-type": "inet6", "prefix": 64],
                    ["ip-address": "10.0.0.10", "ip-address-type": "inet", "prefix": "24"],
                ],
            ]
        ])
        #expect(try newer.items(ProxmoxGuestInterface.self).first?.address == "10.0.0.10")
        var older = ProxmoxReader([["name": "eth0", "hwaddr": "x", "inet": "10.0.0.11/24", "inet6": "fe80::1/64"]])
        let card = try older.items(ProxmoxGuestInterface.self).first
        #expect(card?.address == "10.0.0.11" && card?.addresses.count == 2)
    }

    @Test func aBridgeCarriesItsVLANs() throws {
        func bridge(_ members: JSONValue) throws -> ProxmoxInterface {
            var reader = ProxmoxReader(members)
            return try reader.whole(ProxmoxInterface.self)
        }
        let aware = try bridge(["iface": "vmbr0", "type": "bridge", "bridge_vlan_aware": 1, "bridge_vids": "10 20-30"])
        #expect(aware.carries(vlan: 0) && aware.carries(vlan: 10) && aware.carries(vlan: 25))
        #expect(!aware.carries(vlan: 11))
        #expect(try bridge(["iface": "v", "type": "bridge", "bridge_ports": "eno1"]).carries(vlan: 10))
        #expect(try !bridge(["iface": "v", "type": "bridge", "bridge_ports": ""]).carries(vlan: 10))
    }

    @Test func rightsBecomeCommands() {
        let rights = [ProxmoxRight("VM.Audit", on: "/vms"), ProxmoxRight("SDN.Use", on: "/sdn/zones/localnetwork")]
        #expect(
            ProxmoxGrant.commands(rights, token: "nante@pve!ci") == [
                "pveum role add Nante --privs \"SDN.Use VM.Audit\"",
                "pveum acl modify /sdn/zones/localnetwork --roles Nante --users nante@pve --tokens 'nante@pve!ci'",
                "pveum acl modify /vms --roles Nante --users nante@pve --tokens 'nante@pve!ci'",
            ])
        #expect(ProxmoxGrant.commands([], token: "a@b!c").isEmpty)
    }
}
