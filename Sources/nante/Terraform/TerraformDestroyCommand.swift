import ArgumentParser
import Core
import Terraform

/// `nante terraform destroy`.
struct TerraformDestroyCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "destroy", abstract: "Destroy the machines of an application.",
        discussion: """
            Names what goes and asks for the name of the application. What is protected (--prevent-destroy) is refused.
            The workspace stays, empty.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var app: AppOption
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run(_ context: Context) async throws {
        let tools = try await TerraformTools(global, context)
        context.terminal.say(tools.line)
        let variables = try await tools.knownVariables(app.app)
        try await tools.withStack(app.app, variables: variables) { stack in
            let plan = try await stack.plan(destroy: true, create: false)
            try PlanShow.render(plan, format.output, context)
            guard !plan.destructive.isEmpty else { return context.terminal.say("\(app.app): nothing to destroy") }
            try Destruction.refuseProtected(plan)
            try confirm(context)
            try await stack.apply(plan)
            context.terminal.say(
                "\(app.app): destroyed \(plan.destructive.map(Destruction.name).joined(separator: ", "))")
        }
    }

    private func confirm(_ context: Context) throws {
        if yes { return }
        context.terminal.err("Type the name of the application to destroy all of this: ")
        let answer = context.terminal.readLine()
        if answer == nil { context.terminal.say("") }
        guard answer == app.app else {
            throw Failure(
                .refused, "nothing was changed", why: answer == nil ? "nobody can be asked" : "that is not \(app.app)",
                next: ["--yes"])
        }
    }
}
