variable "name" {
  description = "Name of the VM, also its hostname."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$", var.name)) && length(var.name) <= 63
    error_message = "A name of a VM is made of letters, digits and -, at most 63; \"${var.name}\" is not."
  }
}

variable "node_name" {
  description = "Node on which the VM is made. Another one later moves it there."
  type        = string
}

variable "vm_id" {
  description = "Id of the VM; 0 lets the provider choose. Later changes have no effect."
  type        = number
  default     = 0

  validation {
    condition     = var.vm_id == 0 || (var.vm_id >= 100 && var.vm_id <= 999999999)
    error_message = "vm_id is a number from 100 to 999999999, or 0."
  }
}

variable "template" {
  description = "Name or id of the template that is cloned."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", var.template))
    error_message = "template is the name or the id of a template."
  }
}

variable "storage" {
  description = "Storage of the disk and of the cloud-init drive."
  type        = string
}

variable "cores" {
  description = "Processor cores."
  type        = number
  default     = 2

  validation {
    condition     = var.cores >= 1 && var.cores <= 128
    error_message = "cores is a number from 1 to 128."
  }
}

variable "cpu_type" {
  description = "Processor type as QEMU names it. Later changes have no effect."
  type        = string
  default     = "host"
}

variable "memory_mb" {
  description = "Memory in MiB."
  type        = number
  default     = 4096

  validation {
    condition     = var.memory_mb >= 64
    error_message = "memory_mb is 64 or more."
  }
}

variable "disk_gb" {
  description = "Disk in GiB, at least as large as the template's. It can grow and never shrink."
  type        = number
  default     = 20

  validation {
    condition     = var.disk_gb >= 1 && floor(var.disk_gb) == var.disk_gb
    error_message = "disk_gb is a whole number of GiB."
  }
}

variable "bridge" {
  description = "Network bridge of the node."
  type        = string
  default     = "vmbr0"
}

variable "vlan_tag" {
  description = "VLAN of the network device; 0: untagged."
  type        = number
  default     = 0

  validation {
    condition     = var.vlan_tag >= 0 && var.vlan_tag <= 4094
    error_message = "vlan_tag is a number from 1 to 4094, or 0 for untagged."
  }
}

variable "address" {
  description = "Address with the length of its network, as 192.168.20.50/24."
  type        = string

  validation {
    condition     = can(cidrhost(var.address, 0)) && can(regex("^[0-9.]+/[0-9]+$", var.address))
    error_message = "address is an IPv4 address with the length of its network, as \"192.168.20.50/24\"."
  }
}

variable "gateway" {
  description = "Default gateway."
  type        = string

  validation {
    condition     = try(cidrhost("${var.gateway}/${split("/", var.address)[1]}", 0) == cidrhost(var.address, 0), false)
    error_message = "gateway is an address in the network of address."
  }
}

variable "dns_servers" {
  description = "DNS servers."
  type        = list(string)
  default     = []
}

variable "dns_domain" {
  description = "Search domain; empty for none."
  type        = string
  default     = ""
}

variable "username" {
  description = "User that cloud-init makes, with the SSH keys and sudo."
  type        = string
  default     = "deploy"
}

variable "ssh_public_keys" {
  description = "Public SSH keys of the user. Later changes have no effect."
  type        = list(string)
}

variable "tags" {
  description = "Tags in Proxmox."
  type        = list(string)
  default     = []
}

variable "start_on_boot" {
  description = "Start the VM when its node starts."
  type        = bool
  default     = true
}

variable "protection" {
  description = "Proxmox refuses to remove the VM."
  type        = bool
  default     = false
}
