# What is made

variable "app_name" {
  description = "Name of the application: the workspace's name, and the first part of each guest's name."
  type        = string
  default     = "app"

  validation {
    condition     = can(regex("^[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?$", var.app_name)) && length(var.app_name) <= 63
    error_message = "app_name is a letter, then letters, digits, - or _, at most 63, ending with a letter or digit."
  }
}

variable "environment" {
  description = "Environment of the guests, as dev or prod: the second part of each guest's name."
  type        = string
  default     = "dev"

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$", var.environment)) && length(var.environment) <= 32
    error_message = "environment is made of letters, digits and -, at most 32, as \"dev\" or \"prod\"."
  }
}

variable "resource_type" {
  description = "Kind of guest: vm (a virtual machine) or lxc (a container). An instance may say otherwise for itself."
  type        = string
  default     = "vm"

  validation {
    condition     = contains(["vm", "lxc"], var.resource_type)
    error_message = "resource_type is \"vm\" or \"lxc\"."
  }
}

variable "vm_target_ip" {
  description = "Address of a single guest, VM or container, in the subnet of its VLAN. Not used where instances are given."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition = var.vm_target_ip == "" || length(var.instances) > 0 || try(
      cidrhost("${var.vm_target_ip}/32", 0) == var.vm_target_ip, false
    )
    error_message = "vm_target_ip is an IPv4 address, as \"192.168.20.50\"."
  }

  validation {
    # An unknown VLAN, or what is no address, is told by another rule.
    condition = var.vm_target_ip == "" || length(var.instances) > 0 || try(
      sum([for place, octet in split(".", var.vm_target_ip) : tonumber(octet) * pow(256, 3 - place)]) >= local.networks[local.vlan].first
      && sum([for place, octet in split(".", var.vm_target_ip) : tonumber(octet) * pow(256, 3 - place)]) <= local.networks[local.vlan].last
      && var.vm_target_ip != local.networks[local.vlan].gateway, true
    )
    error_message = "vm_target_ip lies outside of its network: VLAN ${local.vlan} has ${try(local.networks[local.vlan].range, "no addresses")} for guests."
  }
}

variable "instances" {
  description = "Several guests at once, by name. Only ip_address is required; whatever is left out is taken from the variable of the same purpose."
  type = map(object({
    ip_address          = string
    name                = optional(string)
    cpu_cores           = optional(number)
    ram_mb              = optional(number)
    disk_gb             = optional(string)
    vm_id               = optional(number)
    resource_type       = optional(string)
    vlan_tag            = optional(string)
    tags                = optional(list(string))
    node                = optional(string)
    storage             = optional(string)
    bridge              = optional(string)
    template            = optional(string)
    prevent_destroy     = optional(bool)
    start_on_boot       = optional(bool)
    lxc_unprivileged    = optional(bool)
    lxc_nesting         = optional(bool)
    lxc_keyctl          = optional(bool)
    lxc_fuse            = optional(bool)
    lxc_tun             = optional(bool)
    lxc_features_docker = optional(bool)
  }))
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for key in keys(var.instances) : can(regex("^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$", key)) && length(key) <= 40
    ])
    error_message = "A name in instances is made of letters, digits, - and _, at most 40."
  }

  validation {
    condition     = alltrue([for one in values(var.instances) : try(cidrhost("${one.ip_address}/32", 0) == one.ip_address, false)])
    error_message = "ip_address of each instance is an IPv4 address, as \"192.168.20.50\"."
  }

  validation {
    condition = alltrue([
      for one in values(var.instances) : contains(keys(local.networks), one.vlan_tag == null ? local.vlan : one.vlan_tag == "" ? "0" : one.vlan_tag)
    ])
    error_message = "vlan_tag of an instance is not in networks, which has ${join(", ", keys(local.networks))}."
  }

  validation {
    condition = alltrue([
      for one in values(var.instances) : try(
        sum([for place, octet in split(".", one.ip_address) : tonumber(octet) * pow(256, 3 - place)]) >= local.networks[one.vlan_tag == null ? local.vlan : one.vlan_tag == "" ? "0" : one.vlan_tag].first
        && sum([for place, octet in split(".", one.ip_address) : tonumber(octet) * pow(256, 3 - place)]) <= local.networks[one.vlan_tag == null ? local.vlan : one.vlan_tag == "" ? "0" : one.vlan_tag].last
        && one.ip_address != local.networks[one.vlan_tag == null ? local.vlan : one.vlan_tag == "" ? "0" : one.vlan_tag].gateway, true
      )
    ])
    error_message = "An instance lies outside of its network. For guests there are: ${join("; ", [for tag, network in local.networks : "VLAN ${tag} ${network.range}"])}."
  }

  validation {
    condition     = length(distinct([for one in values(var.instances) : one.ip_address])) == length(var.instances)
    error_message = "Two instances have the same ip_address."
  }

  validation {
    condition = alltrue([
      for one in values(var.instances) : one.vm_id == null || try(one.vm_id == 0 || (one.vm_id >= 100 && one.vm_id <= 999999999 && floor(one.vm_id) == one.vm_id), false)
    ])
    error_message = "vm_id of an instance is a whole number from 100 to 999999999, or 0 to let the provider choose."
  }

  validation {
    condition = length(distinct([for one in values(var.instances) : one.vm_id if coalesce(one.vm_id, 0) != 0])) == length(
      [for one in values(var.instances) : one.vm_id if coalesce(one.vm_id, 0) != 0]
    )
    error_message = "Two instances have the same vm_id."
  }

  validation {
    condition     = alltrue([for one in values(var.instances) : contains(["vm", "lxc"], coalesce(one.resource_type, "vm"))])
    error_message = "resource_type of an instance is \"vm\" or \"lxc\"."
  }

  validation {
    condition = alltrue([
      for one in values(var.instances) : one.cpu_cores == null || try(one.cpu_cores >= 1 && one.cpu_cores <= 128 && floor(one.cpu_cores) == one.cpu_cores, false)
    ])
    error_message = "cpu_cores of an instance is a whole number from 1 to 128."
  }

  validation {
    condition = alltrue([
      for one in values(var.instances) : one.ram_mb == null || try(one.ram_mb >= 64 && one.ram_mb <= 4194304 && floor(one.ram_mb) == one.ram_mb, false)
    ])
    error_message = "ram_mb of an instance is a whole number of MiB from 64 to 4194304."
  }

  validation {
    condition     = alltrue([for one in values(var.instances) : can(regex("^[1-9][0-9]{0,4}[GT]?$", coalesce(one.disk_gb, "1")))])
    error_message = "disk_gb of an instance is a size in GiB, as \"20\" or \"20G\", or in TiB, as \"1T\"."
  }

  validation {
    condition = alltrue(flatten([
      for one in values(var.instances) : [for tag in coalesce(one.tags, []) : can(regex("^[a-z0-9_][a-z0-9_.+-]*$", tag))]
    ]))
    error_message = "A tag is made of small letters, digits and _ . + -, and begins with a letter, a digit or _."
  }
}

variable "hostnames" {
  description = "Names of guests that are not to be made of app_name and environment, by instance (default for a single guest)."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for key in keys(var.hostnames) : contains(length(var.instances) > 0 ? keys(var.instances) : ["default"], key)
    ])
    error_message = "hostnames has a name that is not in instances (for a single guest it is \"default\")."
  }
}

variable "name_suffix" {
  description = "Last part of a single guest's name, as 3f9c; empty for none. It stays the same for a guest's whole life."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]{0,8}$", var.name_suffix))
    error_message = "name_suffix is made of at most 8 small letters and digits."
  }
}

variable "instance_count" {
  description = "Not used: the number of guests is the number of instances. Kept for callers of today's library."
  type        = number
  default     = 1

  validation {
    condition     = var.instance_count >= 1 && var.instance_count <= 10
    error_message = "instance_count is a number from 1 to 10."
  }
}

variable "vm_id" {
  description = "Id of a single guest in the cluster; 0 lets the provider choose. It is not changed later."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.vm_id == 0 || (var.vm_id >= 100 && var.vm_id <= 999999999 && floor(var.vm_id) == var.vm_id)
    error_message = "vm_id is a whole number from 100 to 999999999, or 0 to let the provider choose."
  }

  validation {
    condition     = var.vm_id == 0 || length(var.instances) == 0
    error_message = "vm_id is for a single guest; with instances give each its own vm_id."
  }
}

# Sizes

variable "vm_cpu_cores" {
  description = "Processor cores of each guest."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.vm_cpu_cores >= 1 && var.vm_cpu_cores <= 128 && floor(var.vm_cpu_cores) == var.vm_cpu_cores
    error_message = "vm_cpu_cores is a whole number from 1 to 128."
  }
}

variable "vm_ram_mb" {
  description = "Memory of each guest, in MiB. For a container it is the limit, not a reservation."
  type        = number
  default     = 4096
  nullable    = false

  validation {
    condition     = var.vm_ram_mb >= 64 && var.vm_ram_mb <= 4194304 && floor(var.vm_ram_mb) == var.vm_ram_mb
    error_message = "vm_ram_mb is a whole number of MiB from 64 to 4194304."
  }
}

variable "vm_disk_gb" {
  description = "Disk of each guest, in GiB: \"20\" and \"20G\" are the same, \"1T\" is 1024. A disk can grow and never shrink."
  type        = string
  default     = "20G"
  nullable    = false

  validation {
    condition     = can(regex("^[1-9][0-9]{0,4}[GT]?$", var.vm_disk_gb))
    error_message = "vm_disk_gb is a size in GiB, as \"20\" or \"20G\", or in TiB, as \"1T\"."
  }
}

# Where

variable "proxmox_target_node" {
  description = "Node of the cluster on which the guests are made."
  type        = string
  default     = "pmx"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$", var.proxmox_target_node))
    error_message = "proxmox_target_node is the name of a node: letters, digits and -."
  }
}

variable "proxmox_storage" {
  description = "Storage of the guests' disks."
  type        = string
  default     = "zfs-vm"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]$", var.proxmox_storage))
    error_message = "proxmox_storage is the id of a storage: a letter, then letters, digits, . _ and -."
  }
}

variable "bridge" {
  description = "Network bridge of the node that the guests are attached to."
  type        = string
  default     = "vmbr0"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,14}$", var.bridge))
    error_message = "bridge is the name of a network bridge, as \"vmbr0\"."
  }
}

variable "vlan_tag" {
  description = "VLAN of the guests, a key of networks. \"0\" or empty: untagged."
  type        = string
  default     = "20"
  nullable    = false

  validation {
    condition     = contains(keys(local.networks), var.vlan_tag == "" ? "0" : var.vlan_tag)
    error_message = "vlan_tag is not in networks, which has ${join(", ", keys(local.networks))}."
  }
}

variable "networks" {
  description = "Subnet, gateway (left out: the first address) and DNS servers (left out: the gateway for VMs, 8.8.8.8 for containers) of each VLAN by its tag, \"0\" for untagged. Guests have the addresses from first_host on."
  type = map(object({
    subnet     = string
    gateway    = optional(string)
    dns        = optional(list(string))
    first_host = optional(number, 10)
  }))
  default = {
    "10" = { subnet = "192.168.10.0/24" }
    "20" = { subnet = "192.168.20.0/24" }
  }
  nullable = false

  validation {
    condition     = alltrue([for tag in keys(var.networks) : tag == "" || can(regex("^(0|[1-9][0-9]{0,3})$", tag)) && try(tonumber(tag) <= 4094, false)])
    error_message = "A key of networks is a VLAN tag from 1 to 4094, or \"0\" for untagged."
  }

  validation {
    condition = alltrue([
      for network in values(var.networks) : try(
        "${cidrhost(network.subnet, 0)}/${tonumber(split("/", network.subnet)[1])}" == network.subnet
        && can(regex("^[0-9.]+/", network.subnet)) && tonumber(split("/", network.subnet)[1]) <= 30, false
      )
    ])
    error_message = "subnet of a network is an IPv4 network, as \"192.168.20.0/24\"."
  }

  validation {
    condition = alltrue([
      for network in values(var.networks) : network.gateway == null || try(
        cidrhost("${network.gateway}/${split("/", network.subnet)[1]}", 0) == cidrhost(network.subnet, 0)
        && cidrhost("${network.gateway}/32", 0) == network.gateway, false
      )
    ])
    error_message = "gateway of a network is an address of its subnet."
  }

  validation {
    condition     = alltrue(flatten([for network in values(var.networks) : [for server in coalesce(network.dns, []) : can(cidrhost("${server}/32", 0))]]))
    error_message = "dns of a network is a list of IPv4 addresses."
  }

  validation {
    condition     = alltrue([for network in values(var.networks) : network.first_host >= 1 && can(cidrhost(network.subnet, network.first_host))])
    error_message = "first_host of a network is the number of a host in its subnet; small subnets need one below 10."
  }
}

variable "dns_domain" {
  description = "Search domain of the guests; empty for none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.dns_domain == "" || can(regex("^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", var.dns_domain))
    error_message = "dns_domain is the name of a domain, as \"example.ts.net\"."
  }
}

# How

variable "ssh_public_key" {
  description = "Public SSH key, or several, one a line, that opens user deploy of a VM and root of a container. Later changes do not reach guests that exist."
  type        = string
  nullable    = false

  validation {
    condition = length(trimspace(var.ssh_public_key)) > 0 && alltrue([
      for line in split("\n", trimspace(var.ssh_public_key)) : can(regex("^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp[0-9]+|sk-[a-z0-9@.-]+) [A-Za-z0-9+/=]+( .*)?$", trimspace(line)))
    ])
    error_message = "ssh_public_key is a public key of OpenSSH, as \"ssh-ed25519 AAAA... name\", or several, one a line."
  }
}

variable "tags" {
  description = "Tags of every guest in Proxmox."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for tag in var.tags : can(regex("^[a-z0-9_][a-z0-9_.+-]*$", tag))])
    error_message = "A tag is made of small letters, digits and _ . + -, and begins with a letter, a digit or _."
  }
}

variable "prevent_destroy" {
  description = "Protects the guests: Proxmox refuses to remove them, by Terraform too, until this is false again."
  type        = bool
  default     = false
  nullable    = false
}

variable "start_on_boot" {
  description = "Start the guests when their node starts."
  type        = bool
  default     = true
  nullable    = false
}

variable "vm_template" {
  description = "Template that VMs are cloned from: its name or its id. It is looked at only while a VM is made."
  type        = string
  default     = "ubuntu-2404-template"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", var.vm_template))
    error_message = "vm_template is the name or the id of a template: letters, digits, . and -."
  }
}

variable "vm_cpu_type" {
  description = "Processor type of VMs as QEMU names it. host gives the node's own, which a VM that moves to another kind of node cannot keep."
  type        = string
  default     = "host"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._-]*$", var.vm_cpu_type))
    error_message = "vm_cpu_type is a processor type of QEMU, as \"host\" or \"x86-64-v2-AES\"."
  }
}

variable "lxc_template" {
  description = "Template of containers: storage:vztmpl/file. It is looked at only while a container is made."
  type        = string
  default     = "local:vztmpl/ubuntu-22.04-standard_22.04-1_amd64.tar.zst"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9._-]*:vztmpl/[A-Za-z0-9][A-Za-z0-9._+-]*$", var.lxc_template))
    error_message = "lxc_template is storage:vztmpl/file, as \"local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst\"."
  }
}

variable "lxc_unprivileged" {
  description = "Containers whose root is nobody outside. Changing it makes a container anew."
  type        = bool
  default     = true
  nullable    = false
}

variable "lxc_nesting" {
  description = "Lets a container run containers, and its systemd use sandboxes."
  type        = bool
  default     = false
  nullable    = false
}

variable "lxc_keyctl" {
  description = "Allows the system call keyctl in unprivileged containers; Docker wants it. Proxmox lets only root@pam set it."
  type        = bool
  default     = false
  nullable    = false
}

variable "lxc_fuse" {
  description = "Allows FUSE file systems in containers. Proxmox lets only root@pam set it."
  type        = bool
  default     = false
  nullable    = false
}

variable "lxc_features_docker" {
  description = "Whatever Docker needs in a container: nesting, and keyctl where it is unprivileged."
  type        = bool
  default     = false
  nullable    = false
}

variable "lxc_tun" {
  description = "Hands /dev/net/tun to containers; Tailscale wants it. Proxmox 8.1 or newer, and only root@pam may set it."
  type        = bool
  default     = false
  nullable    = false
}

variable "lxc_swap_mb" {
  description = "Swap of each container, in MiB."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.lxc_swap_mb >= 0 && var.lxc_swap_mb <= 4194304 && floor(var.lxc_swap_mb) == var.lxc_swap_mb
    error_message = "lxc_swap_mb is a whole number of MiB, 0 or more."
  }
}

# Accepted and not used

variable "proxmox_api_url" {
  description = "Not used: the address comes from PROXMOX_VE_ENDPOINT. Kept for callers of today's library."
  type        = string
  default     = ""
}

variable "proxmox_api_token_id" {
  description = "Not used: the login comes from PROXMOX_VE_API_TOKEN. Kept for callers of today's library."
  type        = string
  default     = ""
}

variable "proxmox_api_token_secret" {
  description = "Not used: the login comes from PROXMOX_VE_API_TOKEN. Kept for callers of today's library; it never reaches plan or state."
  type        = string
  default     = ""
  sensitive   = true
  ephemeral   = true
}

variable "enable_tailscale_terraform" {
  description = "Not used: nante makes the keys of the tailnet. Kept for callers of today's library."
  type        = bool
  default     = false
}
