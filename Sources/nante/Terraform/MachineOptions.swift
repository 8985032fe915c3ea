import ArgumentParser
import Core
import OrderedCollections
import Terraform

extension MachineKind: ExpressibleByArgument {}

/// The application that a command is about.
struct AppOption: ParsableArguments, Sendable {
    @Option(name: .shortAndLong, help: "The application: the name of its workspace.")
    var app: String

    func validate() throws {
        do { try MachineRequest(app: app, kind: .lxc).check() } catch let failure as Failure {
            throw ValidationError(failure.description)
        }
    }
}

/// What is asked for the machines of an application; on the lab every option has a working default.
struct MachineOptions: ParsableArguments, Sendable {
    @Option(name: .shortAndLong, help: "Kind of machine: vm or lxc. Without it as before, else lxc on the lab and vm.")
    var kind: MachineKind?
    @Option(name: .shortAndLong, help: "Environment, a part of names.")
    var environment = "dev"
    @Option(help: "Address of a single machine, in the subnet of its VLAN. On the lab the next free one.")
    var ip: String?
    @Option(help: "Id of a single machine, from 100. On the lab the next free one.")
    var vmId: Int?
    @Option(help: "Name of a single machine. Without it APP-ENVIRONMENT-XXXX, which it keeps.")
    var name: String?
    @Option(
        help: ArgumentHelp(
            "Several machines at once: JSON, or @FILE with it.",
            discussion: #"{"web-1": {"ip_address": "192.168.20.50", "cpu_cores": 2}, …}"#))
    var instances: String?
    @Option(help: "Processor cores of each.")
    var cores: Int?
    @Option(help: "Memory of each, such as 4096 (MiB), 512MiB or 4GiB.")
    var memory: String?
    @Option(help: "Disk of each, such as 20, 20G or 1T.")
    var disk: String?
    @Option(help: "VLAN, 0 for untagged.")
    var vlan: String?
    @Option(help: "Node of the cluster.")
    var node: String?
    @Option(help: "Storage of disks.")
    var storage: String?
    @Option(help: "Network bridge of the node.")
    var bridge: String?
    @Option(help: "Template: name or id of a VM template, or storage:vztmpl/file for containers.")
    var template: String?
    @Option(help: "A tag in Proxmox VE; may be given again, or parted by commas.")
    var tag: [String] = []
    @Flag(inversion: .prefixedNo, help: "Proxmox VE refuses to remove the machines.")
    var preventDestroy: Bool?
    @Flag(inversion: .prefixedNo, help: "Containers whose root is nobody outside.")
    var unprivileged: Bool?
    @Flag(inversion: .prefixedNo, help: "Containers may run containers.")
    var nesting: Bool?
    @Flag(inversion: .prefixedNo, help: "Containers get /dev/net/tun, as Tailscale wants.")
    var tun: Bool?
    @Flag(inversion: .prefixedNo, help: "Containers get what Docker needs.")
    var docker: Bool?
    @Option(
        name: .customLong("var"), help: "A variable of the configuration, NAME=VALUE or NAME=JSON; may be given again.")
    var variable: [String] = []

    func validate() throws {
        if instances != nil, ip != nil || vmId != nil || name != nil {
            throw ValidationError(
                "--ip, --vm-id and --name are for a single machine; with --instances each names its own")
        }
        if let cores, !(1...128).contains(cores) { throw ValidationError("--cores must be from 1 to 128") }
        if let vmId, !(100...999_999_999).contains(vmId) {
            throw ValidationError("--vm-id must be from 100 to 999999999")
        }
        if let memory, MachineOptions.mebibytes(memory) == nil {
            throw ValidationError("--memory must be such as 4096, 512MiB or 4GiB, not \"\(memory)\"")
        }
        if let disk, disk.wholeMatch(of: /[1-9][0-9]{0,4}[GT]?/) == nil {
            throw ValidationError("--disk must be such as 20, 20G or 1T, not \"\(disk)\"")
        }
        if let ip, ip.wholeMatch(of: /[0-9]{1,3}(\.[0-9]{1,3}){3}/) == nil {
            throw ValidationError("--ip must be such as 192.168.20.50, not \"\(ip)\"")
        }
        for entry in variable where !entry.contains("=") || entry.hasPrefix("=") {
            throw ValidationError("--var must be NAME=VALUE, not \"\(entry)\"")
        }
    }

    /// Mebibytes of "4096", "512MiB", "4GiB", "512M" or "4G".
    static func mebibytes(_ text: String) -> Int? {
        guard let found = text.wholeMatch(of: /([1-9][0-9]{0,6})(?:(M|G)(?:iB)?)?/), let number = Int(found.1) else {
            return nil
        }
        let count = found.2 == "G" ? number * 1024 : number
        return (64...4_194_304).contains(count) ? count : nil
    }

    /// The request as far as the options tell it.
    func request(app: String, kind: MachineKind, isLab: Bool, _ context: Context) throws -> MachineRequest {
        var request = MachineRequest(app: app, kind: kind)
        request.environment = environment
        request.address = ip
        request.vmID = vmId
        request.name = name
        request.instances = try instances.map { text in
            let isFile = text.hasPrefix("@")
            let json = isFile ? try context.files.readText(context.path(String(text.dropFirst()))) : text
            return try InstanceMap.parse(json, isLab: isLab)
        }
        request.cores = cores
        request.memory = memory.flatMap(MachineOptions.mebibytes)
        request.disk = disk
        request.vlan = vlan
        request.node = node
        request.storage = storage
        request.bridge = bridge
        request.template = template
        request.tags = tag.flatMap { $0.split(separator: ",").map(String.init) }
        request.isProtected = preventDestroy
        request.unprivileged = unprivileged
        request.nesting = nesting
        request.tun = tun
        request.docker = docker
        request.others = MachineOptions.variables(variable)
        try request.check()
        return request
    }

    /// Variables given as NAME=VALUE: JSON where it is a list, a map, a number or a truth value, else text.
    static func variables(_ entries: [String]) -> OrderedDictionary<String, JSONValue> {
        var found: OrderedDictionary<String, JSONValue> = [:]
        for entry in entries {
            guard let mark = entry.firstIndex(of: "=") else { continue }
            let text = String(entry[entry.index(after: mark)...])
            found[String(entry[..<mark])] = (try? JSONValue.parse(text)) ?? .string(text)
        }
        return found
    }
}
