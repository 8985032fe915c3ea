# What the variables ask for, one entry a guest. vm.tf and lxc.tf make the guests.

locals {
  # An empty tag and "0" both mean untagged.
  vlan = var.vlan_tag == "" ? "0" : var.vlan_tag

  # first and last are addresses as numbers: guests lie between them.
  networks = {
    for tag, network in var.networks : tag == "" ? "0" : tag => {
      prefix  = tonumber(split("/", network.subnet)[1])
      gateway = coalesce(network.gateway, cidrhost(network.subnet, 1))
      dns     = network.dns
      first = sum([
        for place, octet in split(".", cidrhost(network.subnet, network.first_host)) : tonumber(octet) * pow(256, 3 - place)
      ])
      last = sum([
        for place, octet in split(".", cidrhost(network.subnet, -2)) : tonumber(octet) * pow(256, 3 - place)
      ])
      range = "${cidrhost(network.subnet, network.first_host)} to ${cidrhost(network.subnet, -2)}"
    }
  }

  several = length(var.instances) > 0
  keys    = local.several ? keys(var.instances) : var.vm_target_ip == "" ? [] : ["default"]
  asked   = { for key in local.keys : key => try(var.instances[key], null) }

  # What an instance leaves out is taken from the variable of the same purpose.
  chosen = {
    for key, one in local.asked : key => {
      kind  = coalesce(try(one.resource_type, null), var.resource_type)
      vlan  = try(one.vlan_tag, null) == null ? local.vlan : one.vlan_tag == "" ? "0" : one.vlan_tag
      disk  = coalesce(try(one.disk_gb, null), var.vm_disk_gb)
      given = try(coalesce(one.name, null), lookup(var.hostnames, key, null), null)
      default_name = join("-", compact([
        var.app_name, var.environment, local.several ? key : var.name_suffix
      ]))
    }
  }

  guests = {
    for key, one in local.asked : key => {
      kind       = local.chosen[key].kind
      name       = coalesce(local.chosen[key].given, replace(local.chosen[key].default_name, "_", "-"))
      address    = try(one.ip_address, var.vm_target_ip)
      network    = local.networks[local.chosen[key].vlan]
      vlan       = tonumber(local.chosen[key].vlan)
      vm_id      = coalesce(try(one.vm_id, null), local.several ? 0 : var.vm_id)
      cores      = coalesce(try(one.cpu_cores, null), var.vm_cpu_cores)
      memory     = coalesce(try(one.ram_mb, null), var.vm_ram_mb)
      disk       = tonumber(trimsuffix(trimsuffix(local.chosen[key].disk, "G"), "T")) * (endswith(local.chosen[key].disk, "T") ? 1024 : 1)
      node       = coalesce(try(one.node, null), var.proxmox_target_node)
      storage    = coalesce(try(one.storage, null), var.proxmox_storage)
      bridge     = coalesce(try(one.bridge, null), var.bridge)
      template   = coalesce(try(one.template, null), local.chosen[key].kind == "vm" ? var.vm_template : var.lxc_template)
      tags       = sort(distinct(concat(var.tags, coalesce(try(one.tags, null), []))))
      protection = coalesce(try(one.prevent_destroy, null), var.prevent_destroy)
      start      = coalesce(try(one.start_on_boot, null), var.start_on_boot)
      privileged = !coalesce(try(one.lxc_unprivileged, null), var.lxc_unprivileged)
      nesting    = coalesce(try(one.lxc_nesting, null), var.lxc_nesting)
      keyctl     = coalesce(try(one.lxc_keyctl, null), var.lxc_keyctl)
      fuse       = coalesce(try(one.lxc_fuse, null), var.lxc_fuse)
      tun        = coalesce(try(one.lxc_tun, null), var.lxc_tun)
      docker     = coalesce(try(one.lxc_features_docker, null), var.lxc_features_docker)
    }
  }

  ssh_public_keys = [for line in split("\n", trimspace(var.ssh_public_key)) : trimspace(line)]
}
