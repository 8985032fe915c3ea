import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus task`.
struct OctopusTask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Tasks of the server.",
        subcommands: [OctopusTaskWait.self, OctopusTaskCancel.self, OctopusTaskList.self])
}

/// `nante octopus task wait`.
struct OctopusTaskWait: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait for the end of tasks and stream their logs.",
        discussion: "The exit code is their result: 0 success, 1 failure, 130 cancelled, 124 the deadline passed.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var waiting: OctopusWaiting
    @Flag(help: "Cancel a task for which the deadline passed.")
    var cancelOnTimeout = false
    @Argument(help: "Ids of tasks.")
    var tasks: [String]

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context)
        var ended: [JSONValue] = []
        for id in tasks {
            do {
                ended.append(try await waiting.follow(id, next: [], client, context).task.json)
            } catch let failure as Failure where failure.exit == .deadline && cancelOnTimeout {
                _ = try await client.cancel(id)
                throw failure.adding("note", "the task was told to stop")
            }
        }
        try Output.render(.array(ended), as: format.output, to: context.terminal) { () -> [String] in [] }
    }
}

/// `nante octopus task cancel`.
struct OctopusTaskCancel: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop a task; one that has ended is left alone.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "Id of the task.")
    var task: String

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context, changes: true)
        let before = try await client.task(task)
        guard !before.state.isFinal else {
            return context.terminal.say("\(before.id) has ended already: \(before.state.name)")
        }
        let after = try await client.cancel(task)
        context.terminal.say("\(after.id) \(after.state.name)")
    }
}

/// `nante octopus task list`.
struct OctopusTaskList: NanteCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List tasks, newest first.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "How many at most.")
    var limit = 30

    func run(_ context: Context) async throws {
        let tasks = try await global.octopus(context).tasks(limit: limit)
        try OctopusShow.list(tasks.map(\.json), format.output, context) {
            Table(
                ["TASK", "STATE", "WHAT", "ASKED FOR", "TOOK"],
                rows: tasks.map {
                    [
                        $0.id, $0.state.name, $0.description ?? $0.name, OctopusShow.date($0.queueTime),
                        $0.duration ?? "",
                    ]
                })
        }
    }
}
