import Core
import Terraform
import Testing

@Suite struct CommandTests {
    private let cli = TerraformCLI(folder: "/w")

    @Test func argumentsAreThoseOfTerraform() {
        let lock = "-lock-timeout=20s"
        let expected: [(Command, [String])] = [
            (cli.version(), ["version", "-json"]),
            (cli.initialize(), ["init", "-input=false", "-no-color", "-json", "-reconfigure"]),
            (
                cli.initialize(backend: ["bucket": "b"]),
                ["init", "-input=false", "-no-color", "-json", "-reconfigure", "-backend-config=bucket=b"]
            ),
            (cli.selectWorkspace("web", create: true), ["workspace", "select", "-no-color", "-or-create", "web"]),
            (cli.selectWorkspace("web", create: false), ["workspace", "select", "-no-color", "web"]),
            (cli.listWorkspaces(), ["workspace", "list", "-no-color"]),
            (cli.deleteWorkspace("web"), ["workspace", "delete", "-no-color", lock, "web"]),
            (cli.validate(), ["validate", "-json"]),
            (cli.plan(), ["plan", "-input=false", "-json", "-detailed-exitcode", lock, "-out=nante.tfplan"]),
            (
                cli.plan(destroy: true, targets: ["a.b"]),
                [
                    "plan", "-input=false", "-json", "-detailed-exitcode", lock, "-destroy", "-target=a.b",
                    "-out=nante.tfplan",
                ]
            ),
            (
                cli.plan(refreshOnly: true),
                ["plan", "-input=false", "-json", "-detailed-exitcode", lock, "-refresh-only", "-out=nante.tfplan"]
            ),
            (cli.showPlan(), ["show", "-json", "nante.tfplan"]), (cli.showState(), ["show", "-json"]),
            (cli.apply(), ["apply", "-input=false", "-json", lock, "nante.tfplan"]),
            (cli.output(), ["output", "-json"]),
            (
                cli.importObject(address: "m.x[\"a\"]", id: "pmx/100"),
                ["import", "-input=false", "-no-color", lock, "m.x[\"a\"]", "pmx/100"]
            ),
            (cli.stateList(), ["state", "list"]), (cli.stateRemove(["a", "b"]), ["state", "rm", lock, "a", "b"]),
            (cli.statePull(), ["state", "pull"]), (cli.statePush("f"), ["state", "push", lock, "f"]),
            (cli.statePush("f", force: true), ["state", "push", lock, "-force", "f"]),
            (cli.forceUnlock("id"), ["force-unlock", "-force", "id"]),
        ]
        for (command, arguments) in expected {
            #expect(command.program == "terraform")
            #expect(command.arguments == arguments)
            #expect(command.workingDirectory == "/w")
            #expect(command.deadline != nil, "\(arguments) has no deadline")
        }
    }

    @Test func credentialsAreInTheEnvironmentOnly() {
        let variables = TerraformEnvironment.variables(
            of: [:],
            proxmox: ProxmoxEndpoint(
                url: "https://pve:8006", tokenID: "a@pve!t", tokenSecret: "token-secret", caFile: nil),
            state: StateEndpoint(url: "http://s3:9000", accessKey: "key", secretKey: "state-secret"),
            trust: "/w/trust.pem", secrets: ["password": "variable-secret"], reattach: "{}")
        #expect(variables["PROXMOX_VE_API_TOKEN"] == "a@pve!t=token-secret")
        #expect(variables["PROXMOX_VE_ENDPOINT"] == "https://pve:8006/")
        #expect(variables["AWS_ENDPOINT_URL_S3"] == "http://s3:9000")
        #expect(variables["AWS_SECRET_ACCESS_KEY"] == "state-secret")
        #expect(variables["SSL_CERT_FILE"] == "/w/trust.pem")
        #expect(variables["TF_VAR_password"] == "variable-secret")
        #expect(variables["TF_REATTACH_PROVIDERS"] == "{}")
        #expect(variables["TF_INPUT"] == "0")
        let command = TerraformCLI(folder: "/w", environment: variables).plan()
        #expect(!command.arguments.joined().contains("secret"))
    }

    @Test func whatWouldChangeTerraformIsTakenAway() {
        let inherited = [
            "TF_WORKSPACE": "other", "TF_CLI_ARGS_plan": "-destroy", "TF_REATTACH_PROVIDERS": "{}", "AWS_PROFILE": "p",
            "TF_PLUGIN_CACHE_DIR": "/c", "PATH": "/bin", "TF_CLI_ARGS_show": "-help", "PROXMOX_VE_INSECURE": "true",
            "AWS_S3_USE_PATH_STYLE": "false", "MINIO_ROOT_PASSWORD": "s", "PROXMOX_TOKEN_SECRET": "s",
            "OCTOPUS_API_KEY": "s",
        ]
        let variables = TerraformEnvironment.variables(of: inherited, proxmox: nil, state: nil)
        let applied = Command.Variables.inherit(variables).applied(to: inherited)
        #expect(
            applied == [
                "TF_PLUGIN_CACHE_DIR": "/c", "PATH": "/bin", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0",
                "CHECKPOINT_DISABLE": "1",
            ])
    }
}
