import Core
import Foundation
import Synchronization

/// A workspace of terraform and its folder: everything that nante does with terraform goes through one.
///
/// The configuration is laid out in `REPOSITORY/.nante/terraform/NAME/`; the state is in the store, below the
/// workspace's name. The value holds the folder's lock from its first change until it goes, so that what was planned
/// is what is applied; a second one waits, and then says who holds it.
public final class TerraformStack: Sendable {
    /// The workspace.
    public let name: String
    /// The folder of the workspace.
    public let folder: String
    let program: TerraformProgram
    let variables: JSONValue
    let endpoints: TerraformEndpoints
    /// The endpoint with every login that is set.
    let login: ProxmoxEndpoint?
    let providers: ProviderSource
    let cli: TerraformCLI
    let context: Context
    let report: @Sendable (TerraformEvent) -> Void
    let journal: StackJournal
    let held = Mutex<FileLock?>(nil)

    /// A workspace; nothing is touched yet.
    ///
    /// - Parameters:
    ///   - name: letters, digits, `-`, `_` and `.`; the application, or `REPOSITORY-ENVIRONMENT`.
    ///   - repository: the folder that `.nante/` is in.
    ///   - variables: an object; kept in a 0600 file of the workspace. Null leaves the file as it is.
    ///   - secrets: values of sensitive variables; they reach terraform by its environment only.
    ///   - report: sees every event, and what nante did by itself as `said`.
    /// - Throws: a failure with exit `usage` for a name that can't be one.
    public init(
        name: String, repository: String, variables: JSONValue, secrets: [String: String] = [:],
        endpoints: TerraformEndpoints, providers: ProviderSource, program: TerraformProgram = .embedded,
        lockTimeout: Duration = .seconds(20), context: Context,
        report: @escaping @Sendable (TerraformEvent) -> Void = { _ in }
    ) throws {
        guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._\-]{0,89}/) != nil, name != "default" else {
            throw Failure(
                .usage, "\"\(name)\" can't be a workspace",
                why: "letters, digits, -, _ and . make one, at most 90, and it is not \"default\"")
        }
        self.name = name
        folder = TerraformStack.folder(name, repository: repository)
        self.program =
            endpoints.state == nil
            ? program.adding("backend_override.tf.json", #"{"terraform":{"backend":{"local":{}}}}"#) : program
        self.variables = variables
        login = endpoints.proxmox
        let endpoints = endpoints.fitting(variables, folder: folder, context: context)
        self.endpoints = endpoints
        self.providers = providers
        self.context = context
        self.report = report
        journal = StackJournal(path: folder.appending(path: "journal.jsonl"), context: context)
        for secret in secrets.values { context.mask.add(secret) }
        let trust = endpoints.proxmox?.caFile == nil ? nil : folder.appending(path: TerraformStack.trustFile)
        cli = TerraformCLI(
            folder: folder,
            environment: TerraformEnvironment.variables(
                of: context.environment, proxmox: endpoints.proxmox, state: endpoints.state, trust: trust,
                secrets: secrets, reattach: providers.reattach), lockTimeout: lockTimeout)
    }

    /// The folder of a workspace.
    public static func folder(_ name: String, repository: String) -> String {
        repository.appending(path: ".nante/terraform/\(name)")
    }

    static let trustFile = "trust.pem"
    static let variablesFile = "nante.auto.tfvars.json"

    func path(_ file: String) -> String { folder.appending(path: file) }

    /// Plans; the plan is kept in the folder for `apply`.
    ///
    /// - Parameters:
    ///   - destroy: everything is to go.
    ///   - refreshOnly: only the differences between the state and the world are wanted.
    ///   - create: a workspace that is not there yet is made.
    public func plan(
        destroy: Bool = false, refreshOnly: Bool = false, create: Bool = true
    ) async throws -> TerraformPlan {
        let earlier = try? context.files.readText(path(TerraformStack.variablesFile))
        let isChange = !destroy && !refreshOnly
        try await prepare(create: create)
        try await takeUp()
        try context.files.write("", to: path(TerraformCLI.planFile), mode: 0o600)
        let run = try await journaled("plan") {
            try await locked(cli.plan(destroy: destroy, refreshOnly: refreshOnly)) { try await piped($0) }
        }
        switch run.result.ending {
        case .exited(0): return TerraformPlan(workspace: name, isDestroy: destroy, events: run.events)
        case .exited(2): break
        default:
            try restoreVariables(earlier)
            throw trouble(run, destroy ? "the plan to destroy \(name) failed" : "the plan of \(name) failed")
        }
        let shown = try await context.processes.check(cli.showPlan(), what: "the plan of \(name) can't be shown")
        let plan = try TerraformPlan(workspace: name, isDestroy: destroy, json: try json(shown.stdout))
        if isChange, !endpoints.isRoot {
            let options = RootOnly.options(plan)
            guard options.isEmpty else { throw RootOnly.refusal(options, login) }
        }
        return plan
    }

    /// Does what the plan says, and nothing when it is empty.
    ///
    /// - Returns: the outputs afterwards.
    /// - Throws: a failure that names the resource and what the server said; exit `held` where another has the lock.
    @discardableResult
    public func apply(_ plan: TerraformPlan) async throws -> TerraformOutputs {
        guard plan.isApplicable else { return try await outputs() }
        let run = try await journaled("apply", details: StackJournal.machines(of: plan)) {
            try await locked(cli.apply()) { try await detached($0) }
        }
        try context.files.remove(path(TerraformCLI.planFile))
        guard run.result.succeeded else {
            try? await pushErrored()
            throw trouble(run, plan.isDestroy ? "\(name) was not destroyed" : "\(name) was not applied")
        }
        return plan.isDestroy ? TerraformOutputs(values: [:], sensitive: []) : try await outputs()
    }

    /// The outputs of the last apply.
    public func outputs() async throws -> TerraformOutputs {
        try await prepare(create: false)
        let result = try await context.processes.run(cli.output())
        guard result.succeeded else { throw trouble(result, "the outputs of \(name) can't be read") }
        return TerraformOutputs(try json(result.stdout))
    }

    /// The state as it is stored.
    public func state() async throws -> TerraformState {
        try await prepare(create: false)
        let result = try await context.processes.run(cli.statePull())
        guard result.succeeded else { throw trouble(result, "the state of \(name) can't be read") }
        return try TerraformState(text: result.stdout)
    }

    func json(_ text: String) throws -> JSONValue {
        do { return try JSONValue.parse(text) } catch {
            throw Failure(.failed, "terraform's answer can't be read", why: "\(error)")
        }
    }
}
