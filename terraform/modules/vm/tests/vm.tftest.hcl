mock_provider "proxmox" {
  mock_data "proxmox_virtual_environment_vms" {
    defaults = {
      vms = [
        { name = "debian-12-template", node_name = "other", status = "stopped", tags = [], template = true, vm_id = 9001 },
        { name = "debian-12-template", node_name = "pmx", status = "stopped", tags = [], template = true, vm_id = 9002 },
        { name = "far-template", node_name = "other", status = "stopped", tags = [], template = true, vm_id = 9003 },
        { name = "old", node_name = "pmx", status = "running", tags = [], template = false, vm_id = 101 },
      ]
    }
  }
}

variables {
  name            = "shop-dev"
  node_name       = "pmx"
  vm_id           = 150
  template        = "debian-12-template"
  storage         = "zfs-vm"
  address         = "192.168.20.50/24"
  gateway         = "192.168.20.1"
  dns_servers     = ["192.168.20.1"]
  ssh_public_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIInvented deploy@example"]
}

run "cloned_from_the_template_on_its_own_node" {
  command = plan

  assert {
    condition     = proxmox_virtual_environment_vm.this.clone[0].vm_id == 9002 && proxmox_virtual_environment_vm.this.clone[0].full
    error_message = "Of two templates of a name the one on the VM's node is taken, and cloned fully."
  }
  assert {
    condition     = proxmox_virtual_environment_vm.this.vm_id == 150 && output.guest.vm_id == 150 && output.guest.user == "deploy"
    error_message = "The id is the one asked for."
  }
  assert {
    condition     = !proxmox_virtual_environment_vm.this.agent[0].enabled && proxmox_virtual_environment_vm.this.migrate
    error_message = "No plan waits for the guest agent, and another node moves a VM."
  }
  assert {
    condition = (
      proxmox_virtual_environment_vm.this.initialization[0].ip_config[0].ipv4[0].address == "192.168.20.50/24"
      && proxmox_virtual_environment_vm.this.initialization[0].user_account[0].username == "deploy"
    )
    error_message = "cloud-init gets address, user and key."
  }
}

run "template_on_another_node" {
  command = plan

  variables {
    template = "far-template"
  }

  assert {
    condition     = proxmox_virtual_environment_vm.this.clone[0].vm_id == 9003 && proxmox_virtual_environment_vm.this.clone[0].node_name == "other"
    error_message = "A template on another node is cloned from there."
  }
}

run "template_by_id" {
  command = plan

  variables {
    template = 9001
    vlan_tag = 20
    disk_gb  = 40
  }

  assert {
    condition     = proxmox_virtual_environment_vm.this.clone[0].vm_id == 9001 && proxmox_virtual_environment_vm.this.clone[0].node_name == "other"
    error_message = "A number is the id of a template."
  }
  assert {
    condition     = proxmox_virtual_environment_vm.this.network_device[0].vlan_id == 20 && proxmox_virtual_environment_vm.this.disk[0].size == 40
    error_message = "VLAN and disk are those asked for."
  }
}

run "unknown_template" {
  command = plan

  variables {
    template = "nowhere"
  }

  expect_failures = [proxmox_virtual_environment_vm.this]
}

run "a_vm_is_no_template" {
  command = plan

  variables {
    template = "old"
  }

  expect_failures = [proxmox_virtual_environment_vm.this]
}

run "an_existing_vm_needs_no_template" {
  command = plan

  variables {
    template = "nowhere"
    vm_id    = 101
  }

  assert {
    condition     = proxmox_virtual_environment_vm.this.vm_id == 101
    error_message = "A VM outlives its template."
  }
}

run "made" {}

run "nothing_replaces_it" {
  command = plan

  variables {
    vm_id           = 160
    template        = "far-template"
    ssh_public_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAnother deploy@example"]
  }

  assert {
    condition     = proxmox_virtual_environment_vm.this.vm_id == 150 && proxmox_virtual_environment_vm.this.clone[0].vm_id == 9002
    error_message = "Id and template only matter while a VM is made."
  }
  assert {
    condition     = endswith(split(" ", proxmox_virtual_environment_vm.this.initialization[0].user_account[0].keys[0])[1], "Invented")
    error_message = "A later key does not reach a VM that exists."
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "a b"
  }

  expect_failures = [var.name]
}

run "refuses_long_name" {
  command = plan

  variables {
    name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.name]
}

run "refuses_name_with_underscore" {
  command = plan

  variables {
    name = "a_b"
  }

  expect_failures = [var.name]
}

run "refuses_reserved_id" {
  command = plan

  variables {
    vm_id = 99
  }

  expect_failures = [var.vm_id]
}

run "refuses_no_cores" {
  command = plan

  variables {
    cores = 0
  }

  expect_failures = [var.cores]
}

run "refuses_little_memory" {
  command = plan

  variables {
    memory_mb = 8
  }

  expect_failures = [var.memory_mb]
}

run "refuses_half_disk" {
  command = plan

  variables {
    disk_gb = 0.5
  }

  expect_failures = [var.disk_gb]
}

run "refuses_vlan" {
  command = plan

  variables {
    vlan_tag = 4095
  }

  expect_failures = [var.vlan_tag]
}

run "refuses_address_without_length" {
  command = plan

  variables {
    address = "192.168.20.50"
  }

  expect_failures = [var.address]
}

run "refuses_foreign_gateway" {
  command = plan

  variables {
    gateway = "192.168.21.1"
  }

  expect_failures = [var.gateway]
}

run "refuses_template" {
  command = plan

  variables {
    template = "a;b"
  }

  expect_failures = [var.template]
}

run "refuses_node" {
  command = plan

  variables {
    node_name = "pmx/.."
  }

  expect_failures = [var.node_name]
}

run "refuses_storage" {
  command = plan

  variables {
    storage = "zfs:vm"
  }

  expect_failures = [var.storage]
}

run "refuses_bridge" {
  command = plan

  variables {
    bridge = "vmbr0;id"
  }

  expect_failures = [var.bridge]
}

run "refuses_dns" {
  command = plan

  variables {
    dns_servers = ["resolver"]
  }

  expect_failures = [var.dns_servers]
}

run "refuses_no_key" {
  command = plan

  variables {
    ssh_public_keys = []
  }

  expect_failures = [var.ssh_public_keys]
}

run "refuses_key" {
  command = plan

  variables {
    ssh_public_keys = ["rm -rf /; x"]
  }

  expect_failures = [var.ssh_public_keys]
}

run "refuses_tag" {
  command = plan

  variables {
    tags = ["a b"]
  }

  expect_failures = [var.tags]
}

run "refuses_cpu_type" {
  command = plan

  variables {
    cpu_type = "host,flags=+x"
  }

  expect_failures = [var.cpu_type]
}

run "refuses_username" {
  command = plan

  variables {
    username = "De Ploy"
  }

  expect_failures = [var.username]
}
