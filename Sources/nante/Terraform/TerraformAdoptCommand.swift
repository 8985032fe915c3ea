import ArgumentParser
import Core
import Foundation
import OrderedCollections
import Terraform

/// `nante terraform adopt`.
struct TerraformAdoptCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt", abstract: "Take over the machines of today's library: nothing is destroyed or made anew.",
        discussion: """
            Reads the state that the workflows of today's library left (Telmate's provider, either layout), describes \
            its machines by variables, imports them in a trial and shows the plan. It is refused while that plan would \
            destroy, replace or make anything. With --yes the trial's state becomes the application's; the old one is \
            kept. Neither Telmate's provider nor Tailscale's is needed.

              nante terraform adopt --app shop
              nante terraform adopt --app shop --state terraform.tfstate --yes
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var app: AppOption
    @Option(help: "The old state as a file; without it the one in the store.")
    var state: String?
    @Option(name: .customLong("var"), help: "A variable that is to be otherwise, NAME=VALUE; may be given again.")
    var variable: [String] = []
    @Flag(name: .shortAndLong, help: "Take over, after the plan was shown.")
    var yes = false

    func run(_ context: Context) async throws {
        let tools = try await TerraformTools(global, context)
        context.terminal.say(tools.line)
        guard let today = try await today(tools, context) else {
            return context.terminal.say("\(app.app): is adopted already, nothing to do")
        }
        for machine in today.machines {
            context.terminal.say(
                "  \(machine.oldAddress)  \(machine.name) (\(machine.importID))  → \(machine.newAddress)")
        }
        let variables = variables(today, try await tools.publicKey())
        try await tools.withProvider(app.app, variables: variables) { provider in
            let trial = try tools.stack(
                app.app + Adoption.trialSuffix, variables: variables,
                endpoints: TerraformEndpoints(proxmox: tools.endpoints.proxmox, state: nil), provider: provider,
                program: Adoption.trialProgram(today))
            let real = try tools.stack(
                app.app, variables: variables, endpoints: tools.endpoints, provider: provider)
            try await adopt(Adoption(today, trial: trial, real: real, context: context), real, context)
        }
    }

    private func adopt(_ adoption: Adoption, _ real: TerraformStack, _ context: Context) async throws {
        let plan = try await adoption.plan()
        try PlanShow.render(plan, format.output, context)
        context.terminal.say("\(app.app): \(plan.summary)")
        if let refusal = Adoption.refusal(of: plan, for: adoption.today) { throw refusal }
        try Confirm.ask("Take these machines over?", yes: yes, context: context)
        let backup = try await adoption.apply(plan)
        context.terminal.say("\(app.app): adopted; the old state is kept in \(backup)")
        let after = try await real.plan()
        context.terminal.say("\(app.app): \(after.summary)")
    }

    /// What is to be taken over; nil where it is already.
    private func today(_ tools: TerraformTools, _ context: Context) async throws -> TodayState? {
        let stored = try await tools.storedState(app.app)
        let text = try state.map { try context.files.readText(context.path($0)) }
        guard let found = try text.map(TerraformState.init(text:)) ?? stored else {
            throw Failure(
                .failed, "there is no state of \(app.app)", where: tools.endpoints.state?.url,
                next: ["nante terraform workspaces", "--state FILE"])
        }
        let today = try TodayState(found, app: app.app)
        if !today.isEmpty { return today }
        guard found.resources.contains(where: { TerraformResources.machineTypes.contains($0.type) }) else {
            throw Failure(.failed, "the state of \(app.app) has no machines of today's library")
        }
        return nil
    }

    private func variables(_ today: TodayState, _ key: String) -> JSONValue {
        guard var members = today.variables(publicKey: key).object else { return .emptyObject }
        for (name, value) in MachineOptions.variables(variable) { members[name] = value }
        return .object(members)
    }
}
