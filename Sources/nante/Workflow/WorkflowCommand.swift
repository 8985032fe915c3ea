import ArgumentParser

/// `nante workflow`: workflow files without running them.
struct WorkflowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workflow", abstract: "Check, plan and try out workflow files without running them.",
        subcommands: [WorkflowCheckCommand.self, WorkflowPlanCommand.self, WorkflowEvalCommand.self])
}
