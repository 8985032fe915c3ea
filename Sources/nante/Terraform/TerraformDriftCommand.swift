import ArgumentParser
import Console
import Core
import Terraform

/// `nante terraform drift`.
struct TerraformDriftCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Tell what was changed or removed behind Terraform's back; ends with 1 then.",
        discussion: "Compares the state with the cluster and changes nothing. Repaired by apply.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var app: AppOption

    func run(_ context: Context) async throws {
        let tools = try await TerraformTools(global, context)
        let variables = try await tools.knownVariables(app.app)
        let plan = try await tools.withStack(app.app, variables: variables) { stack in
            try await stack.plan(refreshOnly: true, create: false)
        }
        let found = plan.drift
        try Output.render(plan.json["drift"] ?? [], as: format.output, to: context.terminal) {
            Table(
                ["WHAT", "RESOURCE", "DIFFERENCE"],
                rows: found.map {
                    [$0.action == .delete ? "gone" : "changed", $0.address, PlanShow.words(of: $0)]
                })
        }
        guard !found.isEmpty else { return context.terminal.say("\(app.app): as Terraform left it") }
        context.terminal.say("\(app.app): \(found.count) changed outside of Terraform; nante terraform apply mends it")
        throw ExitCode(Exit.failed.code)
    }
}
