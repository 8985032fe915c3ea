import OrderedCollections

/// `jobs`.
enum JobConverter {
    static func jobs(_ template: Template, _ faults: inout Faults) -> OrderedDictionary<String, Job> {
        var jobs: OrderedDictionary<String, Job> = [:]
        var needs: [(job: String, needs: [Template])] = []
        for entry in template.entries ?? [] {
            guard let id = entry.key.literal else { continue }
            if let fault = Identifier.fault(id) { faults.add(entry.key.place, fault) }
            jobs[id] = job(id, entry.key.place, entry.value, &faults)
            let value = entry.value["needs"]
            needs.append((id, value?.items ?? (value.map { [$0] } ?? [])))
        }
        NeedsCheck.check(needs, jobs: template, &faults)
        let spelled = Dictionary(jobs.keys.map { (Fold.upper($0), $0) }, uniquingKeysWith: { first, _ in first })
        for (id, needed) in needs {
            let ids = needed.compactMap { $0.literal }.map { spelled[Fold.upper($0)] ?? $0 }
            jobs[id]?.needs = OrderedSet(ids).elements
        }
        return jobs
    }

    private static func job(_ id: String, _ place: Place, _ template: Template, _ faults: inout Faults) -> Job {
        let condition = ConditionConverter.job(template["if"], at: place, &faults)
        if let matrix = template["strategy"]?["matrix"] { MatrixCheck.check(matrix, &faults) }
        return Job(
            id: id, place: place, name: template["name"], needs: [], condition: condition,
            permissions: template["permissions"].map(WorkflowConverter.permissions),
            concurrency: template["concurrency"].map { WorkflowConverter.concurrency($0, &faults) },
            strategy: template["strategy"].map(Strategy.init), work: work(template, &faults))
    }

    private static func work(_ template: Template, _ faults: inout Faults) -> Job.Work {
        if let uses = template["uses"] { return .call(call(uses, template, &faults)) }
        let nothing = Template(.null, at: template.place)
        if let runsOn = template["runs-on"] { check(group: runsOn["group"], &faults) }
        var outputs: OrderedDictionary<String, Template> = [:]
        for entry in template["outputs"]?.entries ?? [] {
            if let name = entry.key.literal { outputs[name] = entry.value }
        }
        return .steps(
            StepsJob(
                runsOn: template["runs-on"] ?? nothing, timeoutMinutes: template["timeout-minutes"],
                cancelTimeoutMinutes: template["cancel-timeout-minutes"],
                continueOnError: template["continue-on-error"], container: template["container"],
                services: template["services"], env: template["env"], environment: template["environment"],
                environmentURL: template["environment"]?["url"],
                defaults: template["defaults"].map { Defaults(run: $0["run"]) }, outputs: outputs,
                steps: StepConverter.steps(template["steps"], isAction: false, &faults)))
    }

    private static func check(group: Template?, _ faults: inout Faults) {
        guard let group, let name = group.literal else { return }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 1 { return }
        if parts.count == 2, ["org", "organization", "ent", "enterprise"].contains(parts[0]), !parts[1].isEmpty {
            return
        }
        faults.add(
            group.place,
            "Invalid runs-on group name '\(name)'. Please use 'organization/' or 'enterprise/' prefix to target a "
                + "single runner group.")
    }

    private static func call(_ uses: Template, _ template: Template, _ faults: inout Faults) -> CallJob {
        var with: OrderedDictionary<String, Template> = [:]
        for entry in template["with"]?.entries ?? [] {
            if let name = entry.key.literal { with[name] = entry.value }
        }
        var secrets: OrderedDictionary<String, Template> = [:]
        for entry in template["secrets"]?.entries ?? [] {
            if let name = entry.key.literal { secrets[name] = entry.value }
        }
        let text = uses.literal ?? ""
        let reference = WorkflowReference(text)
        if reference == nil {
            faults.add(
                uses.place,
                "Invalid workflow reference '\(text)': references to workflows must be prefixed with format "
                    + "'owner/repository/' and end in '@ref', or start with './' or '$/' and have no ref")
        }
        return CallJob(
            uses: reference ?? .local(path: text), text: text, place: uses.place, with: with,
            secrets: template["secrets"]?.literal == "inherit" ? .inherit : .named(secrets))
    }
}

/// The checks of `needs`: unknown jobs, cycles, and nothing to start with.
enum NeedsCheck {
    static func check(_ needs: [(job: String, needs: [Template])], jobs: Template, _ faults: inout Faults) {
        guard !needs.isEmpty else { return }
        var graph: OrderedDictionary<String, [String]> = [:]
        for (job, needed) in needs { graph[Fold.upper(job)] = needed.map { Fold.upper($0.literal ?? "") } }
        let plan = Plan(needs: graph)
        if plan.order.isEmpty {
            faults.add(jobs.place, "The workflow must contain at least one job with no dependencies.")
            return
        }
        let placed = Set(plan.order)
        for (job, needed) in needs where !placed.contains(Fold.upper(job)) {
            for need in needed {
                let name = need.literal ?? ""
                if placed.contains(Fold.upper(name)) { continue }
                if graph[Fold.upper(name)] != nil {
                    faults.add(
                        need.place,
                        "Job '\(job)' depends on job '\(name)' which creates a cycle in the dependency graph.")
                } else {
                    faults.add(need.place, "Job '\(job)' depends on unknown job '\(name)'.")
                }
            }
        }
    }
}

/// What can be said about a matrix before it is evaluated.
enum MatrixCheck {
    static func check(_ matrix: Template, _ faults: inout Faults) {
        guard let entries = matrix.entries else { return }
        var vectors: Set<String> = []
        var isOpen = false
        for entry in entries {
            guard let name = entry.key.literal else {
                isOpen = true
                continue
            }
            if name == "include" || name == "exclude" { continue }
            vectors.insert(Fold.upper(name))
            if entry.value.items?.isEmpty ?? false {
                faults.add(entry.value.place, "Matrix vector '\(name)' does not contain any values")
            }
        }
        if isOpen { return }
        let include = matrix["include"]
        if vectors.isEmpty, include == nil || include?.items?.isEmpty ?? false {
            faults.add(matrix.place, "Matrix must define at least one vector")
        }
        for item in matrix["exclude"]?.items ?? [] {
            for entry in item.entries ?? [] {
                guard let name = entry.key.literal, !vectors.contains(Fold.upper(name)) else { continue }
                faults.add(
                    entry.key.place, "Matrix exclude key '\(name)' does not match any key within the matrix")
            }
        }
    }
}
