import Core
import Lab
import OrderedCollections
import Terraform

/// Completes a request: what the machines are already is kept, and on the lab everything has a working default.
struct MachinePlaces {
    let tools: TerraformTools
    let known: KnownMachines
    let last: JSONValue?

    init(_ tools: TerraformTools, app: String) async throws {
        self.tools = tools
        let state = try await tools.storedState(app)
        if state == nil { try await tools.refuseDeleted(app) }
        if let state, state.resources.contains(where: { $0.type == "proxmox_vm_qemu" || $0.type == "proxmox_lxc" }) {
            throw Failure(
                .refused, "the state of \(app) is one of today's library",
                why: "its machines would be destroyed and made anew", next: ["nante terraform adopt --app \(app)"])
        }
        known = state.map(KnownMachines.init) ?? KnownMachines(machines: [])
        let folder = TerraformStack.folder(app, repository: tools.context.workingDirectory)
        let text = try? tools.context.files.readText(folder.appending(path: "nante.auto.tfvars.json"))
        last = text.flatMap { try? JSONValue.parse($0) }
    }

    /// The kind that is meant: as asked, as before, else lxc on the lab and vm elsewhere.
    func kind(_ asked: MachineKind?) -> MachineKind {
        asked ?? known.machines.first?.kind ?? last?["resource_type"]?.string.flatMap(MachineKind.init)
            ?? (tools.platform.isLab ? .lxc : .vm)
    }

    /// The variables for a request.
    func variables(_ asked: MachineRequest) async throws -> JSONValue {
        var request = asked
        request.publicKey = try await tools.publicKey()
        let settings = tools.platform.settings
        request.node = request.node ?? settings[.proxmoxNode]
        request.storage = request.storage ?? settings[.proxmoxStorage]
        if request.instances == nil { single(&request) }
        if tools.platform.isLab { try await lab(&request) }
        if request.instances == nil, request.address == nil {
            throw Failure(
                .usage, "which address?", why: "nothing is chosen beside real servers",
                next: ["--ip ADDRESS", "or --instances JSON"])
        }
        let variables = request.variables
        let options = RootOnly.options(variables)
        // Machines that are there may have them already: the plan knows.
        if known.machines.isEmpty, !options.isEmpty, tools.endpoints.proxmox?.username != RootOnly.user {
            throw RootOnly.refusal(options, tools.endpoints.proxmox)
        }
        return variables
    }

    /// A single machine keeps its name, address and id.
    private func single(_ request: inout MachineRequest) {
        let old = known["default"]
        request.address = request.address ?? old?.address
        request.vmID = request.vmID ?? old?.vmID
        if !tools.platform.isLab {
            request.address = request.address ?? last?["vm_target_ip"]?.string
            request.vmID = request.vmID ?? last?["vm_id"]?.int.flatMap { $0 == 0 ? nil : $0 }
        }
        let suffix = last?["name_suffix"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        if request.name == nil, let old { request.name = old.name }
        if request.name == nil {
            // Fixed from the first plan on.
            request.suffix = suffix ?? tools.context.random.hex(bytes: 2)
        }
    }

    private func lab(_ request: inout MachineRequest) async throws {
        let lab = try Hosts.ofThisMachine(tools.context)
        let isVM = request.kind == .vm
        request.node = request.node ?? "pmx"
        request.storage = request.storage ?? "zfs-vm"
        request.template = request.template ?? (isVM ? LabTemplates.vm : LabTemplates.container)
        request.cores = request.cores ?? 1
        request.memory = request.memory ?? (isVM ? 1024 : 512)
        request.disk = request.disk ?? (isVM ? "10" : "8")
        request.vlan = request.vlan ?? "0"
        if request.networks == nil, request.others["networks"] == nil {
            // Every VLAN of the lab lands in its one subnet.
            var tags = ["0", "10", "20", request.vlan ?? "0"]
            for (_, instance) in request.instances?.object ?? [:] {
                if let tag = instance["vlan_tag"]?.string { tags.append(tag) }
            }
            let network = lab.network
            var networks: OrderedDictionary<String, JSONValue> = [:]
            for tag in tags where !tag.isEmpty {
                networks[tag] = [
                    "subnet": .string(network.subnet), "gateway": .string(network.gateway), "first_host": 2,
                ]
            }
            request.networks = .object(networks)
        }
        try await free(lab, &request)
    }

    /// Gives what has no address or id the lowest that no host of the lab has.
    private func free(_ lab: Hosts, _ request: inout MachineRequest) async throws {
        let records = try await lab.list().map(\.record)
        var addresses = Set(records.map(\.address))
        var ids = Set(records.compactMap(\.vmid)).union([LabTemplates.vmID])
        let prefix = lab.network.gateway.dropLast(1)
        func address() throws -> String {
            guard let free = (11...254).lazy.map({ "\(prefix)\($0)" }).first(where: { !addresses.contains($0) }) else {
                throw Failure(.refused, "no address is left in \(lab.network.subnet)", next: ["nante lab host list"])
            }
            addresses.insert(free)
            return free
        }
        func id() -> Int {
            let free = (100...).first { !ids.contains($0) } ?? 100
            ids.insert(free)
            return free
        }
        func prefixed(_ address: String) -> Bool {
            address.hasPrefix(prefix) && address != lab.network.gateway
                && (Int(address.dropFirst(prefix.count)).map { (2...254).contains($0) } ?? false)
        }
        guard var instances = request.instances?.object else {
            // As planned before, unless that can't be had: it is outside of the lab's network, or another's.
            let planned = (address: last?["vm_target_ip"]?.string ?? "", id: last?["vm_id"]?.int ?? 0)
            let isOurs = records.contains { $0.address == planned.address && $0.vmid == planned.id }
            let mayHave = isOurs || (prefixed(planned.address) && !addresses.contains(planned.address))
            if request.address == nil { request.address = try mayHave ? planned.address : address() }
            let mayTake = isOurs || (planned.id >= 100 && !ids.contains(planned.id))
            if request.vmID == nil { request.vmID = mayTake ? planned.id : id() }
            return
        }
        for (name, value) in instances {
            guard var members = value.object else { continue }
            let old = known[name]
            let before = last?["instances"]?[name]
            if members["ip_address"] == nil {
                members["ip_address"] = .string(
                    try old?.address ?? before?["ip_address"]?.string ?? address())
            }
            if members["vm_id"] == nil {
                members["vm_id"] = .number(Double(old?.vmID ?? before?["vm_id"]?.int ?? id()))
            }
            instances[name] = .object(members)
        }
        request.instances = .object(instances)
    }
}

/// The templates that the lab has.
enum LabTemplates {
    static let container = "local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst"
    static let vm = "debian-12-template"
    static let vmID = 9000
}
