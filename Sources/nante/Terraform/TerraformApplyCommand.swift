import ArgumentParser
import Console
import Core
import Terraform

/// `nante terraform apply`.
struct TerraformApplyCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Make the machines of an application, or change them to what is asked.",
        discussion: """
            Run again it changes nothing, and takes up what was cut off. Where a machine would be destroyed or made \
            anew it is named and asked for; without --yes and a terminal nothing is done then.

              nante terraform apply --app web --kind lxc
              nante terraform apply --app db --kind vm --instances @instances.json --prevent-destroy
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var app: AppOption
    @OptionGroup var machine: MachineOptions
    @Flag(name: .shortAndLong, help: "Do not ask, also where a machine is destroyed or made anew.")
    var yes = false

    func run(_ context: Context) async throws {
        if let instances = machine.instances, !instances.hasPrefix("@") {
            _ = try InstanceMap.parse(instances, isLab: true)
        }
        let start = context.time.elapsed()
        let tools = try await TerraformTools(global, context)
        context.terminal.say(tools.line)
        let places = try await MachinePlaces(tools, app: app.app)
        let variables = try await places.variables(
            machine.request(app: app.app, kind: places.kind(machine.kind), isLab: tools.platform.isLab, context))
        let (plan, outputs) = try await tools.withStack(app.app, variables: variables) { stack in
            let plan = try await stack.plan()
            for row in plan.rows { context.terminal.say("  \(row[0])  \(StackReport.short(row[1]))  \(row[2])") }
            try Destruction.confirm(plan, yes: yes, context: context)
            return (plan, try await stack.apply(plan))
        }
        try InventoryShow.render(outputs, format.output, context)
        let time = (context.time.elapsed() - start).short
        context.terminal.say("\(app.app): \(plan.isEmpty ? "nothing to change" : "done: \(plan.summary)") (\(time))")
        try StepOutput.set(["changes": "\(plan.changes.count)"], context: context)
    }
}

/// Asks before a plan takes something away.
enum Destruction {
    /// Returns when nothing is taken away, or it was agreed to.
    ///
    /// - Throws: a failure with exit `refused` for what is protected, or was not agreed to.
    static func confirm(_ plan: TerraformPlan, yes: Bool, context: Context) throws {
        try refuseProtected(plan)
        let gone = plan.destructive
        guard !gone.isEmpty else { return }
        for change in gone {
            context.terminal.say("\(change.action.rawValue)  \(name(change))  \(change.because)")
        }
        try Confirm.ask(
            "Destroy \(gone.map(name).joined(separator: ", ")), with all that is on it?", yes: yes, context: context)
    }

    /// Refuses a plan that takes away what is protected.
    static func refuseProtected(_ plan: TerraformPlan) throws {
        let protected = plan.destructive.filter { $0.before["protection"]?.bool == true }
        guard !protected.isEmpty else { return }
        throw Failure(
            .refused, "\(protected.map(name).joined(separator: ", ")) is protected, nothing was changed",
            why: "prevent_destroy is set",
            next: [
                "nante terraform apply --app \(plan.workspace) … as now, with --no-prevent-destroy",
                "and prevent_destroy false where --instances says it, then again",
            ])
    }

    /// "web-dev-1a2b (lxc default, id 101)".
    static func name(_ change: TerraformChange) -> String {
        let id = change.before["vm_id"]?.int.map { ", id \($0)" } ?? ""
        let short = StackReport.short(change.address)
        return change.machineName.map { "\($0) (\(short)\(id))" } ?? short
    }
}

/// Shows the machines of an application.
enum InventoryShow {
    static func render(_ outputs: TerraformOutputs, _ format: OutputFormat, _ context: Context) throws {
        let machines = outputs["inventory"]?.object ?? [:]
        try Output.render(.object(machines), as: format, to: context.terminal) {
            Table(
                ["KEY", "NAME", "KIND", "ADDRESS", "ID", "NODE", "USER"],
                rows: machines.map { key, value in
                    func text(_ name: String) -> String { value[name].map { $0.string ?? $0.text() } ?? "" }
                    return [
                        key, text("name"), text("resource_type"), text("ip_address"), text("vm_id"), text("node"),
                        text("user"),
                    ]
                })
        }
    }
}
