extension Manifest {
    /// The usual name of the file.
    public static let fileName = "nante.yml"

    /// Reads `nante.yml` from a folder or a path.
    ///
    /// - Throws: `SourceFault` with line and column; a failure with exit `usage` when the file is not there.
    public static func load(_ context: Context, path: String = Manifest.fileName) throws -> Manifest {
        let full = context.path(path)
        guard context.files.exists(full) else {
            throw Failure(
                .usage, "there is no \(path) here", where: context.workingDirectory,
                why: "it names the apps and their environments",
                next: ["see examples/nante.yml, every key is explained there"])
        }
        return try parse(text: try context.files.readText(full), file: path)
    }

    /// Reads the text of a manifest.
    public static func parse(text: String, file: String) throws(SourceFault) -> Manifest {
        let root = try YAMLReader(text: text, file: file)
        let keys = try root.members(
            of: "nante.yml", known: ["version", "platform", "library", "apps", "environments"])
        guard let version = keys["version"] else { throw root.fault("version: 1 is missing") }
        _ = try version.integer(of: "version", in: 1...1)
        var manifest = Manifest(file: file, platform: .init(settings: [:]), library: [:], apps: [], environments: [])
        if let platform = keys["platform"] { (manifest.platform, manifest.machines) = try addresses(platform) }
        for (name, at, value) in try keys["library"]?.members(of: "library") ?? [] {
            guard name.split(separator: "/").count == 2 else { throw at.fault("a library is named OWNER/REPO") }
            manifest.library[name] = try value.text(of: "the path of \(name)")
        }
        for (name, at, value) in try keys["apps"]?.members(of: "apps") ?? [] {
            guard NameRule.isName(name) else { throw at.fault("an app's name is \(NameRule.inWords)") }
            manifest.apps.append(try app(name, value))
        }
        for (name, at, value) in try keys["environments"]?.members(of: "environments") ?? [] {
            guard NameRule.isName(name) else { throw at.fault("an environment's name is \(NameRule.inWords)") }
            manifest.environments.append(try environment(name, value, manifest.machines))
        }
        return manifest
    }

    private static func addresses(
        _ node: YAMLReader
    ) throws(SourceFault) -> (PlatformAddresses, Machines) {
        var settings: [String: String] = [:]
        var machines = Machines.usual
        let services = try node.members(of: "platform", known: ["octopus", "nexus", "proxmox", "state", "doppler"])
        let known: [String: [(key: String, setting: String)]] = [
            "octopus": [("url", "OCTOPUS_SERVER_URL"), ("space", "OCTOPUS_SPACE_ID")],
            "nexus": [("url", "NEXUS_URL"), ("docker", "NEXUS_DOCKER_REGISTRY")],
            "proxmox": [("url", "PROXMOX_API_URL"), ("node", "PROXMOX_NODE"), ("storage", "PROXMOX_STORAGE")],
            "state": [("url", "MINIO_ENDPOINT"), ("bucket", "MINIO_BUCKET")],
            "doppler": [("project", "DOPPLER_PROJECT"), ("config", "DOPPLER_CONFIG")],
        ]
        for (service, value) in services.sorted(by: { $0.key < $1.key }) {
            let names = known[service] ?? []
            let beside = service == "proxmox" ? ["bridge", "template", "vm_template", "vlan", "ids", "networks"] : []
            let keys = try value.members(of: "platform.\(service)", known: names.map(\.key) + beside)
            for name in names {
                guard let text = keys[name.key] else { continue }
                settings[name.setting] = try text.text(of: "platform.\(service).\(name.key)")
            }
            if service == "proxmox" { machines = try self.machines(keys) }
        }
        return (PlatformAddresses(settings: settings), machines)
    }

    private static func app(_ name: String, _ node: YAMLReader) throws(SourceFault) -> App {
        let keys = try node.members(
            of: "apps.\(name)", known: ["kind", "path", "main", "build", "targets", "health", "bake", "drain", "probe"])
        var app = App(
            name: name, kind: .package, path: ".", main: ".",
            build: Build(version: "main.version", commit: "main.commit", tags: []), targets: [],
            health: Health(path: "/healthz", within: .seconds(20)), bake: .seconds(5), drain: .seconds(25),
            probe: Probe(rate: 50, get: ["/"], post: []))
        if let kind = keys["kind"] { app.kind = try choice(kind, "kind") }
        if let path = keys["path"] {
            app.path = try path.text(of: "path", rule: "a path inside the repository", where: NameRule.isInnerPath)
        }
        if let main = keys["main"] {
            app.main = try main.text(of: "main", rule: "a path inside the app's folder", where: NameRule.isInnerPath)
        }
        if let build = keys["build"] { app.build = try self.build(build, app.build) }
        app.targets = try tags(keys["targets"], "targets")
        if let health = keys["health"] {
            let parts = try health.members(of: "health", known: ["path", "within"])
            if let path = parts["path"] { app.health.path = try urlPath(path, "health.path") }
            if let within = parts["within"] { app.health.within = try within.duration(of: "health.within") }
        }
        if let bake = keys["bake"] { app.bake = try bake.duration(of: "bake") }
        if let drain = keys["drain"] { app.drain = try drain.duration(of: "drain") }
        if let probe = keys["probe"] {
            let parts = try probe.members(of: "probe", known: ["rate", "get", "post"])
            if let rate = parts["rate"] { app.probe.rate = try rate.integer(of: "probe.rate", in: 1...1000) }
            if let get = parts["get"] { app.probe.get = try urlPaths(get, "probe.get") }
            if let post = parts["post"] { app.probe.post = try urlPaths(post, "probe.post") }
        }
        return app
    }

    private static func build(_ node: YAMLReader, _ usual: Build) throws(SourceFault) -> Build {
        var build = usual
        let rule = "a Go variable with its package, such as main.version"
        let parts = try node.members(of: "build", known: ["version", "commit", "tags"])
        if let name = parts["version"] {
            build.version = try name.text(of: "build.version", rule: rule, where: NameRule.isGoVariable)
        }
        if let name = parts["commit"] {
            build.commit = try name.text(of: "build.commit", rule: rule, where: NameRule.isGoVariable)
        }
        for tag in try parts["tags"]?.items(of: "build.tags") ?? [] {
            build.tags.append(
                try tag.text(of: "build.tags", rule: "letters, digits, _ and .", where: NameRule.isBuildTag))
        }
        return build
    }

    private static func environment(
        _ name: String, _ node: YAMLReader, _ machines: Machines
    ) throws(SourceFault) -> Environment {
        var environment = Environment(name: name, hosts: [])
        let keys = try node.members(of: "environments.\(name)", known: ["hosts"])
        for (group, at, value) in try keys["hosts"]?.members(of: "hosts") ?? [] {
            guard NameRule.isName(group) else { throw at.fault("a host group's name is \(NameRule.inWords)") }
            let parts = try value.members(of: "hosts.\(group)", known: hostKeys)
            var hosts = HostGroup(name: group, count: 1, kind: .lxc, cores: 1, memory: 512, targets: [])
            if let count = parts["count"] { hosts.count = try count.integer(of: "count", in: 0...50) }
            if let kind = parts["kind"] { hosts.kind = try choice(kind, "kind") }
            if let cores = parts["cores"] { hosts.cores = try cores.integer(of: "cores", in: 1...256) }
            if let memory = parts["memory"] { hosts.memory = try mebibytes(memory) }
            hosts.targets = try tags(parts["targets"], "targets")
            try machine(parts, &hosts, machines)
            environment.hosts.append(hosts)
        }
        return environment
    }

    private static let hostKeys = [
        "count", "kind", "cores", "memory", "targets", "disk", "vlan", "address", "node", "storage", "template",
        "tags", "protect", "privileged", "nesting", "tun", "user",
    ]

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: YAMLReader, _ what: String
    ) throws(SourceFault) -> Choice where Choice.RawValue == String {
        let text = try node.text(of: what)
        guard let choice = Choice(rawValue: text) else {
            throw node.fault("\(what) must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    private static func tags(_ node: YAMLReader?, _ what: String) throws(SourceFault) -> [String] {
        var tags: [String] = []
        for item in try node?.items(of: what) ?? [] {
            tags.append(try item.text(of: what, rule: NameRule.inWords, where: NameRule.isName))
        }
        return tags
    }

    private static func urlPath(_ node: YAMLReader, _ what: String) throws(SourceFault) -> String {
        try node.text(of: what, rule: "a URL path such as /healthz", where: NameRule.isURLPath)
    }

    private static func urlPaths(_ node: YAMLReader, _ what: String) throws(SourceFault) -> [String] {
        var paths: [String] = []
        for item in try node.items(of: what) { paths.append(try urlPath(item, what)) }
        return paths
    }

    private static func mebibytes(_ node: YAMLReader) throws(SourceFault) -> Int {
        let text = try node.text(of: "memory")
        let units: [(suffix: String, factor: Int)] = [("GiB", 1024), ("MiB", 1)]
        for unit in units where text.hasSuffix(unit.suffix) {
            if let amount = Int(text.dropLast(3)), (1...1_048_576).contains(amount) { return amount * unit.factor }
        }
        throw node.fault("memory must be such as 512MiB or 2GiB")
    }
}
