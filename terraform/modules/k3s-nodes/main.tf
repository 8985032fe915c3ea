# The machines of a K3s cluster, as VMs or containers. K3s itself is not installed here.

locals {
  nodes = merge(
    { for key, node in var.control_plane.nodes : key => merge(node, { role = "server", size = var.control_plane }) },
    { for key, node in var.workers.nodes : key => merge(node, { role = "agent", size = var.workers }) },
  )

  common = {
    for key, node in local.nodes : key => {
      name      = "${var.cluster_name}-${key}"
      address   = "${node.ip_address}/${split("/", var.subnet)[1]}"
      vm_id     = node.vm_id
      node_name = coalesce(node.node_name, var.node_name)
      cores     = node.size.cores
      memory_mb = node.size.memory_mb
      disk_gb   = node.size.disk_gb
      tags      = sort(distinct(concat(var.tags, ["k3s", "k3s-${node.role}"])))
      role      = node.role
    }
  }
}

module "vm" {
  source   = "../vm"
  for_each = { for key, node in local.common : key => node if var.kind == "vm" }

  name            = each.value.name
  node_name       = each.value.node_name
  vm_id           = each.value.vm_id
  template        = var.template
  storage         = var.storage
  cores           = each.value.cores
  memory_mb       = each.value.memory_mb
  disk_gb         = each.value.disk_gb
  bridge          = var.bridge
  vlan_tag        = var.vlan_tag
  address         = each.value.address
  gateway         = local.gateway
  dns_servers     = local.dns_servers
  ssh_public_keys = var.ssh_public_keys
  tags            = each.value.tags
  protection      = var.protection
}

# kubelet reads /dev/kmsg and runs containers, so a container needs nesting and that device.
module "lxc" {
  source   = "../lxc"
  for_each = { for key, node in local.common : key => node if var.kind == "lxc" }

  name            = each.value.name
  node_name       = each.value.node_name
  vm_id           = each.value.vm_id
  template        = var.template
  storage         = var.storage
  cores           = each.value.cores
  memory_mb       = each.value.memory_mb
  swap_mb         = 0
  disk_gb         = each.value.disk_gb
  bridge          = var.bridge
  vlan_tag        = var.vlan_tag
  address         = each.value.address
  gateway         = local.gateway
  dns_servers     = local.dns_servers
  ssh_public_keys = var.ssh_public_keys
  tags            = each.value.tags
  protection      = var.protection
  unprivileged    = var.lxc_unprivileged
  docker          = true
  devices         = { "/dev/kmsg" = "0600" }
}

locals {
  gateway     = coalesce(var.gateway, cidrhost(var.subnet, 1))
  dns_servers = coalesce(var.dns_servers, [local.gateway])
}
