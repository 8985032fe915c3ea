import Core
import Foundation
import Testing

@testable import Lab

/// Property strings, parameters, ids of tasks and rights.
@Suite struct ProxmoxValueTests {
    @Test(
        arguments: [
            ("bridge=vmbr0,ip=10.0.0.5/24,gw=10.0.0.1,name=eth0", "name=eth0,bridge=vmbr0,gw=10.0.0.1,ip=10.0.0.5/24"),
            ("name=eth0,firewall=true,tag=20", "name=eth0,firewall=1,tag=20"),
        ])
    func readsAndWritesCards(_ text: String, _ expected: String) throws {
        let card = try PropertyString.parse(text, ProxmoxForms.containerCard, name: "net0")
        #expect(card.text(ProxmoxForms.containerCard) == expected)
    }

    @Test func readsBothFormsOfAMachinesCard() throws {
        for text in ["virtio=BC:24:11:00:00:01,bridge=vmbr0", "model=virtio,macaddr=BC:24:11:00:00:01,bridge=vmbr0"] {
            let card = try PropertyString.parse(text, ProxmoxForms.card, name: "net0")
            #expect(card.text(ProxmoxForms.card) == "virtio=BC:24:11:00:00:01,bridge=vmbr0")
        }
        let bare = try PropertyString.parse("virtio,bridge=vmbr0", ProxmoxForms.card, name: "net0")
        #expect(bare.text(ProxmoxForms.card) == "virtio,bridge=vmbr0")
    }

    @Test(
        arguments: [
            ("bridge=vmbr0", "net0.name: property is missing and it is not optional"),
            ("name=eth0,colour=red", "net0.colour: property is not defined in schema"),
            ("name=eth0,tag=0", "net0.tag: value must have a minimum value of 1"),
            ("name=eth0,ip=10.0.0.5", "net0.ip: invalid format"),
            ("name=eth0,name=eth1", "net0.name: duplicate key"), ("eth0", "net0: value without key"),
        ])
    func refusesCards(_ text: String, _ expected: String) {
        #expect(throws: PropertyString.Fault.self) {
            try PropertyString.parse(text, ProxmoxForms.containerCard, name: "net0")
        }
        do { _ = try PropertyString.parse(text, ProxmoxForms.containerCard, name: "net0") } catch {
            #expect((error as? PropertyString.Fault)?.message.contains(expected) == true)
        }
    }

    /// Whatever is read is written so that it reads the same again; nothing crashes.
    @Test func manyPropertyStringsComeBackAsTheyWere() throws {
        var seed: UInt64 = 20_261_124
        func next(_ below: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % below
        }
        let pieces = [
            "name=eth0", "bridge=vmbr0", "ip=dhcp", "ip=10.0.0.5/24", "tag=7", "tag=", "=", ",", "firewall=1", "eth0",
            "gw=1.2.3.4", "hwaddr=02:00:00:00:00:01", "rate=1.5", "ü=ö", "name", "mtu=70000", "trunks=1;2",
            " name=a b",
        ]
        let forms = [ProxmoxForms.containerCard, ProxmoxForms.card, ProxmoxForms.rootDisk, ProxmoxForms.drive]
        var read = 0
        for _ in 0..<4000 {
            let text = (0..<(1 + next(5))).map { _ in pieces[next(pieces.count)] }.joined(separator: ",")
            for form in forms {
                guard let value = try? PropertyString.parse(text, form, name: "x") else { continue }
                read += 1
                let again = try PropertyString.parse(value.text(form), form, name: "x")
                #expect(
                    again.values.sorted { $0.key < $1.key }.map(\.value)
                        == value.values.sorted { $0.key < $1.key }.map(\.value), "\(text)")
            }
        }
        #expect(read > 100)
    }

    @Test func idsOfTasksAreReadAndWritten() {
        let id = ProxmoxTaskID(
            node: "pmx", process: 1234, processStart: 0x00AB_CDEF, start: 1_795_510_800, type: "vzcreate", id: "201",
            user: "nante@pve!lab")
        #expect(id.text == "UPID:pmx:000004D2:00ABCDEF:6B055210:vzcreate:201:nante@pve!lab:")
        #expect(ProxmoxTaskID.parse(id.text) == id)
        for text in ["", "UPID:", id.text + "x", "UPID:pmx:1:2:3:vzcreate:201:root@pam:", "UPID:pmx:zzzzzzzz"] {
            #expect(ProxmoxTaskID.parse(text) == nil)
        }
    }

    @Test func sizesAreReadAndWritten() {
        #expect(GuestPlan.bytes("8G") == 8 << 30)
        #expect(GuestPlan.bytes("512M") == 512 << 20)
        #expect(GuestPlan.bytes("21474836480") == 20 << 30)
        #expect(GuestPlan.bytes("x") == nil)
        #expect(GuestDisks.text(20 << 30) == "20G" && GuestDisks.text(1536 << 20) == "1536M")
    }

    @Test func theNearestGrantCountsAndATokenHasNoMoreThanItsUser() {
        func grant(_ path: String, _ type: String, _ holder: String, _ role: String, _ goesOn: Bool = true)
            -> ProxmoxGrant
        {
            ProxmoxGrant(path: path, type: type, holder: holder, role: role, propagates: goesOn)
        }
        var user = ProxmoxUser(name: "a@pve")
        user.grants = [
            grant("/", "user", "a@pve", "PVEAuditor"), grant("/vms", "user", "a@pve", "PVEVMAdmin"),
            grant("/vms/300", "user", "a@pve", "NoAccess"),
            grant("/storage", "user", "a@pve", "PVEDatastoreUser", false),
            grant("/vms/201", "token", "a@pve!t", "PVEVMUser"), grant("/pool/p", "user", "a@pve", "PVEVMAdmin"),
            grant("/", "token", "a@pve!t", "PVEDatastoreAdmin", false),
        ]
        #expect(user.has("/nodes/pmx", ["Sys.Audit"]))
        #expect(user.has("/vms/201", ["VM.Allocate"]) && !user.has("/vms/201", ["Sys.Audit"]))
        #expect(!user.has("/vms/300", ["VM.Audit"]))
        #expect(user.has("/storage", ["Datastore.AllocateSpace"]))
        #expect(!user.has("/storage/zfs-vm", ["Datastore.AllocateSpace"]))
        user.pools = [300: "p"]
        #expect(user.has("/vms/300", ["VM.Audit"]))
        user.token = "t"
        #expect(user.has("/vms/201", ["VM.Allocate"]))
        user.isSeparated = true
        #expect(!user.has("/vms/201", ["VM.Allocate"]) && user.has("/vms/201", ["VM.PowerMgmt"]))
        #expect(!user.has("/", ["Datastore.Allocate"]))
        var root = ProxmoxUser(name: "root@pam")
        #expect(root.isRoot && root.has("/anything", ["Sys.Modify"]))
        root.token = "t"
        #expect(!root.isRoot && root.has("/anything", ["Sys.Modify"]))
    }

    @Test(
        arguments: [
            ("features", "nesting=1", "1", nil),
            ("features", "nesting=1", "0", "changing feature flags for privileged container is only allowed"),
            ("features", "nesting=1,keyctl=1", "1", "changing feature flags (except nesting) is only allowed"),
            ("dev0", "/dev/net/tun", "1", "configuring device passthrough is only allowed for root@pam"),
            ("mp0", "/srv,mp=/srv", "1", "mount point type bind is only allowed for root@pam"),
            ("cores", "2", "1", nil),
        ] as [(String, String, String, String?)])
    func someThingsAreForTheSuperuserAlone(
        _ option: String, _ value: String, _ unprivileged: String, _ expected: String?
    ) {
        var user = ProxmoxUser(name: "nante@pve", token: "lab")
        user.grants = [
            ProxmoxGrant(path: "/", type: "user", holder: "nante@pve", role: "Administrator", propagates: true)
        ]
        var guest = ProxmoxGuest(vmid: 201, kind: .container, host: "a")
        guest.config = ["unprivileged": unprivileged]
        var found: String?
        do { try GuestRights.check(user, guest, set: [option: value]) } catch {
            found = (error as? ProxmoxFault)?.message
        }
        if let expected { #expect(found?.contains(expected) == true) } else { #expect(found == nil) }
        #expect(throws: Never.self) {
            try GuestRights.check(ProxmoxUser(name: "root@pam"), guest, set: [option: value])
        }
    }
}
