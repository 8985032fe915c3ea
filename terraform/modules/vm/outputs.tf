output "guest" {
  description = "The VM: name, vm_id, resource_type, user, tags, node."
  value = {
    name          = proxmox_virtual_environment_vm.this.name
    vm_id         = proxmox_virtual_environment_vm.this.vm_id
    resource_type = "vm"
    user          = var.username
    tags          = var.tags
    node          = proxmox_virtual_environment_vm.this.node_name
  }
}
