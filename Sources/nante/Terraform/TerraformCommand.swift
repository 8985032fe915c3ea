import ArgumentParser

/// `nante terraform`.
struct TerraformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terraform", abstract: "Virtual machines and containers on Proxmox VE, by Terraform.",
        discussion: """
            Each application has a workspace of its own in the store of states. The configuration is carried by nante \
            and laid out in .nante/terraform/APP. Credentials come from the environment only: PROXMOX_API_URL, \
            PROXMOX_TOKEN_ID, PROXMOX_TOKEN_SECRET, MINIO_ENDPOINT, MINIO_ROOT_USER, MINIO_ROOT_PASSWORD. What \
            Proxmox VE lets no token do (TUN, Docker's keyctl, features of privileged containers) is done by \
            PROXMOX_USERNAME (root@pam) and PROXMOX_PASSWORD.

              nante terraform plan --app web --kind lxc
              nante terraform apply --app web --kind lxc --ip 192.168.20.50 --cores 2 --memory 1024
              nante terraform destroy --app web
            """,
        subcommands: [
            TerraformPlanCommand.self,
            TerraformApplyCommand.self,
            TerraformDestroyCommand.self,
            TerraformOutputCommand.self,
            TerraformDriftCommand.self,
            TerraformImportCommand.self,
            TerraformAdoptCommand.self,
            TerraformUnlockCommand.self,
            TerraformWorkspacesCommand.self,
            StateCommand.self,
        ])
}
