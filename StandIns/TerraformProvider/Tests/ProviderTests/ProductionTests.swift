import Testing
import Values

/// The HCL of this repository, unchanged, over the provider.
@Suite(.enabled(if: Workspace.terraform != nil, "Terraform is not here")) struct ProductionTests {
    private static func variables(cores: Int = 2) -> String {
        """
        app_name            = "shop"
        environment         = "test"
        ssh_public_key      = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleOfAPublicKeyPutYoursHereInItsPlace k"
        proxmox_target_node = "n1"
        vm_template         = "debian-12-template"
        lxc_template        = "local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst"
        vm_cpu_cores        = \(cores)
        instances = {
          web = { ip_address = "192.168.20.80", vm_id = 110, tags = ["b", "a"] }
          dns = { ip_address = "192.168.20.81", vm_id = 220, resource_type = "lxc", disk_gb = "8", lxc_tun = true }
        }
        """
    }

    @Test func guestsAreMadeKeptTakenOverAndRemoved() async throws {
        try await Workspace.with("") { work in
            guard try await work.takeProduction() else { return }
            try work.set(Self.variables())
            work.cluster.state.withLock { $0.guests[9000] = MachineTests.template }
            try await work.run("apply", "-auto-approve")
            #expect(work.cluster.state.withLock { Set($0.guests.keys) } == [110, 220, 9000])
            try await work.run("plan", "-detailed-exitcode")

            let vm = "module.vm[\"web\"].proxmox_virtual_environment_vm.this"
            let container = "module.lxc[\"dns\"].proxmox_virtual_environment_container.this"
            try await work.run("state", "rm", vm, container)
            try await work.run("import", vm, "n1/110")
            try await work.run("import", container, "n1/220")
            let made = work.cluster.changes.count
            let plan = try await work.run("plan")
            #expect(plan.contains("0 to add") && plan.contains("0 to destroy"), "\(plan)")
            try await work.run("apply", "-auto-approve")
            #expect(work.cluster.changes.count == made)
            try await work.run("plan", "-detailed-exitcode")

            try work.set(Self.variables(cores: 3))
            try await work.run("apply", "-auto-approve")
            #expect(work.cluster.state.withLock { $0.guests[110]?.config["cores"] } == "3")
            #expect(work.cluster.state.withLock { $0.guests[220]?.config["cores"] } == "3")
            try await work.run("plan", "-detailed-exitcode")
            try await work.run("destroy", "-auto-approve")
            #expect(work.cluster.state.withLock { Set($0.guests.keys) } == [9000])
        }
    }

    /// A VM and a container as another provider, or a hand, made them: with what Proxmox VE fills in left out.
    private static let foreign = [
        110: StubCluster.Guest(
            kind: "qemu",
            config: [
                "name": "shop-test-web", "cores": "2", "memory": "4096", "scsihw": "virtio-scsi-pci", "onboot": "1",
                "agent": "1", "boot": "order=scsi0;net0", "cpu": "host", "sockets": "1", "tags": "a;b",
                "scsi0": "zfs-vm:vm-110-disk-0,size=20G", "net0": "virtio=BC:24:11:00:00:07,bridge=vmbr0,tag=20",
                "ide3": "zfs-vm:vm-110-cloudinit,media=cdrom,size=4M", "nameserver": "192.168.20.1",
                "ipconfig0": "ip=192.168.20.80/24,gw=192.168.20.1", "ciuser": "deploy", "description": "by hand",
            ], isRunning: true),
        220: StubCluster.Guest(
            kind: "lxc",
            config: [
                "hostname": "shop-test-dns", "arch": "amd64", "cores": "2", "memory": "4096", "swap": "512",
                "ostype": "debian", "rootfs": "zfs-vm:subvol-220-disk-0,size=8G", "onboot": "1",
                "unprivileged": "1", "nameserver": "8.8.8.8", "dev0": "/dev/net/tun,mode=0666",
                "net0": "name=eth0,bridge=vmbr0,gw=192.168.20.1,hwaddr=BC:24:11:00:00:08,ip=192.168.20.81/24,tag=20",
            ], isRunning: true),
    ]

    @Test func guestsOfAnotherToolAreTakenOverAndGoOnRunning() async throws {
        try await Workspace.with("") { work in
            guard try await work.takeProduction() else { return }
            try work.set(Self.variables())
            work.cluster.state.withLock {
                $0.guests = Self.foreign
                $0.guests[9000] = MachineTests.template
            }
            let vm = "module.vm[\"web\"].proxmox_virtual_environment_vm.this"
            let container = "module.lxc[\"dns\"].proxmox_virtual_environment_container.this"
            try await work.run("import", vm, "n1/110")
            try await work.run("import", container, "n1/220")
            let plan = try await work.run("plan")
            #expect(plan.contains("0 to add") && plan.contains("0 to destroy"), "\(plan)")
            try await work.run("apply", "-auto-approve")
            let power = work.cluster.changes.filter { $0.contains("/status/") }
            #expect(power.isEmpty, "\(plan)\n\(work.cluster.changes.joined(separator: "\n"))")
            try await work.run("plan", "-detailed-exitcode")
        }
    }
}
