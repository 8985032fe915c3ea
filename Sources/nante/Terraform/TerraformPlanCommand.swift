import ArgumentParser
import Core
import Terraform

/// `nante terraform plan`.
struct TerraformPlanCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what apply would do to the machines of an application; change nothing.",
        discussion: """
            Sensitive values are hidden, in the table and in --output json.

              nante terraform plan --app web --kind lxc
              nante terraform plan --app web --kind vm --ip 192.168.20.50 --output json
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var app: AppOption
    @OptionGroup var machine: MachineOptions
    @Flag(help: "Plan to destroy everything.")
    var destroy = false
    @Flag(help: "End with 1 where something would change.")
    var detailedExitcode = false

    func run(_ context: Context) async throws {
        if let instances = machine.instances, !instances.hasPrefix("@") {
            _ = try InstanceMap.parse(instances, isLab: true)
        }
        let tools = try await TerraformTools(global, context)
        context.terminal.say(tools.line)
        let variables: JSONValue
        if destroy {
            variables = try await tools.knownVariables(app.app)
        } else {
            let places = try await MachinePlaces(tools, app: app.app)
            variables = try await places.variables(
                machine.request(
                    app: app.app, kind: places.kind(machine.kind), isLab: tools.platform.isLab, context))
        }
        let plan = try await tools.withStack(app.app, variables: variables) { try await $0.plan(destroy: destroy) }
        try PlanShow.render(plan, format.output, context)
        context.terminal.say("\(app.app): \(plan.summary)")
        if detailedExitcode, !plan.isEmpty { throw ExitCode(Exit.failed.code) }
    }
}
