# A privileged container that runs Docker, with /dev/net/tun for Tailscale.
# Proxmox keeps these settings for root@pam with its password, no token will do (nante: PROXMOX_USERNAME and
# PROXMOX_PASSWORD; terraform: PROXMOX_VE_USERNAME and PROXMOX_VE_PASSWORD): see docs/LXC.md.

app_name       = "docker"
environment    = "dev"
resource_type  = "lxc"
ssh_public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleOfAPublicKeyPutYoursHereInItsPlace root@example"

vm_target_ip = "192.168.20.71"
vlan_tag     = "20"
vm_id        = 202

vm_cpu_cores = 2
vm_ram_mb    = 2048
vm_disk_gb   = "20"
lxc_template = "local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst"

lxc_unprivileged    = false
lxc_features_docker = true # nesting; in an unprivileged container also keyctl
lxc_tun             = true
