import Core
import Foundation
import Testing

@testable import Lab

/// Virtual machines, pools and storages over the API.
@Suite struct ProxmoxMachineTests {
    private static let qemu = "/nodes/pmx/qemu"

    @Test func aMachineIsClonedConfiguredStartedAndRemoved() async throws {
        try await ProxmoxRig.with { rig in
            let qemu = ProxmoxMachineTests.qemu
            let list = try await rig.data("GET", qemu)
            #expect(list[0]?["name"]?.string == "debian-12-template" && list[0]?["template"]?.int == 1)
            let form: KeyValuePairs = ["newid": "301", "full": "1", "name": "vm-1", "storage": "zfs-vm"]
            #expect(try await rig.task("POST", "\(qemu)/9000/clone", form) == "OK")
            _ = try await rig.data(
                "PUT", "\(qemu)/301/config",
                [
                    "ciuser": "deploy", "sshkeys": "ssh-ed25519%20AAAA%20k", "cores": "2", "memory": "2048",
                    "ipconfig0": "ip=10.87.0.61/24,gw=10.87.0.1", "net0": "model=virtio,bridge=vmbr0,firewall=0",
                    "ide2": "file=zfs-vm:cloudinit,media=cdrom", "agent": "enabled=0,fstrim_cloned_disks=0,type=virtio",
                ])
            #expect(try rig.hosts.store.names() == [])
            let config = try await rig.data("GET", "\(qemu)/301/config")
            #expect(config["ide2"]?.string == "zfs-vm:vm-301-cloudinit,media=cdrom")
            #expect(config["scsi0"]?.string == "zfs-vm:vm-301-disk-0,size=3G" && config["template"] == nil)
            #expect(config["memory"]?.string == "2048" && config["cores"]?.int == 2)
            #expect(config["sshkeys"]?.string == "ssh-ed25519%20AAAA%20k")
            let resize: KeyValuePairs = ["disk": "scsi0", "size": "21474836480"]
            #expect(try await rig.task("PUT", "\(qemu)/301/resize", resize) == "OK")
            _ = try await rig.data("PUT", "\(qemu)/301/cloudinit")
            #expect(try await rig.task("POST", "\(qemu)/301/status/start", ["timeout": "1800"]) == "OK")
            let record = try rig.hosts.find("vm-1")
            #expect(record.kind == "vm" && record.address == "10.87.0.61" && record.vmid == 301)
            #expect(record.spec.user == "deploy" && record.spec.disk == 20 && record.spec.cores == 2)
            #expect(record.spec.authorizedKeys == ["ssh-ed25519 AAAA k"])
            let again = try await rig.data("GET", "\(qemu)/301/config")
            #expect(again["cores"]?.int == 2 && again["memory"]?.string == "2048")
            #expect(
                try await rig.refusal("GET", "\(qemu)/301/agent/network-get-interfaces")
                    == "500 No QEMU guest agent configured")
            #expect(try await rig.refusal("DELETE", "\(qemu)/301/") == "500 VM 301 is running - destroy failed")
            #expect(try await rig.task("POST", "\(qemu)/301/status/stop") == "OK")
            let purge: KeyValuePairs = ["destroy-unreferenced-disks": "1", "purge": "1"]
            #expect(try await rig.task("DELETE", "\(qemu)/301/", purge) == "OK")
            #expect(try rig.hosts.store.names() == [])
            #expect(
                try await rig.refusal("GET", "\(qemu)/301/config")
                    == "500 Configuration file 'nodes/pmx/qemu-server/301.conf' does not exist")
        }
    }

    @Test func aMachineIsMadeAsTheProviderDoes() async throws {
        try await ProxmoxRig.with { rig in
            let made = try await rig.task(
                "POST", ProxmoxMachineTests.qemu,
                [
                    "acpi": "1", "agent": "enabled=0,fstrim_cloned_disks=0,type=virtio", "balloon": "0",
                    "bios": "seabios", "boot": "order=virtio0;net0", "ciuser": "debian", "cores": "2",
                    "cpu": "x86-64-v2-AES", "ide2": "file=zfs-vm:cloudinit,",
                    "ipconfig0": "gw=10.87.0.1,ip=10.87.0.66/24",
                    "keyboard": "en-us", "memory": "2048", "name": "v1", "net0": "model=virtio,bridge=vmbr0,firewall=0",
                    "numa": "0", "onboot": "1", "ostype": "l26", "protection": "0", "scsihw": "virtio-scsi-pci",
                    "sockets": "1", "sshkeys": "ssh-ed25519%20AAAA%20k", "tablet": "1", "tags": "web", "template": "0",
                    "virtio0": "file=zfs-vm:0,size=21474836480,aio=io_uring,backup=1,iothread=0,discard=on,cache=none",
                    "vmid": "301",
                ])
            #expect(made == "OK")
            let config = try await rig.data("GET", "\(ProxmoxMachineTests.qemu)/301/config")
            #expect(config["virtio0"]?.string?.hasPrefix("zfs-vm:vm-301-disk-0,aio=io_uring,backup=1") == true)
            #expect(config["virtio0"]?.string?.hasSuffix("size=20G") == true)
            #expect(config["ide2"]?.string == "zfs-vm:vm-301-cloudinit,media=cdrom")
            let all = try await rig.data("GET", "/cluster/resources", ["type": "vm"])
            #expect(all.array?.compactMap { $0["id"]?.string }.sorted() == ["qemu/301", "qemu/9000"])
        }
    }

    @Test func withoutADriverForMachinesThatIsSaid() async throws {
        try await ProxmoxRig.with(kinds: ["lxc"]) { rig in
            let text = try await rig.refusal("POST", "\(ProxmoxMachineTests.qemu)/9000/clone", ["newid": "301"])
            #expect(text.contains("the lab makes no hosts of kind vm"))
        }
    }

    @Test func poolsHoldGuestsAndAreRemovedEmpty() async throws {
        try await ProxmoxRig.with { rig in
            _ = try await rig.data("POST", "/pools", ["poolid": "lab", "comment": "c"])
            #expect(try await rig.refusal("POST", "/pools", ["poolid": "lab"]).contains("already exists"))
            try await rig.container(201, "a", address: "10.87.0.51")
            _ = try await rig.data("PUT", "/pools", ["poolid": "lab", "vms": "201"])
            let pool = try await rig.data("GET", "/pools", ["poolid": "lab"])
            #expect(pool[0]?["members"]?[0]?["vmid"]?.int == 201)
            #expect(try await rig.refusal("DELETE", "/pools", ["poolid": "lab"]).contains("is not empty"))
            _ = try await rig.data("PUT", "/pools/lab", ["vms": "201", "delete": "1"])
            _ = try await rig.data("DELETE", "/pools/lab")
            #expect(try await rig.data("GET", "/pools").array == [])
        }
    }

    @Test func filesAreSentListedAndRemoved() async throws {
        try await ProxmoxRig.with { rig in
            let path = "/nodes/pmx/storage/local"
            let body =
                "--BB\r\nContent-Disposition: form-data; name=\"content\"\r\n\r\niso\r\n--BB\r\n"
                + "Content-Disposition: form-data; name=\"filename\"; filename=\"a.iso\"\r\n\r\nbytes\r\n--BB--\r\n"
            let answer = try await rig.lab.context.http.send(
                HTTPCall(
                    "POST", rig.lab.url("proxmox") + "/api2/json\(path)/upload",
                    headers: [
                        ("Authorization", "PVEAPIToken=nante@pve!lab=\(rig.lab.keys.proxmoxSecret ?? "")"),
                        ("Content-Type", "multipart/form-data; boundary=BB"),
                    ], body: .data(Data(body.utf8)), trust: rig.lab.home.authority))
            #expect(answer.status == 200, "\(answer.text)")
            let files = try await rig.data("GET", "\(path)/content", ["content": "iso"])
            #expect(files[0]?["volid"]?.string == "local:iso/a.iso" && files[0]?["size"]?.int == 5)
            let one = try await rig.data("GET", "\(path)/content/local:iso%2Fa.iso")
            #expect(one["format"]?.string == "iso")
            #expect(try await rig.task("DELETE", "\(path)/content/local:iso/a.iso") == "OK")
            let templates = try await rig.data("GET", "\(path)/content", ["content": "vztmpl"])
            #expect(templates[0]?["volid"]?.string == ProxmoxStorages.template)
            #expect(
                try await rig.refusal("GET", "/nodes/pmx/storage/other/status") == "500 storage 'other' does not exist")
        }
    }
}
