import Console
import Core
import Deploying
import Git
import Lab
import Octopus
import Provisioning
import SSH
import Synchronization

/// What plan, apply and destroy have in common: the manifest's environment, the hosts' maker and the targets.
struct Provision {
    let context: Context
    let desired: Desired?
    let platform: Platform
    let maker: any HostMaker
    let registry: OctopusRegistry
    let key: DeployKey
    let report: ProvisionReport
    private let machines: MachineTools

    /// Looks for everything that is needed, starts the lab where that is meant, and runs a body with it.
    ///
    /// - Parameter wanted: the environment must be in the manifest; else only what is there counts.
    static func with(
        _ global: GlobalOptions, environment: String, wanted: Bool = true, context: Context,
        _ body: (Provision) async throws -> Void
    ) async throws {
        let provision = try await Provision(global, environment: environment, wanted: wanted, context: context)
        do { try await body(provision) } catch {
            await provision.machines.stop()
            throw error
        }
        await provision.machines.stop()
    }

    private init(_ global: GlobalOptions, environment: String, wanted: Bool, context: Context) async throws {
        guard NameRule.isName(environment) else {
            throw Failure(.usage, "\"\(environment)\" can't be an environment", why: NameRule.inWords)
        }
        self.context = context
        report = ProvisionReport(context)
        // The manifest first: nothing is started for one that is wrong.
        let manifest = wanted ? try Manifest.load(context) : try global.manifestIfAny(context)
        desired = wanted ? try manifest.map { try Desired($0, environment: environment) } : nil
        platform = try await global.platform(context, manifest: manifest)
        let repository = await Provision.repository(context)
        let machines = try await MachineTools(
            platform, environment: environment, repository: repository, manifest: manifest,
            context: context, report: report)
        self.machines = machines
        maker = machines.maker
        let publicKey =
            platform.isLab
            ? try await Hosts.ofThisMachine(context).authorizedKey() : try MachineTools.publicKey(platform, context)
        key = try await DeployKey.read(
            try platform.ssh().keyFile, publicKey: publicKey, user: HostConfiguration.deployUser, context: context)
        registry = OctopusRegistry(try await OctopusClient.connect(platform.octopus(), context: context))
    }

    /// The provisioner of an environment that the manifest has.
    ///
    /// - Parameter replacing: names of hosts that may be destroyed and made anew.
    func provisioner(replacing: Set<String> = []) throws -> Provisioner {
        guard let desired else { throw Failure(.usage, "there is no \(Manifest.fileName) here") }
        return Provisioner(
            desired, maker: maker, registry: registry,
            slot: SlotProgram(path: SlotScript.path, text: SlotScript.text), key: key,
            folder: context.workingDirectory, replacing: replacing, context: context, report: report.show)
    }

    /// The repository's name: that of the running workflow, of the remote, or of the folder.
    static func repository(_ context: Context) async -> String {
        if let name = context.environment["GITHUB_REPOSITORY"], !name.isEmpty { return name }
        let repository = Repository(context: context, folder: context.workingDirectory)
        if let remote = try? await repository.remotes().first {
            let name = remote.url.lastPathComponent
            return name.hasSuffix(".git") ? String(name.dropLast(4)) : name
        }
        return ((try? await repository.root()) ?? context.workingDirectory).lastPathComponent
    }

    static func table(_ plan: Plan, all: Bool) -> Table {
        let items = all ? plan.items : plan.changes
        return Table(
            ["ACTION", "KIND", "NAME", "WHAT"],
            rows: items.map { [$0.action.rawValue, $0.kind.rawValue, $0.name, $0.details.joined(separator: "; ")] })
    }
}

/// Shows the steps of an apply as a tree of progress.
final class ProvisionReport: Sendable {
    private let progress: Progress
    private let context: Context
    private let open = Mutex<[String: Int]>([:])

    init(_ context: Context) {
        self.context = context
        progress = Progress(context)
    }

    /// Shows an event.
    @Sendable func show(_ event: ProvisionEvent) {
        switch event {
        case .begin(let step):
            let id = progress.begin(step)
            open.withLock { $0[step] = id }
        case .note(let step, let line): if let id = open.withLock({ $0[step] }) { progress.note(id, line) }
        case .done(let step, let remark): end(step, .done, remark)
        case .failed(let step): end(step, .failed, "")
        case .say(let line): progress.say([line])
        }
    }

    private func end(_ step: String, _ ending: Progress.Ending, _ remark: String) {
        if let id = open.withLock({ $0.removeValue(forKey: step) }) { progress.end(id, ending, remark) }
    }
}
