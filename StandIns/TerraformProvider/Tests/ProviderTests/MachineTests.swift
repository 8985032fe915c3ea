import Testing
import Values

/// A virtual machine's life by the real Terraform.
@Suite(.enabled(if: Workspace.terraform != nil, "Terraform is not here")) struct MachineTests {
    private static func clone(cores: Int = 2, size: Int = 20) -> String {
        """
        data "proxmox_virtual_environment_vms" "templates" {
          filter {
            name   = "template"
            values = ["true"]
          }
        }
        resource "proxmox_virtual_environment_vm" "this" {
          name       = "v1"
          node_name  = "n1"
          vm_id      = 301
          tags       = ["web"]
          boot_order = ["scsi0"]
          clone {
            vm_id = data.proxmox_virtual_environment_vms.templates.vms[0].vm_id
          }
          agent { enabled = false }
          cpu {
            cores = \(cores)
            type  = "x86-64-v2-AES"
          }
          memory { dedicated = 2048 }
          disk {
            interface    = "scsi0"
            datastore_id = "zfs-vm"
            size         = \(size)
          }
          network_device { bridge = "vmbr0" }
          serial_device {}
          operating_system { type = "l26" }
          initialization {
            datastore_id = "zfs-vm"
            interface    = "ide2"
            upgrade      = false
            dns { servers = ["10.0.0.1"] }
            ip_config {
              ipv4 {
                address = "10.0.0.6/24"
                gateway = "10.0.0.1"
              }
            }
            user_account {
              username = "deploy"
              keys     = ["ssh-ed25519 AAAA k"]
            }
          }
        }
        """
    }

    /// A template as an image of a distribution makes it.
    static let template = StubCluster.Guest(
        kind: "qemu",
        config: [
            "name": "debian-12-template", "template": "1", "cores": "1", "memory": "1024",
            "scsi0": "zfs-vm:base-9000-disk-0,size=8G", "net0": "virtio=BC:24:11:00:00:99,bridge=vmbr0",
            "ide2": "zfs-vm:vm-9000-cloudinit,media=cdrom",
        ])

    private static func addTemplate(to work: Workspace) {
        work.cluster.state.withLock { $0.guests[9000] = template }
    }

    @Test func isClonedReadChangedAndRemoved() async throws {
        try await Workspace.with(Self.clone()) { work in
            Self.addTemplate(to: work)
            try await work.run("apply", "-auto-approve")
            let state = try await work.attributes("proxmox_virtual_environment_vm")
            #expect(state["id"] == "301")
            #expect(state["disk"].array.first?["size"] == .int(20))
            #expect(state["mac_addresses"] == .array(["BC:24:11:00:00:02"]))
            #expect(
                work.cluster.changes.first == "POST nodes/n1/qemu/9000/clone full=1 name=v1 newid=301")
            #expect(work.cluster.changes.contains("PUT nodes/n1/qemu/301/resize disk=scsi0 size=21474836480"))
            let again = try await work.run("plan", "-detailed-exitcode")
            #expect(again.contains("No changes"))

            try work.write(Self.clone(cores: 4, size: 30))
            try await work.run("apply", "-auto-approve")
            #expect(
                work.cluster.changes.suffix(4) == [
                    "PUT nodes/n1/qemu/301/config cores=4", "PUT nodes/n1/qemu/301/resize disk=scsi0 size=32212254720",
                    "POST nodes/n1/qemu/301/status/shutdown forceStop=1 timeout=1795",
                    "POST nodes/n1/qemu/301/status/start timeout=1800",
                ])
            try await work.run("plan", "-detailed-exitcode")

            work.cluster.state.withLock { $0.guests[301]?.isRunning = false }
            let stopped = try await work.run("plan", "-detailed-exitcode", status: 2)
            #expect(stopped.contains("started"))
            try await work.run("destroy", "-auto-approve")
            #expect(work.cluster.state.withLock { Array($0.guests.keys) } == [9000])
            #expect(
                work.cluster.changes.last
                    == "DELETE nodes/n1/qemu/301 destroy-unreferenced-disks=1 purge=1")
        }
    }

    @Test func aDiskIsMovedAndAnAddressChanged() async throws {
        try await Workspace.with(Self.clone()) { work in
            Self.addTemplate(to: work)
            try await work.run("apply", "-auto-approve")
            let made = work.cluster.changes.count
            try work.write(
                Self.clone().replacing("\"zfs-vm\"\n    size", with: "\"other\"\n    size").replacing(
                    "10.0.0.6", with: "10.0.0.7"))
            try await work.run("apply", "-auto-approve")
            #expect(
                Array(work.cluster.changes.dropFirst(made)) == [
                    "POST nodes/n1/qemu/301/move_disk delete=1 disk=scsi0 storage=other",
                    "PUT nodes/n1/qemu/301/config ipconfig0=gw=10.0.0.1,ip=10.0.0.7/24",
                    "PUT nodes/n1/qemu/301/cloudinit",
                ])
            try await work.run("plan", "-detailed-exitcode")
        }
    }

    @Test func isMadeOfAnImage() async throws {
        let hcl = """
            resource "proxmox_virtual_environment_vm" "this" {
              name      = "v2"
              node_name = "n1"
              vm_id     = 302
              disk {
                interface    = "virtio0"
                datastore_id = "local-lvm"
                import_from  = "local:import/debian-12.qcow2"
                size         = 20
              }
              network_device {}
              stop_on_destroy = true
            }
            """
        try await Workspace.with(hcl) { work in
            try await work.run("apply", "-auto-approve")
            let first = try #require(work.cluster.changes.first)
            #expect(first.contains(" boot=order=virtio0;net0 "))
            #expect(
                first.contains(
                    "virtio0=file=local-lvm:0,import-from=local:import/debian-12.qcow2,size=21474836480,aio=io_uring,"
                        + "backup=1,iothread=0,discard=ignore,cache=none,replicate=1"))
            try await work.run("plan", "-detailed-exitcode")
            try await work.run("destroy", "-auto-approve")
            #expect(work.cluster.changes.contains("POST nodes/n1/qemu/302/status/stop"))
        }
    }

    @Test func aRefusedStartLeavesATaintedVM() async throws {
        try await Workspace.with(Self.clone()) { work in
            Self.addTemplate(to: work)
            work.cluster.state.withLock {
                $0.refusals["POST nodes/n1/qemu/301/status/start"] = .init(
                    status: 500, body: "{\"data\":null,\"message\":\"no memory left\\n\"}")
            }
            let refusal = try await work.run("apply", "-auto-approve", status: 1)
            #expect(refusal.contains("no memory left"))
            work.cluster.state.withLock { $0.refusals = [:] }
            let plan = try await work.run("plan", "-detailed-exitcode", status: 2)
            #expect(plan.contains("is tainted, so must be replaced"))
        }
    }
}
