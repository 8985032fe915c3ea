module "vm" {
  source   = "./modules/vm"
  for_each = { for key, guest in local.guests : key => guest if guest.kind == "vm" }

  name            = each.value.name
  node_name       = each.value.node
  vm_id           = each.value.vm_id
  template        = each.value.template
  storage         = each.value.storage
  cores           = each.value.cores
  cpu_type        = var.vm_cpu_type
  memory_mb       = each.value.memory
  disk_gb         = each.value.disk
  bridge          = each.value.bridge
  vlan_tag        = each.value.vlan
  address         = "${each.value.address}/${each.value.network.prefix}"
  gateway         = each.value.network.gateway
  dns_servers     = coalesce(each.value.network.dns, [each.value.network.gateway])
  dns_domain      = var.dns_domain
  ssh_public_keys = local.ssh_public_keys
  tags            = each.value.tags
  start_on_boot   = each.value.start
  protection      = each.value.protection
}
