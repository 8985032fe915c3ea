import Core
import Foundation

extension LXCDriver {
    /// Lays the host's own files over the image where that is not done, as after a restart of this machine.
    func layDisk(_ record: HostRecord, image: String) async throws {
        let name = record.name
        let docker = commands.dockerRoot(name)
        if record.spec.nesting, isMounted(name), !context.files.exists(docker) {
            // It was made without nesting: its disk is laid again, with the folder.
            try await context.processes.check(
                commands.unmount(name), what: "the disk of host \(name) could not be laid out", exit: .missing)
        }
        if !isMounted(name) {
            let key = commands.folder.appending(path: name).appending(path: "host_key")
            try seed(record, key: key, authorizedKey: try context.files.readText(home.sshKey + ".pub"))
            try makeMountPoint(name)
            try await context.processes.check(
                commands.mount(name, image: image), what: "the disk of host \(name) could not be laid out",
                exit: .missing)
        }
        guard record.spec.nesting, !isMounted(docker, in: commands.root(name)) else { return }
        try refuseLinks(docker, below: commands.root(name))
        try context.files.makeDirectory(commands.docker(name))
        try own(commands.docker(name), by: owner(record), mode: 0o710)
        try await context.processes.check(
            commands.mountDocker(name), what: "the disk of host \(name) could not be laid out", exit: .missing)
    }

    /// The host is stopped, but its root may have laid a link that leads out of its disk.
    private func refuseLinks(_ path: String, below root: String) throws {
        var place = path
        while place.count > root.count {
            var info = stat()
            guard lstat(place, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
                throw Failure(
                    .missing, "\(place) is no folder", why: "containers inside the host keep their files there")
            }
            place = place.parentPath
        }
    }

    /// The overlay is there.
    func isMounted(_ name: String) -> Bool { isMounted(commands.root(name), in: commands.mounts) }

    /// A mount is on another device than the folder it is in, as mountpoint(1) tells; the table of all mounts can't
    /// be read whole while others mount.
    private func isMounted(_ path: String, in parent: String) -> Bool {
        var disk = stat()
        var folder = stat()
        guard lstat(path, &disk) == 0, lstat(parent, &folder) == 0 else { return false }
        return disk.st_dev != folder.st_dev
    }

    /// The outer id of the host's root.
    private func owner(_ record: HostRecord) -> UInt32 { record.spec.unprivileged ? recipe.shift : 0 }

    func writeConfiguration(_ record: HostRecord) throws {
        let machine = LXCMachine(
            unified: needs.isUnified, countsSwap: needs.countsSwap, devices: try devices.find(record.spec))
        let text = commands.configuration(record, network: network, on: machine)
        let path = commands.config(record.name)
        if (try? context.files.readText(path)) != text { try context.files.write(text, to: path) }
    }

    /// Writes the host's own files, those that it has not.
    func seed(_ record: HostRecord, key: String, authorizedKey: String) throws {
        try writeConfiguration(record)
        let name = record.name
        for folder in [commands.work(name), commands.upper(name)] { try context.files.makeDirectory(folder) }
        let owner = owner(record)
        try own(commands.upper(name), by: owner, mode: 0o755)
        let isNew = !context.files.exists(commands.upper(name).appending(path: "etc/hostname"))
        let resolver = resolver
        var files = HostSeed.files(
            record, hostKey: (try context.files.readText(key), try context.files.readText(key + ".pub")),
            authorizedKey: authorizedKey, machineID: context.random.hex(bytes: 16), resolver: resolver)
        // The mount point of inner containers' files; the image has no such folder.
        if record.spec.nesting { files.append(SeedFile(path: "var/lib/docker/.nante", text: "\n", mode: 0o600)) }
        try HostSeed.write(files, to: commands.upper(name), owner: owner)
        if isNew {
            try remember(HostSeed.changing(record, authorizedKey: authorizedKey, resolver: resolver), of: name)
        }
    }

    /// Brings those files of a running host up to date that a change of it changed.
    ///
    /// Written from inside: outside, a link that the host's root laid would lead out of its disk.
    func freshen(_ record: HostRecord) async throws {
        let key = try context.files.readText(home.sshKey + ".pub")
        let wanted = HostSeed.changing(record, authorizedKey: key, resolver: resolver)
        let path = commands.seeded(record.name)
        let found = (try? context.files.read(path)).flatMap { try? JSONDecoder().decode([SeedFile].self, from: $0) }
        for file in wanted where found?.contains(file) != true {
            var command = commands.attach(record.name, ["sh", "-c", #"cat > "$1.new" && mv "$1.new" "$1""#, "sh"])
            command.arguments.append("/" + file.path)
            command.input = file.text
            command.deadline = .seconds(30)
            try await context.processes.check(
                command, what: "/\(file.path) of host \(record.name) could not be written")
        }
        if found != wanted { try remember(wanted, of: record.name) }
    }

    private func remember(_ files: [SeedFile], of name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try context.files.write(try encoder.encode(files), to: commands.seeded(name), mode: 0o600)
    }

    private var resolver: String { (try? context.files.readText("/etc/resolv.conf")) ?? "" }

    private func own(_ path: String, by owner: UInt32, mode: mode_t) throws {
        guard lchown(path, owner, owner) == 0, chmod(path, mode) == 0 else {
            throw Failure(.missing, "can't change the owner of \(path)", why: String(cString: strerror(errno)))
        }
    }

    private func makeMountPoint(_ name: String) throws {
        for folder in ["/run/nante", commands.mounts, commands.root(name)] {
            try context.files.makeDirectory(folder)
            chmod(folder, 0o755)
        }
    }
}
