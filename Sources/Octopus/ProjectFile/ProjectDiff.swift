/// Compares a file with what is live.
struct ProjectDiff {
    private(set) var changes: [ProjectChange] = []

    /// - Parameters:
    ///   - live: nil where the project does not exist yet.
    ///   - used: the names of the lifecycle and the group that the project has now.
    init(wanted: ProjectFile, live: ProjectFile?, used: (lifecycle: String?, group: String?) = (nil, nil)) {
        list(wanted.environments, live?.environments ?? [], "environment", removes: false, key: \.name)
        one(wanted.lifecycle, live?.lifecycle, "lifecycle", name: \.name) { $0.phases != nil }
        one(wanted.projectGroup, live?.projectGroup, "project group", name: \.name) { !$0.description.isEmpty }
        let project = live.flatMap { $0.project.name.isEmpty ? nil : $0.project }
        one(wanted.project, project, "project", name: \.name) { _ in true }
        moved(wanted.project.name, "Lifecycle", used.lifecycle, wanted.lifecycle?.name)
        moved(wanted.project.name, "ProjectGroup", used.group, wanted.projectGroup?.name)
        if let channels = wanted.channels {
            list(channels, live?.channels ?? [], "channel", removes: false, key: \.name)
        }
        if let variables = wanted.variables { self.variables(variables, live?.variables ?? []) }
        if let process = wanted.deploymentProcess {
            steps(process.steps, live?.deploymentProcess?.steps ?? [])
        }
    }

    /// The project is to have another lifecycle or group.
    private mutating func moved(_ project: String, _ what: String, _ old: String?, _ new: String?) {
        guard let old, let new, old.lowercased() != new.lowercased() else { return }
        let detail = "\(what): \(old) → \(new)"
        changes.append(ProjectChange(kind: .changed, what: "project \(project)", details: [detail]))
    }

    private mutating func one<Model: WireModel>(
        _ wanted: Model?, _ live: Model?, _ kind: String, name: (Model) -> String, isManaged: (Model) -> Bool
    ) {
        guard let wanted else { return }
        guard let live else {
            changes.append(ProjectChange(kind: .added, what: "\(kind) \(name(wanted))", details: []))
            return
        }
        guard isManaged(wanted) else { return }
        changed(live, wanted, "\(kind) \(name(wanted))")
    }

    private mutating func changed<Model: WireModel>(_ old: Model, _ new: Model, _ what: String) {
        let details = ProjectChange.between(old, new)
        if !details.isEmpty { changes.append(ProjectChange(kind: .changed, what: what, details: details)) }
    }

    private mutating func list<Model: WireModel>(
        _ wanted: [Model], _ live: [Model], _ kind: String, removes: Bool, key: (Model) -> String
    ) {
        for item in wanted {
            if let old = live.first(where: { key($0).lowercased() == key(item).lowercased() }) {
                changed(old, item, "\(kind) \(key(item))")
            } else {
                changes.append(ProjectChange(kind: .added, what: "\(kind) \(key(item))", details: []))
            }
        }
        guard removes else { return }
        let kept = Set(wanted.map { key($0).lowercased() })
        for item in live where !kept.contains(key(item).lowercased()) {
            changes.append(ProjectChange(kind: .removed, what: "\(kind) \(key(item))", details: []))
        }
    }

    private mutating func variables(_ wanted: [FileVariable], _ live: [FileVariable]) {
        let pairs = VariablePairs(wanted: wanted, live: live)
        for (item, old) in pairs.wanted {
            let what = "variable \(item.title)"
            if let old {
                // A secret can't be compared: only that it is one.
                let shown = item.with {
                    $0.valueFrom = nil
                    if $0.type == "Sensitive" { $0.value = nil }
                }
                changed(old, shown, what)
            } else {
                changes.append(ProjectChange(kind: .added, what: what, details: []))
            }
        }
        for item in pairs.removed {
            changes.append(ProjectChange(kind: .removed, what: "variable \(item.title)", details: []))
        }
    }

    private mutating func steps(_ wanted: [FileStep], _ live: [FileStep]) {
        list(wanted, live, "step", removes: true, key: \.name)
        let before = live.map(\.name).filter { name in wanted.contains { $0.name == name } }
        let after = wanted.map(\.name).filter { name in live.contains { $0.name == name } }
        if before != after {
            let order = "\(before.joined(separator: ", ")) → \(after.joined(separator: ", "))"
            changes.append(ProjectChange(kind: .changed, what: "order of the steps", details: [order]))
        }
    }
}

/// Variables of a file and of the server, paired by name and scope.
struct VariablePairs {
    /// Those of the file with the live one, if there is one.
    private(set) var wanted: [(item: FileVariable, old: FileVariable?)] = []
    /// For each of the file the place of the live one.
    private(set) var places: [Int?] = []
    /// Live ones that the file has not.
    private(set) var removed: [FileVariable] = []

    init(wanted: [FileVariable], live: [FileVariable]) {
        var free = Array(live.indices)
        for item in wanted {
            // Same name and scope; else the only one of that name on both sides, whose scope has changed.
            let isOnly = wanted.count { $0.name.lowercased() == item.name.lowercased() } == 1
            let sameName = free.filter { live[$0].name.lowercased() == item.name.lowercased() }
            let place =
                sameName.first { live[$0].scope.sorted == item.scope.sorted }
                ?? (isOnly && sameName.count == 1 ? sameName[0] : nil)
            free.removeAll { $0 == place }
            places.append(place)
            self.wanted.append((item, place.map { live[$0] }))
        }
        removed = free.map { live[$0] }
    }
}

extension FileVariable {
    /// The name with its scope.
    var title: String { scope.isEmpty ? name : "\(name) [\(scope.text)]" }
}

extension VariableScope {
    /// The value counts everywhere.
    public var isEmpty: Bool { self == VariableScope() }

    /// The same scope with its lists sorted.
    var sorted: VariableScope {
        with {
            $0.environment.sort()
            $0.machine.sort()
            $0.role.sort()
            $0.action.sort()
            $0.channel.sort()
            $0.tenantTag.sort()
            $0.processOwner.sort()
        }
    }

    /// The scope in words.
    var text: String {
        let kinds = [
            ("Environment", environment), ("Role", role), ("Machine", machine), ("Action", action),
            ("Channel", channel), ("TenantTag", tenantTag), ("ProcessOwner", processOwner),
        ]
        return kinds.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1.joined(separator: ", "))" }.joined(separator: "; ")
    }
}
