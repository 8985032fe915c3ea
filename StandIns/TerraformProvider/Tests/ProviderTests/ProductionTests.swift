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
}
