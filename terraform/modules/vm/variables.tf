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

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$", var.node_name))
    error_message = "node_name is the name of a node: letters, digits and -."
  }
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

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]$", var.storage))
    error_message = "storage is the id of a storage: a letter, then letters, digits, . _ and -."
  }
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

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._-]*$", var.cpu_type))
    error_message = "cpu_type is a processor type of QEMU, as \"host\" or \"x86-64-v2-AES\"."
  }
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

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,14}$", var.bridge))
    error_message = "bridge is the name of a network bridge, as \"vmbr0\"."
  }
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

  validation {
    condition     = alltrue([for server in var.dns_servers : try(cidrhost("${server}/32", 0) == server, false)])
    error_message = "dns_servers has IPv4 addresses."
  }
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

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_-]{0,31}$", var.username))
    error_message = "username is the name of a Linux user."
  }
}

variable "ssh_public_keys" {
  description = "Public SSH keys of the user. Later changes have no effect."
  type        = list(string)

  validation {
    condition     = length(var.ssh_public_keys) > 0 && alltrue([for key in var.ssh_public_keys : can(regex("^[a-z0-9@.-]+ [A-Za-z0-9+/=]+( .*)?$", key))])
    error_message = "ssh_public_keys has public keys of OpenSSH, at least one."
  }
}

variable "tags" {
  description = "Tags in Proxmox."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for tag in var.tags : can(regex("^[a-z0-9_][a-z0-9_.+-]*$", tag))])
    error_message = "A tag is made of small letters, digits and _ . + -, and begins with a letter, a digit or _."
  }
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
