import Core
import Foundation
import Lab
import Provisioning
import Proxmox
import SSH
import StateStore
import Terraform

/// What makes the machines of an environment: the site that platform and manifest tell, and terraform with a provider
/// that is started only where terraform is asked at all.
struct MachineTools: Sendable {
    let maker: TerraformHostMaker
    private let provider: ProviderOnDemand

    init(
        _ platform: Platform, environment: String, repository: String, manifest: Manifest?, context: Context,
        report: ProvisionReport
    ) async throws {
        let endpoints = try TerraformEndpoints(platform)
        let machines = manifest?.machines ?? .usual
        let vlans = manifest?.environments.flatMap(\.hosts).compactMap(\.vlan) ?? []
        let site =
            try await platform.isLab
            ? MachineTools.lab(repository, environment, machines, vlans, context)
            : MachineTools.servers(repository, environment, machines, platform, context)
        let folder = context.workingDirectory
        let place = TerraformStack.folder(site.workspace, repository: folder)
        let provider = ProviderOnDemand(folder: place, isLab: platform.isLab, context: context)
        self.provider = provider
        let stack = TerraformMachines(folder: place, context: context) { variables in
            let endpoints = await RootLogin.knowing(endpoints, workspace: site.workspace, platform: platform, context)
            let source = try await provider.source(variables, endpoints) { report.show(.say($0)) }
            return try TerraformStack(
                name: site.workspace, repository: folder, variables: variables, endpoints: endpoints,
                providers: source, context: context, report: report.show)
        }
        let repository = site.repository
        maker = TerraformHostMaker(
            site: site, cluster: ProxmoxCluster(ProxmoxClient(try platform.proxmox(), context: context)), stack: stack,
            store: StateRecords(S3Client(try platform.state(), context: context)),
            stateKey: StateKey.object(workspace: site.workspace),
            login: try MachineTools.login(platform, context),
            others: { platform.isLab ? try await MachineTools.direct(repository, environment, context) : [] },
            answers: AddressProbe(context).answering, folder: folder, context: context)
    }

    /// Ends the provider.
    func stop() async { await provider.stop() }

    private static func login(_ platform: Platform, _ context: Context) throws -> HostLogin {
        let access = try platform.ssh()
        if platform.isLab, let known = access.knownHostsFile {
            return HostLogin(
                options: SSHOptions(
                    identityFile: access.keyFile, configFile: "none", connectTimeout: .seconds(5)),
                knownHosts: known, pins: false, context: context)
        }
        return HostLogin(
            options: SSHOptions(identityFile: access.keyFile, connectTimeout: .seconds(10)),
            knownHosts: context.workingDirectory.appending(path: ".nante/known_hosts"), pins: true, context: context)
    }

    /// The lab: one node, one network that every VLAN lands in.
    private static func lab(
        _ repository: String, _ environment: String, _ machines: Manifest.Machines, _ vlans: [Int], _ context: Context
    ) async throws -> MachineSite {
        let lab = try Hosts.ofThisMachine(context)
        guard let subnet = IPv4Network(lab.network.subnet), let first = subnet.address.advanced(by: 11) else {
            throw Failure(.failed, "the lab's network \(lab.network.subnet) can't be read")
        }
        let network = Manifest.Network(
            subnet: subnet, gateway: IPv4Address(lab.network.gateway), range: first...subnet.hosts.upperBound)
        let tags = Set([0, 10, 20] + vlans)
        return MachineSite(
            repository: repository, environment: environment,
            networks: Dictionary(uniqueKeysWithValues: tags.map { ($0, network) }), vlan: 0, ids: machines.ids,
            node: "pmx", storage: "zfs-vm", template: LabTemplates.container, vmTemplate: LabTemplates.vm,
            publicKey: try await lab.authorizedKey().trimmingCharacters(in: .whitespacesAndNewlines), isLab: true)
    }

    /// Real servers, as the settings and `platform.proxmox` say.
    private static func servers(
        _ repository: String, _ environment: String, _ machines: Manifest.Machines, _ platform: Platform,
        _ context: Context
    ) throws -> MachineSite {
        let networks = machines.networks.isEmpty ? Manifest.Network.usual : machines.networks
        let usual = networks[20] == nil ? networks.keys.min() ?? 0 : 20
        return MachineSite(
            repository: repository, environment: environment, networks: networks, vlan: machines.vlan ?? usual,
            ids: machines.ids, node: platform.settings[.proxmoxNode], storage: platform.settings[.proxmoxStorage],
            bridge: machines.bridge, template: machines.template, vmTemplate: machines.vmTemplate,
            publicKey: try MachineTools.publicKey(platform, context), isLab: false)
    }

    /// The public key of machines on real servers: the setting, or the file beside the private key.
    static func publicKey(_ platform: Platform, _ context: Context) throws -> String {
        if let key = platform.settings[.sshPublicKey] { return key.trimmingCharacters(in: .whitespacesAndNewlines) }
        if let file = platform.settings[.sshKeyFile],
            let key = try? context.files.readText(context.path(file) + ".pub")
        {
            return key.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        throw Failure(
            .missing, "machines need ANS_SSH_PUBLIC_KEY, which is not set", why: "nobody could log into them",
            next: ["export ANS_SSH_PUBLIC_KEY=\"$(cat ~/.ssh/id_ed25519.pub)\""])
    }

    /// Hosts that the lab made without Proxmox VE, by hand or by an earlier nante: they are left alone.
    private static func direct(
        _ repository: String, _ environment: String, _ context: Context
    ) async throws -> [MadeHost] {
        let owner = HostOwner(repository: repository, environment: environment)
        return try await Hosts.ofThisMachine(context).list().filter { $0.record.vmid == nil }.map { host in
            let record = host.record
            let text = record.owner?.text ?? "a person, who made it by hand"
            return MadeHost(
                name: record.name, address: record.address, hostKey: record.hostKey ?? "", isRunning: host.isRunning,
                cores: record.spec.cores, memory: record.spec.memory, targets: record.spec.targets, isOurs: false,
                owner: owner.isSame(as: record.owner) ? text + ", made before nante used Terraform" : text)
        }
    }
}

/// The provider of terraform, chosen and started when it is first asked for.
actor ProviderOnDemand {
    private let folder: String
    private let isLab: Bool
    private let context: Context
    private var chosen: ChosenProvider?
    private var login: ProxmoxEndpoint?

    init(folder: String, isLab: Bool, context: Context) {
        self.folder = folder
        self.isLab = isLab
        self.context = context
    }

    /// The provider; a stand-in that logged in otherwise than these variables need is started anew.
    func source(
        _ variables: JSONValue, _ endpoints: TerraformEndpoints, _ say: @Sendable (String) -> Void
    ) async throws -> ProviderSource {
        let wanted = endpoints.fitting(variables, folder: folder, context: context).proxmox
        if let chosen, chosen.standIn == nil || login == wanted { return chosen.source }
        await stop()
        login = wanted
        let found = try await ChosenProvider.choose(
            folder: folder, variables: variables, endpoints: endpoints, isLab: isLab,
            executable: Bundle.main.executablePath ?? CommandLine.arguments[0], context: context, say: say)
        chosen = found
        return found.source
    }

    func stop() async {
        await chosen?.stop()
        chosen = nil
    }
}

extension ProvisionReport {
    /// Shows what terraform does.
    @Sendable func show(_ event: TerraformEvent) {
        switch event {
        case .said(let text): show(.say(text))
        case .waitingForLock: show(.say("waiting for the lock of the state"))
        case .started(let address, let action, _) where action != .read:
            show(.begin("terraform: \(action.rawValue) \(StackReport.short(address))"))
        case .completed(let address, let action, let id, _) where action != .read:
            show(.done("terraform: \(action.rawValue) \(StackReport.short(address))", id.map { "id \($0)" } ?? ""))
        case .failed(let address, let action, _):
            show(.failed("terraform: \(action.rawValue) \(StackReport.short(address))"))
        case .diagnostic(let diagnostic) where diagnostic.severity == .warning:
            show(.say("warning: \(diagnostic.text)"))
        default: break
        }
    }
}
