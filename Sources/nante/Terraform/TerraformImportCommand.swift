import ArgumentParser
import Core
import Terraform

/// `nante terraform import`.
struct TerraformImportCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take a machine that exists into an application's state.",
        discussion: """
            The configuration must ask for it: plan first, with options that describe the machine as it is.

              nante terraform plan --app web --kind lxc --ip 192.168.20.50 --vm-id 101 --name web-1
              nante terraform import --app web \\
                --address 'module.lxc["default"].proxmox_virtual_environment_container.this' --id pmx/101
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var app: AppOption
    @Option(help: "The address in the configuration.")
    var address: String
    @Option(help: "NODE/ID of the machine.")
    var id: String

    func validate() throws {
        guard id.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9\-]*\/[1-9][0-9]{2,8}/) != nil else {
            throw ValidationError("--id must be NODE/ID, such as pmx/101, not \"\(id)\"")
        }
        guard !address.hasPrefix("-"), address.contains(".") else {
            throw ValidationError("--address must be a resource, not \"\(address)\"")
        }
    }

    func run(_ context: Context) async throws {
        let tools = try await TerraformTools(global, context)
        context.terminal.say(tools.line)
        let variables = try await tools.knownVariables(app.app)
        try await tools.withStack(app.app, variables: variables) { stack in
            try await stack.importObject(address: address, id: id)
        }
        context.terminal.say("\(app.app): \(id) is \(address) from now on")
        context.terminal.say("next      nante terraform plan --app \(app.app)")
    }
}
