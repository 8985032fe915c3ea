import ArgumentParser
import Console
import Core
import Deploying
import Foundation

/// `nante deploy APP`.
struct DeployCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "Bring a release to an environment, watch it, and go back when it is bad.",
        discussion: """
            The deployment server rolls the release over its hosts; each proves it in its idle slot before it gets a
            request. Steady traffic through the load balancer is recorded before, while and after. Does nothing where
            the release serves already. Exits with 1 when the release is bad; the previous good one serves then.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var probing: ProbingOptions
    @Argument(help: "The application: an app of nante.yml, a project of Octopus.")
    var app: String
    @Option(name: .shortAndLong, help: "The environment; OCTOPUS_ENVIRONMENT where it is left out.")
    var environment: String?
    @Option(help: "The release's version; the newest where it is left out.")
    var release: String?
    @Option(help: "How long each host watches the release while the old one stands by, such as 5s.")
    var bake: Seconds?
    @Option(help: "How long it is watched after the last host took it; 3 s more than the bake where it is left out.")
    var watch: Seconds?
    @Option(help: "The longest that the deployment may take.")
    var timeout: Seconds = Seconds(duration: .seconds(1_800))
    @Flag(help: "Deploy although the release serves already.")
    var force = false
    @Flag(help: "Cancel the deployment that is under way instead of starting one.")
    var cancel = false

    func run(_ context: Context) async throws {
        let environment = try DeployTools.environment(environment, context)
        let tools = try await DeployTools(global, context)
        context.terminal.say(tools.platform.line)
        if cancel { return try await RunningDeployment(tools, app, environment).cancel() }
        let manifestApp = try? tools.manifest?.app(app)
        var options = try probing.options(for: manifestApp)
        options.bake = bake?.duration
        options.watch = watch?.duration ?? (bake?.duration ?? manifestApp?.bake ?? .seconds(5)) + .seconds(3)
        options.timeout = timeout.duration
        options.force = force
        options.run = context.environment["NANTE_RUN_ID"]?.split(separator: "-").last.map(String.init)
        let news = NewsProgress(context)
        let rollout = Rollout(
            tools.server, tools.slots, context: context, options: options, commits: DeployTools.commits(context),
            tell: { news.show($0) })
        do {
            let result = try await rollout.deploy(app: app, environment: environment, version: release)
            try RolloutView.show(result, as: format.output, context)
        } catch let error as CancellationError {
            await RunningDeployment(tools, app, environment).left(rollout.interrupted)
            throw error
        }
    }
}

/// Options of the traffic that is sent while something is deployed.
struct ProbingOptions: ParsableArguments, Sendable {
    @Option(help: "Where the application is reached; the environment's load balancer where it is left out.")
    var url: String?
    @Option(help: "Requests a second, 0 for none; those of nante.yml where it is left out.")
    var rate: Int?
    @Option(parsing: .singleValue, help: "A path asked by GET; may be given several times.")
    var get: [String] = []
    @Option(parsing: .singleValue, help: "A path asked by POST with {}; may be given several times.")
    var post: [String] = []

    func options(for app: Manifest.App?) throws -> Rollout.Options {
        var options = Rollout.Options()
        options.url = url
        options.rate = rate ?? app?.probe.rate ?? 50
        options.get = get.isEmpty ? app?.probe.get ?? ["/"] : get
        options.post = post.isEmpty ? app?.probe.post ?? [] : post
        // A wrong address or path is told of before anything is changed.
        if options.rate > 0 {
            _ = try ProbePlan(
                url: url ?? "http://127.0.0.1", rate: options.rate, get: options.get, post: options.post)
        }
        return options
    }
}

/// A deployment that goes on without the command.
struct RunningDeployment {
    let tools: DeployTools
    let app: String
    let environment: String

    init(_ tools: DeployTools, _ app: String, _ environment: String) {
        self.tools = tools
        self.app = app
        self.environment = environment
    }

    /// Says what is left after an interrupt, and offers to end it.
    func left(_ deployment: DeploymentFacts?) async {
        let terminal = tools.context.terminal
        guard let deployment else { return terminal.say("interrupted before anything was changed") }
        terminal.say("\(deployment.id) (\(app) \(deployment.release.version) to \(environment)) goes on without me")
        let again = "nante deploy \(app) --environment \(environment)"
        terminal.say("  follow   \(again) --release \(deployment.release.version)")
        terminal.say("  cancel   \(again) --cancel")
        guard terminal.isInteractive else { return }
        terminal.err("cancel it now? [y/N] ")
        guard terminal.readLine()?.lowercased().hasPrefix("y") == true else { return }
        // The command's own task is cancelled already: this needs one of its own.
        let server = tools.server
        let ending = Task.detached { try await server.cancel(deployment.taskId) }
        if case .failure(let error) = await ending.result { terminal.say("not cancelled: \(error)") }
    }

    /// Cancels what is under way.
    func cancel() async throws {
        let place = try await tools.server.place(app: app, environment: environment)
        let running = try await tools.server.history(of: place).filter { !$0.state.isFinal }
        guard !running.isEmpty else {
            throw Failure(.failed, "no deployment of \(app) to \(environment) is under way")
        }
        for deployment in running {
            try await tools.server.cancel(deployment.taskId)
            tools.context.terminal.say("\(deployment.id) (\(deployment.release.version)) is being cancelled")
        }
    }
}

/// A finished deployment or rollback, for people and for programs.
enum RolloutView {
    /// Shows it; throws the explanation where it is bad.
    static func show(_ result: RolloutResult, as format: OutputFormat, _ context: Context) throws {
        try Output.render(result.json, as: format, to: context.terminal) { table(result) }
        let total = result.requests?.total ?? ProbeTally()
        try StepOutput.set(
            [
                "result": result.word, "release": result.version, "previous": result.previous ?? "",
                "deployment": result.deployment ?? "", "url": result.url ?? "", "requests-sent": "\(total.sent)",
                "requests-failed": "\(total.failed)", "requests-unknown": "\(total.unknown)",
            ], context: context)
        let what = "\(result.app) \(result.version)"
        switch result.ending {
        case .unchanged: context.terminal.say("unchanged: \(what) serves in \(result.environment) and is healthy")
        case .healthy:
            context.terminal.say("\(what) is healthy in \(result.environment) after \(result.took.short)")
            if let requests = result.requests { context.terminal.say("  requests \(requests.total.text)") }
            if let url = result.url { context.terminal.say("  url      \(url)") }
        case .bad(let explanation): throw explanation.failure
        }
    }

    private static func table(_ result: RolloutResult) -> Table {
        Table(
            ["HOST", "ADDRESS", "SLOT", "VERSION", "HEALTHY"],
            rows: result.hosts.map { state in
                let found = state.app(result.app)
                return [
                    state.host.name, state.host.address, found?.active ?? "-", found?.version ?? "-",
                    found.map { $0.healthy ? "yes" : "no" } ?? "?",
                ]
            })
    }
}
