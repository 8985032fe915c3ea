import Core
import Foundation
import Git
import OrderedCollections

/// A run of a workflow on this machine, from the request to the report.
public final class WorkflowRun: Sendable {
    /// The run's id.
    public let id: String
    /// The folder of its journal and logs.
    public let folder: String
    /// What a person should know before it starts, such as changes that it does not see.
    public let notes: [String]
    private let services: RunServices
    private let loaded: LoadedWorkflow
    private let inputs: ExpressionValue
    private let header: RunHeader
    private let selected: Set<String>?
    private let cancellation = Cancellation()
    private let store: RunStore

    private init(
        id: String, services: RunServices, loaded: LoadedWorkflow, inputs: ExpressionValue, header: RunHeader,
        selected: Set<String>?, notes: [String], store: RunStore
    ) {
        self.id = id
        self.services = services
        self.loaded = loaded
        self.inputs = inputs
        self.header = header
        self.selected = selected
        self.notes = notes
        self.store = store
        folder = services.folder
    }

    /// Reads everything that the run needs and makes its folder; nothing runs yet.
    ///
    /// - Throws: `SourceFaults` for faults in workflow files, a failure for a wrong request.
    public static func prepare(
        _ request: RunRequest, context: Context, view: any RunView = SilentView()
    ) async throws -> WorkflowRun {
        let place = try await RunPlace.find(request.workflow, context: context)
        for (name, secret) in request.secrets where !request.openSecrets.contains(name) { context.mask.add(secret) }
        let bench = try Workbench(repository: place.name, root: place.root, context: context)
        let own = try await origin(request, place, bench, context)
        let finder = OriginFinder(
            context: context, own: own,
            library: Dictionary(
                request.library.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
            scratch: bench.folder.appending(path: "_origins"))
        let loader = WorkflowLoader(context: context, finder: finder)
        let loaded = try await load(loader, place, own, context)
        let event = try RunEvent.make(request, loaded.workflow, place, path: place.workflow)
        let selected = try select(request.jobs, loaded.workflow)
        let store = RunStore(context: context, root: place.root)
        let number = try store.ids().count + 1
        let id = try store.create()
        let facts = RunFacts(
            id: id, runID: Int64(context.time.now().timeIntervalSince1970 * 1000), number: number,
            repository: place.name, ref: event.ref,
            sha: own.sha.isEmpty ? String(repeating: "0", count: 40) : own.sha,
            actor: context.environment["USER"] ?? "nante", event: event.name, payload: event.payload,
            workflow: loaded.workflow.title, path: place.workflow, token: request.secrets["GITHUB_TOKEN"] ?? "")
        let folder = store.path(id)
        try context.files.scratch(
            Data(context.mask.apply(event.payload.text(indent: 2)).utf8), to: folder.appending(path: "event.json"),
            mode: 0o644)
        let services = RunServices(
            context: context, request: request, facts: facts, folder: folder, root: place.root,
            repository: place.repository, originURL: place.originURL,
            journal: try JournalWriter(folder: folder, context: context, listener: view.event), view: view,
            bench: bench, finder: finder,
            base: BaseEnvironment.make(
                context.environment, extra: request.passed, binary: request.binary, lab: request.usesLab),
            hasBash: context.processes.find("bash") != nil)
        let header = RunHeader(
            id: id, workflow: place.workflow, name: loaded.workflow.title, event: event.name,
            repository: place.name, ref: event.ref, sha: facts.sha, inputs: request.inputs,
            secrets: request.secrets.keys.sorted(), workspace: request.workspace.rawValue)
        return WorkflowRun(
            id: id, services: services, loaded: loaded, inputs: event.inputs, header: header, selected: selected,
            notes: notes(request, place), store: store)
    }

    /// The state of the repository that the run sees.
    private static func origin(
        _ request: RunRequest, _ place: RunPlace, _ bench: Workbench, _ context: Context
    ) async throws -> Origin {
        var tree = Origin.Tree.folder(place.root)
        var sha = place.head?.sha ?? ""
        if let repository = place.repository, request.workspace != .current {
            if request.workspace == .dirty, !place.changes.isEmpty { sha = try await repository.snapshot() }
            tree = .commit(repository, sha)
        }
        return Origin(
            repository: place.name, ref: place.ref, sha: sha, tree: tree,
            scratch: bench.folder.appending(path: "_origins/own"))
    }

    private static func load(
        _ loader: WorkflowLoader, _ place: RunPlace, _ own: Origin, _ context: Context
    ) async throws -> LoadedWorkflow {
        if case .commit(_, let sha) = own.tree, try await own.text(place.workflow, context) == nil {
            throw Failure(
                .usage, "\(place.workflow) is not in the commit \(sha.prefix(7))",
                why: "a run sees what is committed, as after a push",
                next: ["git add \(place.workflow) && git commit", "nante run --dirty \(place.workflow)"])
        }
        return try await loader.load(place.workflow, from: own)
    }

    /// The jobs that are asked for, with all that they need.
    private static func select(_ jobs: [String], _ workflow: Workflow) throws -> Set<String>? {
        if jobs.isEmpty { return nil }
        let plan = Plan(workflow)
        for id in jobs where workflow.jobs[id] == nil {
            throw Failure(
                .usage, "\(workflow.file) has no job \(JSONValue.string(id).text())",
                why: "it has \(workflow.jobs.keys.joined(separator: ", "))")
        }
        return jobs.reduce(into: Set(jobs)) { $0.formUnion(plan.ancestors[$1] ?? []) }
    }

    private static func notes(_ request: RunRequest, _ place: RunPlace) -> [String] {
        if place.repository == nil { return ["\(place.root) has no commit: jobs get a copy of the folder"] }
        guard !place.changes.isEmpty, request.workspace == .commit else { return [] }
        let names = place.changes.prefix(3).map(\.path).joined(separator: ", ")
        let more = place.changes.count > 3 ? " and \(place.changes.count - 3) more" : ""
        return ["not in this run: changes that are not committed (\(names)\(more)); --dirty takes them in"]
    }

    /// The workflow's name and the commit.
    public var title: String { "\(header.name) at \(header.sha.prefix(7)) (\(header.event))" }

    /// The last part of the id, by which commands find the run.
    public var shortID: String { id.split(separator: "-").last.map(String.init) ?? id }

    /// The text of one of the run's logs.
    public func log(_ path: String) throws -> String { try store.log(id, path) }

    /// Ends the run as GitHub does: what runs is interrupted, steps and jobs whose `if` says so still run.
    public func cancel(_ reason: String) {
        guard !cancellation.isCancelled else { return }
        services.journal.write(.cancelled(reason: reason))
        cancellation.cancel(.user(reason))
    }

    /// Runs all jobs to their end.
    ///
    /// The cancellation of the task that calls is no way to end a run: use `cancel`.
    /// - Throws: what kept the journal from being written; the run's own failure is in the report.
    public func run() async throws -> RunReport {
        let time = services.context.time
        let start = time.elapsed()
        services.journal.write(.runStarted(header))
        var secrets = OrderedDictionary(uniqueKeysWithValues: services.request.secrets.sorted { $0.key < $1.key })
        secrets["GITHUB_TOKEN"] = services.facts.token
        let scope = WorkflowScope(
            loaded: loaded, inputs: inputs, secrets: secrets, key: "", name: "", cancellation: cancellation)
        let jobs = JobsRun(services: services, scope: scope, selected: selected)
        // A task of its own, since a cancelled task could neither wait nor start the steps that run all the same.
        let outcomes = try await Task.detached { [services, cancellation] in
            let lock = try await WorkflowLock.acquire(scope, jobs.contexts(), services, cancellation)
            defer { withExtendedLifetime(lock) {} }
            return await jobs.run()
        }.value
        let result = cancellation.isCancelled ? .cancelled : CallRun.result(outcomes.values.map(\.result))
        services.journal.write(.runFinished(result: result, milliseconds: (time.elapsed() - start).milliseconds))
        if !services.request.keepsWorkspaces { services.bench.clear() }
        if let error = services.journal.firstError { throw error }
        return try store.report(id)
    }
}
