# One unprivileged container. A token suffices: nothing here is kept for root@pam.

app_name       = "cache"
environment    = "dev"
resource_type  = "lxc"
ssh_public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleOfAPublicKeyPutYoursHereInItsPlace root@example"

vm_target_ip = "192.168.20.70"
vlan_tag     = "20"
vm_id        = 201

vm_cpu_cores = 1
vm_ram_mb    = 512
vm_disk_gb   = "8"
lxc_template = "local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst"
lxc_nesting  = true # systemd of a newer distribution wants it
