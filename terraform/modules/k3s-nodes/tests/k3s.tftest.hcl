mock_provider "proxmox" {
  mock_data "proxmox_virtual_environment_vms" {
    defaults = {
      vms = [
        { name = "debian-12-template", node_name = "pmx", status = "stopped", tags = [], template = true, vm_id = 9000 },
      ]
    }
  }
}

variables {
  cluster_name    = "k3s-dev"
  node_name       = "pmx"
  template        = "debian-12-template"
  storage         = "zfs-vm"
  subnet          = "192.168.20.0/24"
  ssh_public_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIInvented deploy@example"]
  control_plane   = { nodes = { server-1 = { ip_address = "192.168.20.21", vm_id = 301 } } }
}

run "three_servers_two_agents" {
  command = plan

  variables {
    control_plane = {
      cores = 4
      nodes = {
        server-1 = { ip_address = "192.168.20.21", vm_id = 301 }
        server-2 = { ip_address = "192.168.20.22", vm_id = 302, node_name = "pmx2" }
        server-3 = { ip_address = "192.168.20.23", vm_id = 303 }
      }
    }
    workers = {
      memory_mb = 8192
      nodes = {
        agent-1 = { ip_address = "192.168.20.31", vm_id = 311 }
        agent-2 = { ip_address = "192.168.20.32", vm_id = 312 }
      }
    }
    tags = ["dev"]
  }

  assert {
    condition     = output.servers == ["192.168.20.21", "192.168.20.22", "192.168.20.23"] && output.agents == ["192.168.20.31", "192.168.20.32"]
    error_message = "Servers and agents are told apart."
  }
  assert {
    condition     = output.inventory["server-2"].name == "k3s-dev-server-2" && output.inventory["server-2"].node == "pmx2" && output.inventory["server-2"].role == "server"
    error_message = "A server may have a node of its own."
  }
  assert {
    condition     = output.inventory["agent-1"].tags == tolist(["dev", "k3s", "k3s-agent"]) && length(module.vm) == 5 && length(module.lxc) == 0
    error_message = "Tags tell the role."
  }
}

run "containers" {
  command = plan

  variables {
    kind     = "lxc"
    template = "local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst"
  }

  assert {
    condition     = length(module.lxc) == 1 && output.inventory["server-1"].user == "root" && output.inventory["server-1"].resource_type == "lxc"
    error_message = "Nodes may be containers."
  }
}

run "refuses_cluster_name" {
  command = plan

  variables {
    cluster_name = "a b"
  }

  expect_failures = [var.cluster_name]
}

run "refuses_kind" {
  command = plan

  variables {
    kind = "pod"
  }

  expect_failures = [var.kind]
}

run "refuses_two_servers" {
  command = plan

  variables {
    control_plane = { nodes = { a = { ip_address = "192.168.20.21" }, b = { ip_address = "192.168.20.22" } } }
  }

  expect_failures = [var.control_plane]
}

run "refuses_server_outside" {
  command = plan

  variables {
    control_plane = { nodes = { a = { ip_address = "192.168.10.22" } } }
  }

  expect_failures = [var.control_plane]
}

run "refuses_agent_outside" {
  command = plan

  variables {
    workers = { nodes = { a = { ip_address = "10.0.0.1" } } }
  }

  expect_failures = [var.workers]
}

run "refuses_a_node_twice" {
  command = plan

  variables {
    workers = { nodes = { server-1 = { ip_address = "192.168.20.40" } } }
  }

  expect_failures = [var.workers]
}

run "refuses_an_address_twice" {
  command = plan

  variables {
    workers = { nodes = { a = { ip_address = "192.168.20.21" } } }
  }

  expect_failures = [var.workers]
}

run "refuses_an_id_twice" {
  command = plan

  variables {
    workers = { nodes = { a = { ip_address = "192.168.20.40", vm_id = 301 } } }
  }

  expect_failures = [var.workers]
}

run "refuses_subnet" {
  command = plan

  variables {
    subnet = "192.168.20.1/24"
  }

  expect_failures = [var.subnet]
}
