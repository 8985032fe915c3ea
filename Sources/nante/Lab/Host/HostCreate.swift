import ArgumentParser
import Console
import Core
import Lab

/// `nante lab host create`.
struct LabHostCreate: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make hosts, and start them where they are there already.",
        discussion: """
            A host has systemd, an SSH server, nginx and the user deploy; the lab's key opens root and deploy.

              nante lab host create web-1
              nante lab host create web --count 3 --memory 1GiB --target web
              nante lab host create builder --nesting --memory 2GiB
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Name of the host; with --count a number is added to it.")
    var name: String
    @Option(help: "How many: NAME-1, NAME-2 and so on.")
    var count: Int?
    @Option(help: "Processor cores of each.")
    var cores = 1
    @Option(help: "Memory of each, such as 512MiB or 2GiB.")
    var memory = "512MiB"
    @Option(help: "lxc, a system container, or vm, a virtual machine.")
    var kind = HostKind.lxc
    @Option(help: "Size of the disk, such as 8GiB; containers are not held to it.")
    var disk: String?
    @Flag(help: "Containers: root inside is root of this machine.")
    var privileged = false
    @Flag(help: "Containers: containers may be run inside, such as Docker's.")
    var nesting = false
    @Option(help: "Containers: a device of this machine to use, such as /dev/net/tun; several times.")
    var device: [String] = []
    @Option(help: "A target tag; may be given several times.")
    var target: [String] = []

    func validate() throws {
        if let count, !(1...100).contains(count) { throw ValidationError("--count must be from 1 to 100") }
        guard HostMemory.parse(memory) != nil else {
            throw ValidationError("--memory must be such as 512MiB or 2GiB, not \"\(memory)\"")
        }
        if let disk, HostDisk.parse(disk) == nil {
            throw ValidationError("--disk must be such as 8GiB, not \"\(disk)\"")
        }
        if kind == .vm, privileged || nesting || !device.isEmpty {
            throw ValidationError("--privileged, --nesting and --device are for containers; a VM may do all of it")
        }
        guard target.allSatisfy(NameRule.isName) else {
            throw ValidationError("--target must be \(NameRule.inWords)")
        }
    }

    func run(_ context: Context) async throws {
        var spec = try HostSpec(
            cores: cores, memory: HostMemory.parse(memory) ?? 512, targets: target, disk: disk.flatMap(HostDisk.parse))
        spec.unprivileged = !privileged
        spec.nesting = nesting
        spec.devices = device
        let names = count.map { count in (1...count).map { "\(name)-\($0)" } } ?? [name]
        let requests = try names.map { try HostRequest(name: $0, spec: spec, kind: kind.rawValue) }
        let made = try await Hosts.ofThisMachine(context).create(requests) { context.terminal.say($0) }
        try Output.render(
            .array(made.map { HostView.json($0.host, change: $0.change) }), as: format.output, to: context.terminal
        ) {
            Table(
                ["NAME", "ADDRESS", "CHANGE"],
                rows: made.map { [$0.host.record.name, $0.host.record.address, $0.change.rawValue] })
        }
    }
}
