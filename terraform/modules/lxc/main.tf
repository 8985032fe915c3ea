locals {
  # Proxmox sets a container up by the kind of system in its template.
  by_file = [for kind in ["ubuntu", "debian", "alpine", "fedora", "centos", "opensuse", "archlinux", "gentoo", "devuan"] : kind if can(regex("/${kind}-", var.template))]
  os_type = var.os_type != "" ? var.os_type : can(regex("/(rockylinux|almalinux)-", var.template)) ? "centos" : try(local.by_file[0], "unmanaged")

  # keyctl is for unprivileged containers only: privileged ones have it anyway.
  nesting  = var.nesting || var.docker
  keyctl   = var.unprivileged && (var.keyctl || var.docker)
  features = local.nesting || local.keyctl || var.fuse
  devices  = merge(var.devices, var.tun ? { "/dev/net/tun" = "0666" } : {})
}

resource "proxmox_virtual_environment_container" "this" {
  node_name     = var.node_name
  vm_id         = var.vm_id == 0 ? null : var.vm_id
  tags          = var.tags
  start_on_boot = var.start_on_boot
  protection    = var.protection
  unprivileged  = var.unprivileged

  operating_system {
    template_file_id = var.template
    type             = local.os_type
  }

  cpu {
    cores = var.cores
  }

  memory {
    dedicated = var.memory_mb
    swap      = var.swap_mb
  }

  disk {
    datastore_id = var.storage
    size         = var.disk_gb
  }

  network_interface {
    name    = "eth0"
    bridge  = var.bridge
    vlan_id = var.vlan_tag
  }

  dynamic "features" {
    for_each = local.features ? [true] : []
    content {
      nesting = local.nesting
      keyctl  = local.keyctl
      fuse    = var.fuse
    }
  }

  dynamic "device_passthrough" {
    for_each = local.devices
    content {
      path = device_passthrough.key
      mode = device_passthrough.value
    }
  }

  initialization {
    hostname = var.name

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
      keys = var.ssh_public_keys
    }
  }

  lifecycle {
    # What only matters while a container is made, or was otherwise when it was taken over. None of it may replace one.
    ignore_changes = [
      vm_id,
      description,
      operating_system,
      initialization[0].user_account,
    ]
  }
}
