import Testing
import Values

/// Whatever is set and whatever is left out: after an apply there is nothing to change.
@Suite(.enabled(if: Workspace.terraform != nil, "Terraform is not here")) struct SteadyTests {
    private static let container = """
        resource "proxmox_virtual_environment_container" "full" {
          node_name             = "n1"
          vm_id                 = 210
          description           = "two\\nlines"
          tags                  = ["Web", "a"]
          start_on_boot         = false
          started               = false
          pool_id               = ""
          environment_variables = { A = "1" }
          hook_script_file_id   = "local:snippets/hook.sh"
          operating_system { template_file_id = "local:vztmpl/a.tar.zst" }
          console {
            type      = "shell"
            tty_count = 3
          }
          cpu {
            cores = 2
            limit = 1.5
            units = 200
          }
          memory {}
          disk {
            size          = 6
            acl           = true
            mount_options = ["noatime", "discard"]
          }
          features {
            keyctl  = true
            fuse    = true
            nesting = true
            mount   = ["nfs"]
          }
          startup {
            order    = 3
            up_delay = 10
          }
          mount_point {
            path   = "/data/"
            volume = "local"
            size   = "4G"
            backup = true
          }
          mount_point {
            path      = "/srv"
            volume    = "/mnt/shared"
            read_only = true
            shared    = true
          }
          network_interface {
            name       = "eth0"
            vlan_id    = 20
            firewall   = true
            mtu        = 1400
            rate_limit = 12.5
          }
          network_interface {
            name        = "eth1"
            bridge      = "vmbr1"
            mac_address = "bc:24:11:aa:bb:cc"
          }
          initialization {
            hostname = "full"
            dns {
              domain  = "example.org"
              servers = ["10.0.0.1", "10.0.0.2"]
            }
            ip_config {
              ipv4 { address = "dhcp" }
              ipv6 { address = "auto" }
            }
            user_account { password = "pass-word" }
          }
        }
        resource "proxmox_virtual_environment_container" "bare" {
          node_name = "n1"
          operating_system { template_file_id = "local:vztmpl/a.tar.zst" }
        }
        """

    @Test func containers() async throws {
        try await Workspace.with(Self.container) { work in
            try await work.run("apply", "-auto-approve", "-parallelism=1")
            let plan = try await work.run("plan")
            #expect(plan.contains("No changes"), "\(plan)")
            let full = try #require(work.cluster.state.withLock { $0.guests[210] })
            #expect(full.config["mp0"] == "local:subvol-210-disk-1,size=4G,mp=/data/,backup=1")
            #expect(!full.isRunning)
            try await work.run("destroy", "-auto-approve")
        }
    }

    private static let machine = """
        resource "proxmox_virtual_environment_vm" "full" {
          name            = "full"
          node_name       = "n1"
          vm_id           = 310
          description     = "line"
          machine         = "q35"
          bios            = "seabios"
          keyboard_layout = "de"
          kvm_arguments   = "-snapshot"
          hotplug         = "network,disk"
          tags            = ["b", "a"]
          on_boot         = false
          agent {
            enabled = true
            trim    = true
            timeout = "3s"
          }
          cdrom { file_id = "local:iso/a.iso" }
          cpu {
            cores   = 2
            sockets = 2
            numa    = true
            flags   = ["+aes"]
            units   = 100
            type    = "host"
          }
          memory {
            dedicated = 2048
            floating  = 1024
          }
          disk {
            interface    = "scsi1"
            datastore_id = "local-lvm"
            size         = 10
            ssd          = true
            discard      = "on"
            serial       = "data"
            speed { read = 100 }
          }
          disk {
            interface    = "scsi0"
            datastore_id = "local-lvm"
            size         = 8
            iothread     = true
          }
          network_device {
            model      = "e1000"
            vlan_id    = 20
            firewall   = true
            rate_limit = 2.5
          }
          network_device { mac_address = "BC:24:11:AA:BB:CC" }
          serial_device {}
          vga { type = "qxl" }
          startup { order = 2 }
          initialization {
            ip_config {
              ipv4 { address = "dhcp" }
            }
            ip_config {
              ipv6 { address = "auto" }
            }
            user_account { password = "pass-word" }
          }
        }
        resource "proxmox_virtual_environment_vm" "bare" {
          node_name = "n1"
          started   = false
        }
        """

    @Test func machines() async throws {
        try await Workspace.with(Self.machine) { work in
            try await work.run("apply", "-auto-approve", "-parallelism=1")
            let plan = try await work.run("plan")
            #expect(plan.contains("No changes"), "\(plan)")
            let state = try JSON(parsing: await work.run("show", "-json").utf8)
            let all = state["values"]["root_module"]["resources"].array
            let full = try #require(all.first { $0["name"] == "full" })
            #expect(full["values"]["ipv4_addresses"] == .array([.array(["10.0.0.9"])]))
            try await work.run("destroy", "-auto-approve")
        }
    }
}
