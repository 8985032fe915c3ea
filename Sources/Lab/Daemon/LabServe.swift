import Core
import Foundation
import Logging
import ServiceLifecycle

/// The lab as a process: `nante lab serve`, which `nante lab up` runs in the background.
public enum LabServe {
    /// Serves until SIGTERM or SIGINT.
    ///
    /// The lock file is held as long as the process lives, so a lab that was killed leaves no doubt that it is gone.
    ///
    /// - Throws: a failure with exit `held` when a lab serves from this folder already.
    public static func run(_ context: Context) async throws {
        let home = LabHome(context)
        let pid = ProcessInfo.processInfo.processIdentifier
        try context.files.makeDirectory(home.path)
        // Passable, not readable: the root of an unprivileged host is another user who must reach its own folder.
        chmod(home.path, 0o711)
        // Whoever started the lab may delete the folder it stood in, such as the workspace of a job.
        FileManager.default.changeCurrentDirectoryPath(home.path)
        // Not a single attempt: whoever looks for the holder has the lock for an instant.
        let lock = try await FileLock.acquire(
            home.lock, holder: "\(pid)", within: .seconds(1), context: context)
        let network = try LabNetwork(context)
        let server = try LabServer(
            context: context, home: home, network: network, services: LabServices.all,
            ready: { environment in try await announce(environment, pid: pid) })
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: server)], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: LabListener.silent)
        configuration.maximumGracefulShutdownDuration = .seconds(12)
        context.terminal.say("\(context.time.now().iso8601) the lab starts, process \(pid), \(home.path)")
        defer {
            if let record = try? LabRecord.load(context), record.pid == pid { try? context.files.remove(home.record) }
            withExtendedLifetime(lock) {}
        }
        do { try await ServiceGroup(configuration: configuration).run() } catch {
            context.terminal.say("\(context.time.now().iso8601) the lab ends: \(error)")
            throw error
        }
        context.terminal.say("\(context.time.now().iso8601) the lab ends")
    }

    /// Writes the record that everybody reads, and remembers the ports.
    private static func announce(_ environment: LabEnvironment, pid: Int32) async throws {
        var keys = environment.keys
        keys.ports = environment.addresses.all
        if keys.ports != environment.keys.ports { try keys.save(home: environment.home, context: environment.context) }
        let record = LabRecord(
            pid: pid,
            octopus: OctopusEndpoint(
                url: environment.addresses.url("octopus") ?? "", apiKey: keys.octopusKey, space: "Spaces-1"),
            nexus: NexusEndpoint(
                url: environment.addresses.url("nexus") ?? "", username: keys.nexusUser, password: keys.nexusPassword),
            proxmox: ProxmoxEndpoint(
                url: environment.addresses.url("proxmox", scheme: "https") ?? "", tokenID: ProxmoxService.tokenID,
                tokenSecret: keys.proxmoxSecret ?? "", caFile: environment.home.authority, username: "root@pam",
                password: keys.proxmoxPassword),
            state: StateEndpoint(
                url: environment.addresses.url("state") ?? "", accessKey: keys.stateUser ?? "",
                secretKey: keys.statePassword ?? ""),
            ssh: SSHAccess(
                user: "deploy", keyFile: environment.home.sshKey, knownHostsFile: environment.home.knownHosts),
            bridge: environment.network.bridge, subnet: environment.network.subnet)
        try record.save(environment.context)
        let list = environment.addresses.all.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        environment.context.terminal.say(
            "\(environment.context.time.now().iso8601) the lab serves: \(list.joined(separator: ", "))")
    }
}
