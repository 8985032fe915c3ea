# Several guests in one apply: three database VMs and a container for DNS in another VLAN.

app_name       = "shop"
environment    = "prod"
ssh_public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleOfAPublicKeyPutYoursHereInItsPlace deploy@example"

# What an instance leaves out is taken from these.
vm_cpu_cores = 2
vm_ram_mb    = 4096
vm_disk_gb   = "20G"
vm_template  = "debian-12-template"
lxc_template = "local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst"
tags         = ["shop"]

instances = {
  pg1 = { ip_address = "192.168.20.80", vm_id = 110, cpu_cores = 4, ram_mb = 8192, disk_gb = "100G", tags = ["primary"] }
  pg2 = { ip_address = "192.168.20.81", vm_id = 111 }
  pg3 = { ip_address = "192.168.20.82", vm_id = 112 }
  dns = { ip_address = "10.30.0.53", vm_id = 220, resource_type = "lxc", vlan_tag = "30", ram_mb = 256, disk_gb = "4", name = "ns1" }
}

networks = {
  "20" = { subnet = "192.168.20.0/24" }
  "30" = { subnet = "10.30.0.0/24", gateway = "10.30.0.254", dns = ["10.30.0.53", "9.9.9.9"] }
}
