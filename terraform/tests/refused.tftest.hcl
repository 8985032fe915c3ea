# Every input that has to be refused, before anything is asked of the cluster.

mock_provider "proxmox" {
  mock_data "proxmox_virtual_environment_vms" {
    defaults = {
      vms = [
        { name = "ubuntu-2404-template", node_name = "pmx", status = "stopped", tags = [], template = true, vm_id = 9000 },
      ]
    }
  }
}

variables {
  app_name       = "shop"
  ssh_public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIInvented deploy@example"
  vm_target_ip   = "192.168.20.50"
}

run "app_name_empty" {
  command = plan

  variables {
    app_name = ""
  }

  expect_failures = [var.app_name]
}

run "app_name_metacharacters" {
  command = plan

  variables {
    app_name = "shop;reboot"
  }

  expect_failures = [var.app_name]
}

run "app_name_interpolation" {
  command = plan

  variables {
    app_name = "$${path.cwd}"
  }

  expect_failures = [var.app_name]
}

run "app_name_quote" {
  command = plan

  variables {
    app_name = "a\"b"
  }

  expect_failures = [var.app_name]
}

run "app_name_leading_digit" {
  command = plan

  variables {
    app_name = "1shop"
  }

  expect_failures = [var.app_name]
}

run "app_name_trailing_dash" {
  command = plan

  variables {
    app_name = "shop-"
  }

  expect_failures = [var.app_name]
}

run "app_name_newline" {
  command = plan

  variables {
    app_name = "shop\nx"
  }

  expect_failures = [var.app_name]
}

run "app_name_too_long" {
  command = plan

  variables {
    app_name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.app_name]
}

run "environment_empty" {
  command = plan

  variables {
    environment = ""
  }

  expect_failures = [var.environment]
}

run "environment_metacharacters" {
  command = plan

  variables {
    environment = "dev$(id)"
  }

  expect_failures = [var.environment]
}

run "environment_underscore" {
  command = plan

  variables {
    environment = "my_env"
  }

  expect_failures = [var.environment]
}

run "resource_type_unknown" {
  command = plan

  variables {
    resource_type = "docker"
  }

  expect_failures = [var.resource_type]
}

run "vm_target_ip_outside_its_vlan" {
  command = plan

  variables {
    vm_target_ip = "192.168.10.50"
  }

  expect_failures = [var.vm_target_ip]
}

run "vm_target_ip_below_first_host" {
  command = plan

  variables {
    vm_target_ip = "192.168.20.9"
  }

  expect_failures = [var.vm_target_ip]
}

run "vm_target_ip_broadcast" {
  command = plan

  variables {
    vm_target_ip = "192.168.20.255"
  }

  expect_failures = [var.vm_target_ip]
}

run "vm_target_ip_gateway" {
  command = plan

  variables {
    vm_target_ip = "192.168.20.1"
  }

  expect_failures = [var.vm_target_ip]
}

run "vm_target_ip_no_address" {
  command = plan

  variables {
    vm_target_ip = "192.168.20"
  }

  expect_failures = [var.vm_target_ip]
}

run "vm_target_ip_with_length" {
  command = plan

  variables {
    vm_target_ip = "192.168.20.50/24"
  }

  expect_failures = [var.vm_target_ip]
}

run "vm_target_ip_leading_zero" {
  command = plan

  variables {
    vm_target_ip = "192.168.020.50"
  }

  expect_failures = [var.vm_target_ip]
}

run "vm_target_ip_a_name" {
  command = plan

  variables {
    vm_target_ip = "db.example.com"
  }

  expect_failures = [var.vm_target_ip]
}

run "vm_target_ip_octet_too_large" {
  command = plan

  variables {
    vm_target_ip = "192.168.20.256"
  }

  expect_failures = [var.vm_target_ip]
}

run "vlan_tag_not_in_networks" {
  command = plan

  variables {
    vlan_tag = "30"
  }

  expect_failures = [var.vlan_tag]
}

run "vlan_tag_a_word" {
  command = plan

  variables {
    vlan_tag = "web"
  }

  expect_failures = [var.vlan_tag]
}

run "vlan_tag_untagged_without_network" {
  command = plan

  variables {
    vlan_tag = "0"
  }

  expect_failures = [var.vlan_tag]
}

run "vm_cpu_cores_none" {
  command = plan

  variables {
    vm_cpu_cores = 0
  }

  expect_failures = [var.vm_cpu_cores]
}

run "vm_cpu_cores_half" {
  command = plan

  variables {
    vm_cpu_cores = 1.5
  }

  expect_failures = [var.vm_cpu_cores]
}

run "vm_cpu_cores_too_many" {
  command = plan

  variables {
    vm_cpu_cores = 129
  }

  expect_failures = [var.vm_cpu_cores]
}

run "vm_ram_mb_too_small" {
  command = plan

  variables {
    vm_ram_mb = 32
  }

  expect_failures = [var.vm_ram_mb]
}

run "vm_ram_mb_half" {
  command = plan

  variables {
    vm_ram_mb = 512.5
  }

  expect_failures = [var.vm_ram_mb]
}

run "vm_disk_gb_megabytes" {
  command = plan

  variables {
    vm_disk_gb = "512M"
  }

  expect_failures = [var.vm_disk_gb]
}

run "vm_disk_gb_zero" {
  command = plan

  variables {
    vm_disk_gb = "0"
  }

  expect_failures = [var.vm_disk_gb]
}

run "vm_disk_gb_words" {
  command = plan

  variables {
    vm_disk_gb = "20 GB"
  }

  expect_failures = [var.vm_disk_gb]
}

run "vm_disk_gb_negative" {
  command = plan

  variables {
    vm_disk_gb = "-8"
  }

  expect_failures = [var.vm_disk_gb]
}

run "vm_disk_gb_fraction" {
  command = plan

  variables {
    vm_disk_gb = "2.5G"
  }

  expect_failures = [var.vm_disk_gb]
}

run "vm_id_reserved" {
  command = plan

  variables {
    vm_id = 99
  }

  expect_failures = [var.vm_id]
}

run "vm_id_fraction" {
  command = plan

  variables {
    vm_id = 100.5
  }

  expect_failures = [var.vm_id]
}

run "vm_id_too_large" {
  command = plan

  variables {
    vm_id = 1000000000
  }

  expect_failures = [var.vm_id]
}

run "vm_id_with_instances" {
  command = plan

  variables {
    vm_id     = 200
    instances = { a = { ip_address = "192.168.20.50" } }
  }

  expect_failures = [var.vm_id]
}

run "name_suffix_capital" {
  command = plan

  variables {
    name_suffix = "3F9C"
  }

  expect_failures = [var.name_suffix]
}

run "name_suffix_dash" {
  command = plan

  variables {
    name_suffix = "-a"
  }

  expect_failures = [var.name_suffix]
}

run "instance_count_eleven" {
  command = plan

  variables {
    instance_count = 11
  }

  expect_failures = [var.instance_count]
}

run "hostnames_unknown_key" {
  command = plan

  variables {
    hostnames = { other = "name" }
  }

  expect_failures = [var.hostnames]
}

run "proxmox_target_node_slash" {
  command = plan

  variables {
    proxmox_target_node = "pmx/.."
  }

  expect_failures = [var.proxmox_target_node]
}

run "proxmox_storage_colon" {
  command = plan

  variables {
    proxmox_storage = "zfs:vm"
  }

  expect_failures = [var.proxmox_storage]
}

run "bridge_too_long" {
  command = plan

  variables {
    bridge = "vmbr0123456789012"
  }

  expect_failures = [var.bridge]
}

run "bridge_space" {
  command = plan

  variables {
    bridge = "vm br0"
  }

  expect_failures = [var.bridge]
}

run "dns_domain_space" {
  command = plan

  variables {
    dns_domain = "a b"
  }

  expect_failures = [var.dns_domain]
}

run "ssh_public_key_empty" {
  command = plan

  variables {
    ssh_public_key = ""
  }

  expect_failures = [var.ssh_public_key]
}

run "ssh_public_key_private" {
  command = plan

  variables {
    ssh_public_key = "-----BEGIN OPENSSH PRIVATE KEY-----"
  }

  expect_failures = [var.ssh_public_key]
}

run "ssh_public_key_second_line" {
  command = plan

  variables {
    ssh_public_key = "ssh-ed25519 AAAA a\nrm -rf /"
  }

  expect_failures = [var.ssh_public_key]
}

run "tags_capital" {
  command = plan

  variables {
    tags = ["Web"]
  }

  expect_failures = [var.tags]
}

run "tags_semicolon" {
  command = plan

  variables {
    tags = ["a;b"]
  }

  expect_failures = [var.tags]
}

run "tags_empty" {
  command = plan

  variables {
    tags = [""]
  }

  expect_failures = [var.tags]
}

run "vm_template_quote" {
  command = plan

  variables {
    vm_template = "a'b"
  }

  expect_failures = [var.vm_template]
}

run "vm_template_empty" {
  command = plan

  variables {
    vm_template = ""
  }

  expect_failures = [var.vm_template]
}

run "lxc_template_without_storage" {
  command = plan

  variables {
    lxc_template = "debian-12.tar.zst"
  }

  expect_failures = [var.lxc_template]
}

run "lxc_template_iso" {
  command = plan

  variables {
    lxc_template = "local:iso/debian.iso"
  }

  expect_failures = [var.lxc_template]
}

run "lxc_template_up" {
  command = plan

  variables {
    lxc_template = "local:vztmpl/../x"
  }

  expect_failures = [var.lxc_template]
}

run "lxc_swap_mb_negative" {
  command = plan

  variables {
    lxc_swap_mb = -1
  }

  expect_failures = [var.lxc_swap_mb]
}

run "instances_key_metacharacters" {
  command = plan

  variables {
    instances = { "a b" = { ip_address = "192.168.20.50" } }
  }

  expect_failures = [var.instances]
}

run "instances_no_address" {
  command = plan

  variables {
    instances = { a = { ip_address = "here" } }
  }

  expect_failures = [var.instances]
}

run "instances_outside_the_vlan" {
  command = plan

  variables {
    instances = { a = { ip_address = "192.168.10.50" } }
  }

  expect_failures = [var.instances]
}

run "instances_outside_its_own_vlan" {
  command = plan

  variables {
    instances = { a = { ip_address = "192.168.20.50", vlan_tag = "10" } }
  }

  expect_failures = [var.instances]
}

run "instances_below_first_host" {
  command = plan

  variables {
    instances = { a = { ip_address = "192.168.20.2" } }
  }

  expect_failures = [var.instances]
}

run "instances_unknown_vlan" {
  command = plan

  variables {
    instances = { a = { ip_address = "192.168.20.50", vlan_tag = "77" } }
  }

  expect_failures = [var.instances]
}

run "instances_same_address" {
  command = plan

  variables {
    instances = { a = { ip_address = "192.168.20.50" }, b = { ip_address = "192.168.20.50" } }
  }

  expect_failures = [var.instances]
}

run "instances_same_id" {
  command = plan

  variables {
    instances = { a = { ip_address = "192.168.20.50", vm_id = 120 }, b = { ip_address = "192.168.20.51", vm_id = 120 } }
  }

  expect_failures = [var.instances]
}

run "instances_reserved_id" {
  command = plan

  variables {
    instances = { a = { ip_address = "192.168.20.50", vm_id = 12 } }
  }

  expect_failures = [var.instances]
}

run "instances_unknown_type" {
  command = plan

  variables {
    instances = { a = { ip_address = "192.168.20.50", resource_type = "pod" } }
  }

  expect_failures = [var.instances]
}

run "instances_no_cores" {
  command = plan

  variables {
    instances = { a = { ip_address = "192.168.20.50", cpu_cores = 0 } }
  }

  expect_failures = [var.instances]
}

run "instances_little_memory" {
  command = plan

  variables {
    instances = { a = { ip_address = "192.168.20.50", ram_mb = 1 } }
  }

  expect_failures = [var.instances]
}

run "instances_bad_disk" {
  command = plan

  variables {
    instances = { a = { ip_address = "192.168.20.50", disk_gb = "8M" } }
  }

  expect_failures = [var.instances]
}

run "instances_bad_tag" {
  command = plan

  variables {
    instances = { a = { ip_address = "192.168.20.50", tags = ["A"] } }
  }

  expect_failures = [var.instances]
}

run "networks_bad_tag" {
  command = plan

  variables {
    networks = { "20" = { subnet = "192.168.20.0/24" }, "5000" = { subnet = "192.168.50.0/24" } }
  }

  expect_failures = [var.networks]
}

run "networks_host_bits" {
  command = plan

  variables {
    networks = { "20" = { subnet = "192.168.20.5/24" } }
  }

  expect_failures = [var.networks]
}

run "networks_no_subnet" {
  command = plan

  variables {
    networks = { "20" = { subnet = "192.168.20" } }
  }

  expect_failures = [var.networks]
}

run "networks_ipv6" {
  command = plan

  variables {
    networks = { "20" = { subnet = "fd00::/64" } }
  }

  expect_failures = [var.networks]
}

run "networks_foreign_gateway" {
  command = plan

  variables {
    networks = { "20" = { subnet = "192.168.20.0/24", gateway = "192.168.21.1" } }
  }

  expect_failures = [var.networks]
}

run "networks_bad_dns" {
  command = plan

  variables {
    networks = { "20" = { subnet = "192.168.20.0/24", dns = ["resolver"] } }
  }

  expect_failures = [var.networks]
}

run "networks_first_host_outside" {
  command = plan

  variables {
    networks = { "20" = { subnet = "192.168.20.0/24", first_host = 300 } }
  }

  expect_failures = [var.networks]
}

run "nothing_asked_for" {
  command = plan

  variables {
    vm_target_ip = ""
  }

  expect_failures = [output.inventory]
}

run "two_names_the_same" {
  command = plan

  variables {
    instances = { a-b = { ip_address = "192.168.20.50" }, a_b = { ip_address = "192.168.20.51" } }
  }

  expect_failures = [output.inventory]
}

run "vm_cpu_type_flags" {
  command = plan

  variables {
    vm_cpu_type = "host,flags=+x"
  }

  expect_failures = [var.vm_cpu_type]
}
