variable "cluster_name" {
  description = "First part of each node's name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$", var.cluster_name)) && length(var.cluster_name) <= 40
    error_message = "cluster_name is made of letters, digits and -, at most 40."
  }
}

variable "kind" {
  description = "What the nodes are: vm, or lxc, for which Proxmox wants settings by hand (see README.md)."
  type        = string
  default     = "vm"

  validation {
    condition     = contains(["vm", "lxc"], var.kind)
    error_message = "kind is \"vm\" or \"lxc\"."
  }
}

variable "control_plane" {
  description = "Servers of the cluster by name, and their size. 1 for a cluster that may fail, 3, 5 or 7 for etcd with a quorum."
  type = object({
    nodes = map(object({
      ip_address = string
      vm_id      = optional(number, 0)
      node_name  = optional(string)
    }))
    cores     = optional(number, 2)
    memory_mb = optional(number, 4096)
    disk_gb   = optional(number, 20)
  })

  validation {
    condition     = contains([1, 3, 5, 7], length(var.control_plane.nodes))
    error_message = "control_plane has 1, 3, 5 or 7 nodes: etcd needs a majority."
  }

  validation {
    condition = alltrue([
      for node in values(var.control_plane.nodes) : try(
        cidrhost("${node.ip_address}/${split("/", var.subnet)[1]}", 0) == cidrhost(var.subnet, 0), false
      )
    ])
    error_message = "A node of control_plane lies outside of ${var.subnet}."
  }
}

variable "workers" {
  description = "Agents of the cluster by name, and their size; none for a cluster whose servers carry the load."
  type = object({
    nodes = optional(map(object({
      ip_address = string
      vm_id      = optional(number, 0)
      node_name  = optional(string)
    })), {})
    cores     = optional(number, 2)
    memory_mb = optional(number, 4096)
    disk_gb   = optional(number, 40)
  })
  default = {}

  validation {
    condition = alltrue([
      for node in values(var.workers.nodes) : try(
        cidrhost("${node.ip_address}/${split("/", var.subnet)[1]}", 0) == cidrhost(var.subnet, 0), false
      )
    ])
    error_message = "A node of workers lies outside of ${var.subnet}."
  }

  validation {
    condition     = length(setintersection(keys(var.workers.nodes), keys(var.control_plane.nodes))) == 0
    error_message = "A node is either in control_plane or in workers."
  }

  validation {
    condition = length(distinct(concat(
      [for node in values(var.workers.nodes) : node.ip_address], [for node in values(var.control_plane.nodes) : node.ip_address]
    ))) == length(var.workers.nodes) + length(var.control_plane.nodes)
    error_message = "Two nodes have the same ip_address."
  }

  validation {
    condition = length(distinct([
      for node in concat(values(var.workers.nodes), values(var.control_plane.nodes)) : node.vm_id if node.vm_id != 0
      ])) == length([
      for node in concat(values(var.workers.nodes), values(var.control_plane.nodes)) : node.vm_id if node.vm_id != 0
    ])
    error_message = "Two nodes have the same vm_id."
  }
}

variable "node_name" {
  description = "Node of the Proxmox cluster for those that name none. Spread the servers for a cluster that outlives one."
  type        = string
}

variable "template" {
  description = "For VMs name or id of a template, for containers storage:vztmpl/file."
  type        = string
}

variable "storage" {
  description = "Storage of the disks. etcd wants a fast one."
  type        = string
}

variable "bridge" {
  description = "Network bridge of the node."
  type        = string
  default     = "vmbr0"
}

variable "vlan_tag" {
  description = "VLAN of the nodes; 0: untagged."
  type        = number
  default     = 0
}

variable "subnet" {
  description = "Network of the nodes, as 192.168.20.0/24."
  type        = string

  validation {
    condition     = try("${cidrhost(var.subnet, 0)}/${split("/", var.subnet)[1]}" == var.subnet, false)
    error_message = "subnet is an IPv4 network, as \"192.168.20.0/24\"."
  }
}

variable "gateway" {
  description = "Default gateway; left out: the first address of the subnet."
  type        = string
  default     = null
}

variable "dns_servers" {
  description = "DNS servers; left out: the gateway."
  type        = list(string)
  default     = null
}

variable "ssh_public_keys" {
  description = "Public SSH keys that open user deploy of a VM and root of a container."
  type        = list(string)
}

variable "tags" {
  description = "Tags beside k3s and k3s-server or k3s-agent."
  type        = list(string)
  default     = []
}

variable "protection" {
  description = "Proxmox refuses to remove the nodes."
  type        = bool
  default     = false
}

variable "lxc_unprivileged" {
  description = "Containers whose root is nobody outside. K3s in one needs the kubelet's mode for user namespaces."
  type        = bool
  default     = false
}
