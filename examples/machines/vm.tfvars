# One virtual machine with a static address in VLAN 20.

app_name       = "shop"
environment    = "prod"
resource_type  = "vm"
ssh_public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleOfAPublicKeyPutYoursHereInItsPlace deploy@example"

vm_target_ip = "192.168.20.50"
vlan_tag     = "20"
vm_id        = 150
name_suffix  = "3f9c" # shop-prod-3f9c; leave it out for shop-prod

vm_cpu_cores = 2
vm_ram_mb    = 4096
vm_disk_gb   = "20G"
vm_template  = "debian-12-template" # or its id

tags            = ["shop", "prod"]
prevent_destroy = true # Proxmox itself refuses to remove it
