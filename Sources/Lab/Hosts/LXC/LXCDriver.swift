import Core
import Foundation
import SSH

/// Hosts as LXC system containers: an overlay on a shared image, a fixed address on the bridge.
public struct LXCDriver: HostDriver {
    /// "lxc".
    public let kind = "lxc"
    let context: Context
    let network: LabNetwork
    let home: LabHome
    let images: ImageStore
    let recipe: ContainerImage
    var needs: LXCNeeds { LXCNeeds(context: context) }
    var devices: LXCDevices { LXCDevices(bridge: network.bridge, context: context) }
    var keys: HostKeys { HostKeys(home: home, context: context) }
    private var bridge: HostNetwork { HostNetwork(network: network, home: home.path, context: context) }
    var commands: LXCCommands {
        LXCCommands(
            folder: home.path.appending(path: "hosts"), mounts: "/run/nante/\(network.bridge)", shift: recipe.shift)
    }

    /// The driver for a lab.
    public init(home: LabHome, network: LabNetwork, context: Context) throws {
        self.context = context
        self.network = network
        self.home = home
        images = ImageStore(folder: ImageStore.path(home: home, context), context: context)
        recipe = try ContainerImage.current(context)
    }

    /// Root, programs, control groups, overlay, user namespaces.
    public func check() async throws { try needs.check() }

    /// The base image, root's range of ids, the bridge and its rules.
    public func prepare(
        unprivileged: Bool, _ tell: @escaping @Sendable (String) -> Void
    ) async throws -> String {
        try needs.check()
        try needs.ensureRange()
        async let network: Void = bridge.ensure()
        let image = try await images.ensure(unprivileged ? recipe : PlainContainerImage(shifted: recipe), tell)
        try await network
        return image
    }

    /// The upper layer with keys and names, and the configuration.
    public func make(_ record: HostRecord, authorizedKey: String) async throws -> String {
        let key = try await keys.ensureHostKey(in: commands.folder.appending(path: record.name), of: record.name)
        try seed(record, key: key, authorizedKey: authorizedKey)
        return try keys.bare(key)
    }

    /// Mounts where that is missing (as after a restart of this machine), starts, waits for SSH.
    public func start(_ record: HostRecord) async throws {
        if try await isRunning(record.name) { return }
        guard let image = record.image, images.has(image) else {
            throw Failure(
                .missing, "host \(record.name) can't start", why: "its base image \(record.image ?? "") is gone",
                next: ["nante lab host delete \(record.name)", "nante lab host create \(record.name)"])
        }
        try writeConfiguration(record)
        try devices.make(record.spec, owner: recipe.shift)
        try await layDisk(record, image: images.root(image))
        let result = try await context.processes.run(commands.start(record.name))
        guard result.succeeded else {
            throw fault(record, "lxc-start \(result.ending.words)", result.stderr)
        }
        try await waitForSSH(record, within: .seconds(60))
        try await freshen(record)
    }

    /// A soft stop ends services in their order; kill takes the power away.
    public func stop(_ record: HostRecord, kill: Bool) async throws {
        guard try await isRunning(record.name) else { return }
        let result = try await context.processes.run(commands.stop(record.name, kill: kill))
        if result.succeeded { return }
        if try await isRunning(record.name) {
            throw fault(record, "lxc-stop \(result.ending.words)", result.stderr)
        }
    }

    /// Configuration for the next start, and the running control group, keys and names at once.
    ///
    /// Devices, nesting, gateway and address hold from the next start on.
    public func resize(_ record: HostRecord) async throws {
        try writeConfiguration(record)
        guard try await isRunning(record.name) else { return }
        let machine = LXCMachine(unified: needs.isUnified, countsSwap: needs.countsSwap)
        var limits = Array(LXCCommands.limits(record.spec, on: machine))
        // The sum of memory and swap must not be in the way of the memory.
        let sum = "memory.memsw.limit_in_bytes"
        if limits.contains(where: { $0.key == sum }) { limits.insert((sum, "\(Int64.max)"), at: 0) }
        for (key, value) in limits {
            try await context.processes.check(
                commands.limit(record.name, key, value), what: "host \(record.name) can't get other limits")
        }
        try await freshen(record)
    }

    /// Power off, unmount, remove: in this order, and never by lxc-destroy, which follows the mount into the image.
    ///
    /// A create that was killed may have left a mount or a start on its way, which comes in between: then it is tried
    /// again, for ten seconds.
    public func remove(_ name: String) async throws {
        let start = context.time.elapsed()
        while true {
            do { return try await takeAway(name) } catch let failure as Failure {
                guard context.time.elapsed() - start < .seconds(10) else { throw failure }
                try await context.time.sleep(for: .milliseconds(100))
            }
        }
    }

    private func takeAway(_ name: String) async throws {
        let folder = commands.folder.appending(path: name)
        if context.files.exists(commands.config(name)), try await isRunning(name) {
            _ = try await context.processes.run(commands.stop(name, kill: true))
            try await Wait.until("host \(name) to stop", within: .seconds(20), context: context) {
                try await isRunning(name) ? nil : true
            }
        }
        if isMounted(name) {
            let soft = try await context.processes.run(commands.unmount(name))
            if !soft.succeeded { _ = try await context.processes.run(commands.unmount(name, lazily: true)) }
        }
        guard !isMounted(name) else {
            throw Failure(.missing, "the disk of host \(name) is still mounted", where: commands.root(name))
        }
        // Never with what is in it: were it mounted all the same, that would be the host's disk.
        rmdir(commands.root(name))
        try context.files.remove(folder)
    }

    /// Asked from LXC itself.
    public func status(_ record: HostRecord) async throws -> HostStatus {
        let found = try await info(record.name)
        return HostStatus(record: record, isRunning: found.isRunning, memory: found.memory)
    }

    /// By entering the host's namespaces.
    public func attach(_ record: HostRecord, _ words: [String]) -> Command { commands.attach(record.name, words) }

    /// Bridge and rules; images too where they are this lab's own.
    public func reset(images all: Bool) async throws {
        if try await bridge.remove() {
            rmdir(commands.mounts)
            try devices.remove()
        }
        if all, images.folder.hasPrefix(home.path + "/") { try context.files.remove(images.folder) }
    }
}

extension LXCDriver {
    func isRunning(_ name: String) async throws -> Bool { try await info(name).isRunning }

    private func info(_ name: String) async throws -> (isRunning: Bool, memory: Int?) {
        guard context.files.exists(commands.config(name)) else { return (false, nil) }
        return LXCCommands.parseInfo(try await context.processes.run(commands.info(name)).stdout)
    }

    private func waitForSSH(_ record: HostRecord, within limit: Duration) async throws {
        let start = context.time.elapsed()
        while await !SSHBanner.answers(record.address, limit: .milliseconds(500)) {
            guard context.time.elapsed() - start < limit else {
                throw fault(record, "waited \(limit.short) for its SSH server", "")
            }
            if context.time.elapsed() - start > .seconds(2), try await !isRunning(record.name) {
                throw fault(record, "it stopped while it started", "")
            }
            try await context.time.sleep(for: .milliseconds(15))
        }
    }

    private func fault(_ record: HostRecord, _ why: String, _ output: String) -> Failure {
        let log = (try? context.files.readText(commands.log(record.name))) ?? ""
        let lines =
            log.split(separator: "\n").filter { $0.contains("ERROR") }.suffix(5)
            + output.split(separator: "\n").suffix(3)
        return Failure(
            .failed, "host \(record.name) did not start", where: "\(record.address) on \(network.bridge)", why: why,
            evidence: lines.map(String.init),
            next: ["nante lab host delete \(record.name)", "nante lab check"])
    }
}
