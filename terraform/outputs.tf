locals {
  vms        = { for key, guest in module.vm : key => guest.guest }
  containers = { for key, guest in module.lxc : key => guest.guest }
  made       = merge(local.vms, local.containers)
}

output "inventory" {
  description = "Every guest by its key: name, ip_address, vm_id, resource_type, user, tags, node."
  value = {
    for key, guest in local.made : key => merge(guest, { ip_address = local.guests[key].address })
  }

  precondition {
    condition     = length(local.guests) > 0
    error_message = "Nothing is asked for: give vm_target_ip for a single guest, or instances."
  }

  precondition {
    condition     = length(distinct([for guest in values(local.guests) : lower(guest.name)])) == length(local.guests)
    error_message = "Two guests would have the same name: ${join(", ", sort([for guest in values(local.guests) : guest.name]))}."
  }
}

# As today's library names them.

output "resource_type" {
  description = "Kind of guests that the variables ask for: vm or lxc."
  value       = var.resource_type
}

output "resource_ids" {
  description = "Id of each guest, VM or container, by its key."
  value       = { for key, guest in local.made : key => guest.vm_id }
}

output "vm_ids" {
  description = "Id of each VM by its key."
  value       = { for key, guest in local.vms : key => guest.vm_id }
}

output "vm_target_ips" {
  description = "Address of each guest, VM or container, by its key."
  value       = { for key, guest in local.guests : key => guest.address }
}

output "vm_target_ip" {
  description = "Address of a single guest, VM or container; null where there are several."
  value       = try(local.guests["default"].address, null)
}

output "vm_hostnames" {
  description = "Name of each guest, VM or container, by its key."
  value       = { for key, guest in local.guests : key => guest.name }
}

output "lxc_ids" {
  description = "Id of each container by its key."
  value       = { for key, guest in local.containers : key => guest.vm_id }
}

output "lxc_ips" {
  description = "Address of each container by its key."
  value       = { for key, guest in local.guests : key => guest.address if guest.kind == "lxc" }
}

output "lxc_hostnames" {
  description = "Name of each container by its key."
  value       = { for key, guest in local.guests : key => guest.name if guest.kind == "lxc" }
}

output "lxc_id" {
  description = "Id of a single container; null otherwise."
  value       = try(local.containers["default"].vm_id, null)
}

output "lxc_hostname" {
  description = "Name of a single container; null otherwise."
  value       = try(local.containers["default"].name, null)
}

output "tailscale_auth_key" {
  description = "Deprecated, always empty: nante makes the keys of the tailnet and keeps them out of the state."
  value       = ""
  sensitive   = true
}
