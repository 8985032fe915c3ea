mock_provider "proxmox" {}

variables {
  name            = "cache-dev"
  node_name       = "pmx"
  vm_id           = 201
  template        = "local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst"
  storage         = "zfs-vm"
  address         = "192.168.20.70/24"
  gateway         = "192.168.20.1"
  ssh_public_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIInvented root@example"]
}

run "plain" {
  command = plan

  assert {
    condition     = proxmox_virtual_environment_container.this.unprivileged && length(proxmox_virtual_environment_container.this.features) == 0
    error_message = "A container is unprivileged and has no features, which a token may not set, unless asked for."
  }
  assert {
    condition     = length(proxmox_virtual_environment_container.this.device_passthrough) == 0
    error_message = "No device is handed over."
  }
  assert {
    condition     = proxmox_virtual_environment_container.this.operating_system[0].type == "debian" && proxmox_virtual_environment_container.this.memory[0].swap == 512
    error_message = "The kind of system is known by the template's name; swap is as today."
  }
  assert {
    condition     = jsonencode(output.guest) == jsonencode({ name = "cache-dev", vm_id = 201, resource_type = "lxc", user = "root", tags = [], node = "pmx" })
    error_message = "The output tells the container."
  }
}

run "docker_unprivileged" {
  command = plan

  variables {
    docker = true
  }

  assert {
    condition     = proxmox_virtual_environment_container.this.features[0].nesting && proxmox_virtual_environment_container.this.features[0].keyctl
    error_message = "Docker needs nesting, and keyctl in an unprivileged container."
  }
}

run "docker_privileged" {
  command = plan

  variables {
    docker       = true
    unprivileged = false
  }

  assert {
    condition     = proxmox_virtual_environment_container.this.features[0].nesting && !proxmox_virtual_environment_container.this.features[0].keyctl
    error_message = "A privileged container has keyctl anyway."
  }
}

run "fuse" {
  command = plan

  variables {
    fuse = true
  }

  assert {
    condition     = proxmox_virtual_environment_container.this.features[0].fuse && !proxmox_virtual_environment_container.this.features[0].nesting
    error_message = "Each feature is chosen by itself."
  }
}

run "tun_beside_other_devices" {
  command = plan

  variables {
    tun     = true
    devices = { "/dev/kmsg" = "0600" }
  }

  assert {
    condition     = [for one in proxmox_virtual_environment_container.this.device_passthrough : "${one.path} ${one.mode}"] == ["/dev/kmsg 0600", "/dev/net/tun 0666"]
    error_message = "Devices have an order that does not change."
  }
}

run "kinds_of_system" {
  command = plan

  variables {
    template = "local:vztmpl/rockylinux-9-default_20240912_amd64.tar.xz"
  }

  assert {
    condition     = proxmox_virtual_environment_container.this.operating_system[0].type == "centos"
    error_message = "Rocky Linux is set up as CentOS."
  }
}

run "unknown_system" {
  command = plan

  variables {
    template = "local:vztmpl/own-image.tar.zst"
  }

  assert {
    condition     = proxmox_virtual_environment_container.this.operating_system[0].type == "unmanaged"
    error_message = "What is not known is left alone."
  }
}

run "made" {}

run "nothing_replaces_it" {
  command = plan

  variables {
    vm_id           = 301
    template        = "local:vztmpl/alpine-3.22-default_20250617_amd64.tar.xz"
    ssh_public_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAnother root@example"]
  }

  assert {
    condition     = proxmox_virtual_environment_container.this.vm_id == 201 && proxmox_virtual_environment_container.this.operating_system[0].type == "debian"
    error_message = "Id and template only matter while a container is made."
  }
  assert {
    condition     = endswith(split(" ", proxmox_virtual_environment_container.this.initialization[0].user_account[0].keys[0])[1], "Invented")
    error_message = "A later key does not reach a container that exists."
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
    template = "debian-12"
  }

  expect_failures = [var.template]
}

run "refuses_os_type" {
  command = plan

  variables {
    os_type = "windows"
  }

  expect_failures = [var.os_type]
}

run "refuses_swap" {
  command = plan

  variables {
    swap_mb = -1
  }

  expect_failures = [var.swap_mb]
}

run "refuses_device" {
  command = plan

  variables {
    devices = { "/etc/passwd" = "0600" }
  }

  expect_failures = [var.devices]
}

run "refuses_mode" {
  command = plan

  variables {
    devices = { "/dev/kmsg" = "rw" }
  }

  expect_failures = [var.devices]
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
