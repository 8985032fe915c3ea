import ArgumentParser
import Console
import Core
import OrderedCollections
import Workflows

/// `nante run`: runs a workflow on this machine.
struct RunCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a GitHub Actions workflow on this machine.",
        discussion: """
            Each job works in a checkout of HEAD's commit, as after a push. Steps get a short list of the environment \
            (PATH, HOME, language, proxies, mirrors, NANTE_* and the platform's settings), and this nante first in \
            PATH. Exit codes: 0 success, 1 a job failed, 2 the workflow is invalid, 130 cancelled.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "A workflow file, or its name in .github/workflows; may be left out where there is only one.")
    var workflow: String?
    @Option(help: "The event: push by default, else workflow_dispatch, else the workflow's first.")
    var event: String?
    @Option(help: "A JSON file with the event's payload.")
    var eventPath: String?
    @Option(name: .shortAndLong, help: "An input of workflow_dispatch, NAME=VALUE; may be repeated.")
    var input: [String] = []
    @Option(help: "A secret: the name of the environment variable that holds it; may be repeated.")
    var secret: [String] = []
    @Option(name: .customLong("var"), help: "A member of the vars context, NAME=VALUE; may be repeated.")
    var variable: [String] = []
    @Option(help: "One more environment variable that steps get, by name; may be repeated.")
    var env: [String] = []
    @Option(help: "Only this job and what it needs; may be repeated.")
    var job: [String] = []
    @Option(help: "Where `uses: OWNER/REPO/…` is found, OWNER/REPO=FOLDER; may be repeated.")
    var library: [String] = []
    @Option(help: "Where jobs work: commit, dirty (with uncommitted changes) or current (the work tree itself).")
    var workspace: WorkspaceMode = .commit
    @Flag(help: "Short for --workspace dirty.")
    var dirty = false
    @Flag(help: "Keep the jobs' workspaces.")
    var keep = false
    @Flag(name: .shortAndLong, help: "Show every line that steps print.")
    var verbose = false
    @Option(name: .shortAndLong, help: "table, or json: a stream of events, one a line.")
    var output: RunFormat = .table

    func validate() throws {
        for pair in input + variable + library where !pair.contains("=") || pair.hasPrefix("=") {
            throw ValidationError("\(JSONValue.string(pair).text()) is not NAME=VALUE")
        }
        if dirty, workspace == .current { throw ValidationError("--dirty and --workspace current exclude each other") }
    }

    func run(_ context: Context) async throws {
        let request = try await RunOptions(command: self).request(context)
        let view: any RunView =
            switch output {
            case .table: RunProgress(context, verbose: verbose)
            case .json: RunEvents(context)
            }
        let run = try await WorkflowRun.prepare(request, context: context, view: view)
        if output == .table { RunText.opening(run, context) }
        let work = Task.detached { try await run.run() }
        let report = try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            run.cancel("interrupted")
        }
        try RunText.close(report, run, output, context)
    }
}

/// The formats of `nante run`.
enum RunFormat: String, ExpressibleByArgument, CaseIterable { case table, json }

extension WorkspaceMode: ExpressibleByArgument {}
