import Core
import Foundation
import SSH

/// Hosts as virtual machines of QEMU: a layer over a shared disk, a cable into the bridge, set up by cloud-init.
///
/// A machine is a process of its own and lives on when the lab, or the command that started it, ends.
public struct QEMUDriver: HostDriver {
    /// "vm".
    public let kind = "vm"
    let context: Context
    let network: LabNetwork
    let home: LabHome
    let images: ImageStore
    let recipe: MachineImage
    let accelerator: QEMUAccelerator
    /// The size of a disk in GiB that is not said otherwise.
    static let usualDisk = 8
    private var bridge: HostNetwork { HostNetwork(network: network, home: home.path, context: context) }
    private var keys: HostKeys { HostKeys(home: home, context: context) }
    var commands: QEMUCommands {
        QEMUCommands(
            folder: home.path.appending(path: "hosts"), sockets: "/run/nante/\(network.bridge)",
            bridge: network.bridge)
    }

    /// The driver for a lab.
    public init(home: LabHome, network: LabNetwork, context: Context) throws {
        self.context = context
        self.network = network
        self.home = home
        images = ImageStore(folder: ImageStore.path(home: home, context), context: context)
        recipe = try MachineImage.current(context)
        accelerator = try QEMUAccelerator.current(context)
    }

    /// Root, programs, the device of network cables.
    public func check() async throws { try QEMUNeeds(context: context).check(accelerator) }

    /// The base image, the bridge and its rules.
    public func prepare(
        unprivileged: Bool, _ tell: @escaping @Sendable (String) -> Void
    ) async throws -> String {
        try await check()
        async let network: Void = bridge.ensure()
        let image = try await images.ensure(recipe, tell)
        try await network
        return image
    }

    /// The disk, the host key and the seed.
    public func make(_ record: HostRecord, authorizedKey: String) async throws -> String {
        let key = try await keys.ensureHostKey(in: commands.host(record.name), of: record.name)
        try await makeDisk(record)
        try await writeSeed(record, authorizedKey: authorizedKey)
        return try keys.bare(key)
    }

    /// Plugs the cable in where that is missing (as after a restart of this machine), starts, waits for SSH.
    public func start(_ record: HostRecord) async throws {
        let name = record.name
        if process(name) != nil { return }
        guard let image = record.image, images.has(image) else {
            throw Failure(
                .missing, "host \(name) can't start", why: "its base image \(record.image ?? "") is gone",
                next: ["nante lab host delete \(name)", "nante lab host create \(name) --kind vm"])
        }
        try await writeSeed(record, authorizedKey: try context.files.readText(home.sshKey + ".pub"))
        try await plug(name)
        guard let program = context.processes.find("qemu-system-x86_64") else { return try await check() }
        try context.files.makeDirectory(commands.sockets)
        try context.files.remove(commands.log(name))
        let path = images.folder.appending(path: image)
        let pid = try LabLaunch(
            program: program, arguments: commands.machine(record, image: path, accelerator: accelerator),
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], log: commands.log(name)
        ).start()
        try await waitForSSH(record, pid: pid, within: .seconds(300))
    }

    /// A soft stop presses the power button; kill takes the power away.
    public func stop(_ record: HostRecord, kill: Bool) async throws {
        let name = record.name
        guard process(name) != nil else { return }
        if !kill, await QMP.send("system_powerdown", to: commands.monitor(name)) {
            let start = context.time.elapsed()
            while context.time.elapsed() - start < .seconds(90) {
                if process(name) == nil { return }
                try await context.time.sleep(for: .milliseconds(100))
            }
        }
        try await powerOff(name)
    }

    /// Another seed and a larger disk, for the next start: cores, memory and keys hold from then on.
    public func resize(_ record: HostRecord) async throws {
        let size = record.spec.disk ?? QEMUDriver.usualDisk
        let found = try await diskSize(record.name)
        guard size >= found else {
            throw Failure(
                .refused, "the disk of host \(record.name) can't become smaller", why: "it has \(found) GiB",
                next: ["nante lab host delete \(record.name)"])
        }
        if size > found {
            guard process(record.name) == nil else {
                throw Failure(
                    .refused, "the disk of host \(record.name) can't grow while it runs",
                    next: ["nante lab host stop \(record.name)"])
            }
            try await context.processes.check(
                commands.grow(record.name, to: size), what: "the disk of host \(record.name) could not grow")
        }
        if process(record.name) == nil {
            try await writeSeed(record, authorizedKey: try context.files.readText(home.sshKey + ".pub"))
        }
    }

    /// Power off, cable out, remove; looked at again, since a start that was killed may have been on its way.
    public func remove(_ name: String) async throws {
        repeat {
            try await powerOff(name)
            if isPlugged(name) {
                try await context.processes.check(
                    commands.unplug(name), what: "the network cable of host \(name) could not be removed")
            }
            try context.files.remove(commands.monitor(name))
            try context.files.remove(commands.host(name))
        } while process(name) != nil
    }

    /// Asked from the process itself.
    public func status(_ record: HostRecord) async throws -> HostStatus {
        let found = process(record.name)
        return HostStatus(record: record, isRunning: found != nil, memory: found.flatMap(QEMUProcess.memory))
    }

    /// Over SSH: a virtual machine has no other way in.
    public func attach(_ record: HostRecord, _ words: [String]) -> Command {
        guard let target = try? SSHTarget(host: record.address, user: "root") else { return Command("false") }
        return SSHCommands.interactive(
            [ShellQuoting.line(words)], at: target, HostKeys.options(home: home), terminal: false)
    }

    /// The bridge and its rules; images too where they are this lab's own.
    public func reset(images all: Bool) async throws {
        if try await bridge.remove() { rmdir(commands.sockets) }
        if all, images.folder.hasPrefix(home.path + "/") { try context.files.remove(images.folder) }
    }
}

extension QEMUDriver {
    func process(_ name: String) -> Int32? {
        QEMUProcess(pidFile: commands.pidFile(name), context: context).find()
    }

    private func isPlugged(_ name: String) -> Bool { context.files.exists("/sys/class/net/\(commands.tap(name))") }

    private func plug(_ name: String) async throws {
        for command in commands.plug(name, exists: isPlugged(name)) {
            try await context.processes.check(
                command, what: "host \(name) could not be connected to \(network.bridge)", exit: .missing)
        }
    }

    private func powerOff(_ name: String) async throws {
        guard let pid = process(name) else { return }
        // QEMU ends in good order on TERM, and leaves the disk's file whole; the machine sees its power go.
        kill(pid, SIGTERM)
        let start = context.time.elapsed()
        while process(name) == pid {
            let waited = context.time.elapsed() - start
            guard waited < .seconds(20) else {
                throw Failure(.failed, "host \(name) does not stop", why: "process \(pid)")
            }
            if waited > .seconds(5) { kill(pid, SIGKILL) }
            try await context.time.sleep(for: .milliseconds(50))
        }
    }

    private func makeDisk(_ record: HostRecord) async throws {
        let path = commands.disk(record.name)
        guard !context.files.exists(path) else { return }
        let fresh = path + ".new"
        let image = images.folder.appending(path: record.image ?? "").appending(path: "disk.raw")
        let size = max(record.spec.disk ?? QEMUDriver.usualDisk, MachineImage.size)
        try await context.processes.check(
            commands.makeDisk(fresh, image: image, size: size),
            what: "the disk of host \(record.name) could not be made")
        try context.files.move(fresh, to: path)
    }

    private func diskSize(_ name: String) async throws -> Int {
        let text = try await context.processes.check(
            commands.info(name), what: "the disk of host \(name) can't be looked at"
        ).stdout
        return ((try? JSONValue.parse(text))?["virtual-size"]?.int ?? 0) >> 30
    }

    private func writeSeed(_ record: HostRecord, authorizedKey: String) async throws {
        let host = commands.host(record.name)
        let key = host.appending(path: "host_key")
        let files = MachineSeed.files(
            record,
            keys: MachineSeed.Keys(
                hostPrivate: try context.files.readText(key), hostPublic: try context.files.readText(key + ".pub"),
                lab: authorizedKey), network: network,
            resolver: (try? context.files.readText("/etc/resolv.conf")) ?? "")
        let folder = host.appending(path: "seed")
        for file in files { try context.files.write(file.text, to: folder.appending(path: file.path), mode: file.mode) }
        let fresh = commands.seed(record.name) + ".new"
        try await context.processes.check(
            commands.makeSeed(from: folder, to: fresh), what: "the seed of host \(record.name) could not be made")
        chmod(fresh, 0o600)
        try context.files.move(fresh, to: commands.seed(record.name))
        try context.files.remove(folder)
    }

    private func waitForSSH(_ record: HostRecord, pid: Int32, within limit: Duration) async throws {
        let start = context.time.elapsed()
        while await !SSHBanner.answers(record.address, limit: .milliseconds(1000)) {
            if LabProcess(pid: pid).ended() != nil { throw fault(record, "QEMU ended") }
            guard context.time.elapsed() - start < limit else {
                throw fault(record, "waited \(limit.short) for its SSH server")
            }
            try await context.time.sleep(for: .milliseconds(200))
        }
    }

    private func fault(_ record: HostRecord, _ why: String) -> Failure {
        let lines = [commands.log(record.name), commands.serial(record.name)].flatMap { path in
            ((try? context.files.readText(path)) ?? "").split(whereSeparator: \.isNewline).suffix(5).map(String.init)
        }
        return Failure(
            .failed, "host \(record.name) did not start", where: "\(record.address) on \(network.bridge)", why: why,
            evidence: lines, next: ["nante lab host delete \(record.name)", "nante lab image --kind vm"])
    }
}
