# What the variables make: guests, names, sizes, networks.

mock_provider "proxmox" {
  mock_data "proxmox_virtual_environment_vms" {
    defaults = {
      vms = [
        { name = "ubuntu-2404-template", node_name = "pmx", status = "stopped", tags = [], template = true, vm_id = 9000 },
        { name = "debian-12-template", node_name = "other", status = "stopped", tags = [], template = true, vm_id = 9001 },
        { name = "debian-12-template", node_name = "pmx", status = "stopped", tags = [], template = true, vm_id = 9002 },
        { name = "shop-vm", node_name = "pmx", status = "running", tags = [], template = false, vm_id = 101 },
      ]
    }
  }
}

variables {
  app_name       = "shop"
  ssh_public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIInvented deploy@example"
}

run "a_single_vm_as_today" {
  command = plan

  # Today's callers pass strings.
  variables {
    vm_target_ip = "192.168.20.50"
    vm_cpu_cores = "4"
    vm_ram_mb    = "8192"
    vm_disk_gb   = "40G"
    name_suffix  = "3f9c"
    vm_id        = 150
  }

  assert {
    condition     = keys(module.vm) == ["default"] && length(module.lxc) == 0
    error_message = "A single VM has the key default."
  }
  assert {
    condition     = output.vm_hostnames == { default = "shop-dev-3f9c" }
    error_message = "Its name is made of app, environment and suffix."
  }
  assert {
    condition     = output.vm_target_ip == "192.168.20.50" && output.vm_target_ips == { default = "192.168.20.50" }
    error_message = "Both outputs of the address are there."
  }
  assert {
    condition     = output.vm_ids == { default = 150 } && output.resource_ids == { default = 150 } && output.lxc_ids == {}
    error_message = "The ids are those of the VM."
  }
  assert {
    condition = jsonencode(output.inventory) == jsonencode({
      default = {
        name = "shop-dev-3f9c", ip_address = "192.168.20.50", vm_id = 150, resource_type = "vm", user = "deploy", tags = [], node = "pmx"
      }
    })
    error_message = "The inventory says what the other outputs say."
  }
  assert {
    condition     = nonsensitive(output.tailscale_auth_key) == ""
    error_message = "No key of the tailnet is in the state."
  }
}

run "networks" {
  command = plan

  variables {
    vm_target_ip = "10.30.0.5"
    vlan_tag     = "30"
    networks = {
      "20" = { subnet = "192.168.20.0/24" }
      "30" = { subnet = "10.30.0.0/28", gateway = "10.30.0.14", dns = ["9.9.9.9"], first_host = 2 }
      ""   = { subnet = "10.87.0.0/16" }
    }
  }

  assert {
    condition     = local.networks["20"].gateway == "192.168.20.1" && local.networks["20"].range == "192.168.20.10 to 192.168.20.254"
    error_message = "Left out, the gateway is the first address, and guests begin with the tenth."
  }
  assert {
    condition     = local.networks["30"].gateway == "10.30.0.14" && local.networks["30"].range == "10.30.0.2 to 10.30.0.14" && local.networks["30"].prefix == 28
    error_message = "A network says otherwise for itself."
  }
  assert {
    condition     = local.networks["0"].range == "10.87.0.10 to 10.87.255.254"
    error_message = "An empty tag is untagged."
  }
}

run "a_single_container" {
  command = plan

  variables {
    resource_type   = "lxc"
    vm_target_ip    = "192.168.10.30"
    vlan_tag        = "10"
    vm_disk_gb      = "8"
    vm_id           = 201
    prevent_destroy = true
    tags            = ["web", "dev"]
  }

  assert {
    condition     = output.lxc_id == 201 && output.lxc_hostname == "shop-dev" && output.vm_hostnames == { default = "shop-dev" }
    error_message = "A container has its own outputs, and the common ones."
  }
  assert {
    condition     = output.lxc_ips == { default = "192.168.10.30" } && output.vm_ids == {}
    error_message = "The address is that of the container, and no VM is made."
  }
  assert {
    condition     = output.inventory["default"].user == "root" && output.inventory["default"].tags == tolist(["dev", "web"])
    error_message = "A container is reached as root; tags are sorted."
  }
}

run "several_guests_of_both_kinds" {
  command = plan

  variables {
    environment = "prod"
    tags        = ["shop"]
    instances = {
      pg1 = { ip_address = "192.168.20.80", cpu_cores = "4", ram_mb = "8192", disk_gb = "1T", vm_id = "110" }
      pg2 = { ip_address = "192.168.20.81", vm_id = 111, tags = ["db"] }
      dns = { ip_address = "192.168.10.53", vm_id = 112, vlan_tag = "10", resource_type = "lxc", disk_gb = "4", name = "ns1" }
      web = { ip_address = "10.87.0.20", vm_id = 113, vlan_tag = "", resource_type = "lxc", node = "other" }
    }
    networks = {
      "0"  = { subnet = "10.87.0.0/24", dns = ["10.87.0.1"] }
      "10" = { subnet = "192.168.10.0/24" }
      "20" = { subnet = "192.168.20.0/24" }
    }
    hostnames = { pg2 = "standby" }
  }

  assert {
    condition     = { for key, guest in local.guests : key => guest.disk } == { pg1 = 1024, pg2 = 20, dns = 4, web = 20 }
    error_message = "Sizes are in GiB, with a unit or without."
  }
  assert {
    condition     = keys(module.vm) == ["pg1", "pg2"] && keys(module.lxc) == ["dns", "web"]
    error_message = "Each guest is made by the module of its kind, by its own key."
  }
  assert {
    condition     = output.vm_hostnames == { pg1 = "shop-prod-pg1", pg2 = "standby", dns = "ns1", web = "shop-prod-web" }
    error_message = "Names are made of the key, unless one is given."
  }
  assert {
    condition     = output.resource_ids == { pg1 = 110, pg2 = 111, dns = 112, web = 113 }
    error_message = "Each guest has its own id."
  }
  assert {
    condition     = output.vm_target_ip == null && output.lxc_id == null
    error_message = "Outputs of a single guest are null."
  }
  assert {
    condition     = output.inventory["pg2"].tags == tolist(["db", "shop"]) && output.inventory["web"].node == "other"
    error_message = "Tags add up, and a guest may have a node of its own."
  }
}

run "names_have_no_underscore" {
  command = plan

  variables {
    app_name     = "web_shop"
    vm_target_ip = "192.168.20.50"
  }

  assert {
    condition     = output.vm_hostnames == { default = "web-shop-dev" }
    error_message = "An underscore is not allowed in a hostname."
  }
}

run "instances_before_a_single_address" {
  command = plan

  variables {
    vm_target_ip = "not used"
    instances    = { a = { ip_address = "192.168.20.50" } }
  }

  assert {
    condition     = keys(module.vm) == ["a"]
    error_message = "With instances the single address is not used."
  }
}

run "what_todays_callers_pass_is_accepted" {
  command = plan

  variables {
    vm_target_ip               = "192.168.20.50"
    proxmox_api_url            = "https://pve.example.com:8006/api2/json"
    proxmox_api_token_id       = "root@pam!terraform"
    proxmox_api_token_secret   = "11111111-2222-3333-4444-555555555555"
    enable_tailscale_terraform = "true"
    instance_count             = "1"
    lxc_unprivileged           = "false"
  }

  assert {
    condition     = keys(module.vm) == ["default"]
    error_message = "Variables that are not used any more do no harm."
  }
}

run "a_vm_outlives_its_template" {
  command = plan

  variables {
    vm_target_ip = "192.168.20.50"
    vm_template  = "gone-template"
    hostnames    = { default = "shop-vm" }
    vm_id        = 101
  }

  assert {
    condition     = output.vm_hostnames == { default = "shop-vm" }
    error_message = "A VM that exists needs no template."
  }
}

run "applied_once" {
  variables {
    # An ephemeral variable has to be set, or unset, in plan and apply alike; a test run with apply wants it set.
    proxmox_api_token_secret = ""
    instances = {
      a = { ip_address = "192.168.20.50", vm_id = 120 }
      b = { ip_address = "192.168.20.51", vm_id = 121, resource_type = "lxc" }
    }
  }

  assert {
    condition     = output.inventory["a"].vm_id == 120 && output.inventory["b"].vm_id == 121
    error_message = "Ids are those that were asked for."
  }
}

run "another_id_and_key_do_not_replace" {
  command = plan

  variables {
    ssh_public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAnother deploy@example"
    vm_template    = "debian-12-template"
    lxc_template   = "local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst"
    instances = {
      a = { ip_address = "192.168.20.50", vm_id = 220 }
      b = { ip_address = "192.168.20.51", vm_id = 221, resource_type = "lxc" }
    }
  }

  assert {
    condition     = output.inventory["a"].vm_id == 120 && output.inventory["b"].vm_id == 121
    error_message = "A guest keeps its id for its whole life."
  }
}
