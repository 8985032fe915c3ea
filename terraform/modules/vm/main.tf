# All VMs of the cluster: finds the template, and knows whether the VM exists already.
data "proxmox_virtual_environment_vms" "all" {}

locals {
  matching = [
    for one in data.proxmox_virtual_environment_vms.all.vms : one
    if one.template && (one.name == var.template || tostring(one.vm_id) == var.template)
  ]
  # A template on the VM's own node before one on another.
  found = concat(
    [for one in local.matching : one if one.node_name == var.node_name],
    [for one in local.matching : one if one.node_name != var.node_name],
  )
  # A VM outlives its template: it is asked for only while the VM is to be made.
  exists = length([
    for one in data.proxmox_virtual_environment_vms.all.vms : one
    if !one.template && (one.vm_id == var.vm_id || one.name == var.name)
  ]) > 0
}

resource "proxmox_virtual_environment_vm" "this" {
  name          = var.name
  node_name     = var.node_name
  vm_id         = var.vm_id == 0 ? null : var.vm_id
  tags          = var.tags
  on_boot       = var.start_on_boot
  protection    = var.protection
  scsi_hardware = "virtio-scsi-pci"
  boot_order    = ["scsi0"]
  # A VM whose node is another one is moved there, not made anew.
  migrate = true
  # Its disk goes, too: nothing is won by asking the guest to shut down, and one that does not answer takes half an hour.
  stop_on_destroy = true

  clone {
    vm_id     = try(local.found[0].vm_id, 999999999)
    node_name = try(local.found[0].node_name, var.node_name)
    full      = true
  }

  # Not waited for: addresses are given, and an image without the agent would hold each plan for minutes.
  agent {
    enabled = false
  }

  cpu {
    cores = var.cores
    type  = var.cpu_type
  }

  memory {
    dedicated = var.memory_mb
  }

  disk {
    interface    = "scsi0"
    datastore_id = var.storage
    size         = var.disk_gb
  }

  network_device {
    bridge  = var.bridge
    vlan_id = var.vlan_tag
  }

  operating_system {
    type = "l26"
  }

  # cloud-init of many images writes to the serial console and waits for it.
  serial_device {}

  initialization {
    datastore_id = var.storage
    interface    = "ide2"
    upgrade      = false

    dns {
      servers = var.dns_servers
      domain  = var.dns_domain
    }

    ip_config {
      ipv4 {
        address = var.address
        gateway = var.gateway
      }
    }

    user_account {
      username = var.username
      keys     = var.ssh_public_keys
    }
  }

  lifecycle {
    # What only matters while a VM is made, or was otherwise when it was taken over. None of it may replace or restart it.
    ignore_changes = [
      vm_id,
      clone,
      description,
      agent,
      keyboard_layout,
      cpu[0].type,
      initialization[0].user_account,
      initialization[0].datastore_id,
      initialization[0].interface,
      initialization[0].upgrade,
      boot_order,
      scsi_hardware,
      serial_device,
      operating_system,
    ]

    precondition {
      condition     = local.exists || length(local.found) > 0
      error_message = "There is no template \"${var.template}\" in the cluster. There are: ${join(", ", sort([for one in data.proxmox_virtual_environment_vms.all.vms : "${one.name} (${one.vm_id})" if one.template]))}."
    }
  }
}
