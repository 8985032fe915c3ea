output "guest" {
  description = "The container: name, vm_id, resource_type, user, tags, node."
  value = {
    name          = proxmox_virtual_environment_container.this.initialization[0].hostname
    vm_id         = proxmox_virtual_environment_container.this.vm_id
    resource_type = "lxc"
    user          = "root"
    tags          = var.tags
    node          = proxmox_virtual_environment_container.this.node_name
  }
}
