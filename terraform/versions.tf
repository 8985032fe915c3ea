terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "= 0.111.1"
    }
  }

  # Where the state lies: any S3 compatible store that knows conditional writes. Address and keys come from the
  # environment of every command: AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.
  # Another backend: a file backend_override.tf beside this one, see docs/USAGE.md.
  backend "s3" {
    bucket       = "terraform-state"
    key          = "terraform.tfstate"
    region       = "us-east-1"
    use_lockfile = true

    use_path_style              = true
    skip_credentials_validation = true
    skip_metadata_api_check     = true
    skip_region_validation      = true
    skip_requesting_account_id  = true
    skip_s3_checksum            = true
  }
}

# Address and login come from the environment: PROXMOX_VE_ENDPOINT, PROXMOX_VE_API_TOKEN (user@realm!name=secret).
provider "proxmox" {}
