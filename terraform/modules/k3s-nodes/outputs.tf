output "inventory" {
  description = "Every node by its key: name, ip_address, vm_id, resource_type, user, tags, node, role (server or agent)."
  value = {
    for key, guest in merge({ for key, one in module.vm : key => one.guest }, { for key, one in module.lxc : key => one.guest }) :
    key => merge(guest, { ip_address = local.nodes[key].ip_address, role = local.nodes[key].role })
  }
}

output "servers" {
  description = "Addresses of the control plane, in the order of their names."
  value       = [for key in sort(keys(var.control_plane.nodes)) : var.control_plane.nodes[key].ip_address]
}

output "agents" {
  description = "Addresses of the workers, in the order of their names."
  value       = [for key in sort(keys(var.workers.nodes)) : var.workers.nodes[key].ip_address]
}
