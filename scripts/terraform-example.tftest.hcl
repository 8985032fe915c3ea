# One plan of the root with the variables of an example; scripts/terraform-test gives them.

mock_provider "proxmox" {
  mock_data "proxmox_virtual_environment_vms" {
    defaults = {
      vms = [
        { name = "debian-12-template", node_name = "pmx", status = "stopped", tags = [], template = true, vm_id = 9000 },
      ]
    }
  }
}

run "example" {
  command = plan
}
