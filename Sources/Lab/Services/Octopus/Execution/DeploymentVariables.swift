import Core

/// The variables of a deployment at one place: Octopus' own, the project's for that place, those asked for, those
/// that earlier steps gave out.
struct DeploymentVariables: Sendable {
    let plan: DeploymentPlan

    /// The dictionary for an action on a machine; parts that are nil are not known there.
    func dictionary(
        step: ProcessStep? = nil, action: ProcessAction? = nil, machine: DeploymentMachine? = nil,
        outputs: [OutputVariable] = [], error: String? = nil
    ) -> VariableTable {
        var variables = VariableTable()
        addDeployment(&variables)
        addHistory(&variables)
        if let machine { addMachine(machine, &variables) }
        if let step { addStep(step, &variables) }
        let place = ScopePlace(
            environment: plan.environment.id, channel: plan.channel?.id, tenant: plan.tenant?.id,
            tenantTags: plan.tenant?.texts("TenantTags") ?? [], process: plan.project.id, project: plan.project.id,
            action: action?.id, machine: machine?.id, machineRoles: machine?.roles ?? [], stepRoles: step?.roles ?? [])
        for variable in VariableRanking.choose(plan.variables, place) {
            variables.set(variable.name, variable.value, isSensitive: variable.isSensitive)
        }
        for (name, value) in plan.prompted {
            let isSensitive = plan.variables.contains { $0.name.sameText(name) && $0.isSensitive }
            variables.set(name, value, isSensitive: isSensitive)
        }
        for output in outputs { output.add(to: &variables, machine: machine?.name) }
        if let action { addAction(action, &variables) }
        if let error {
            variables.set("Octopus.Deployment.Error", error)
            variables.set("Octopus.Deployment.ErrorDetail", error)
        }
        return variables
    }

    private func addDeployment(_ variables: inout VariableTable) {
        let base = "/app#/\(plan.space.id)"
        let pairs = [
            ("Octopus.Space.Id", plan.space.id), ("Octopus.Space.Name", plan.space.name),
            ("Octopus.Project.Id", plan.project.id), ("Octopus.Project.Name", plan.project.name),
            ("Octopus.ProjectGroup.Id", plan.group?.id ?? ""), ("Octopus.ProjectGroup.Name", plan.group?.name ?? ""),
            ("Octopus.Environment.Id", plan.environment.id), ("Octopus.Environment.Name", plan.environment.name),
            ("Octopus.Release.Id", plan.release.id), ("Octopus.Release.Number", plan.release.name),
            ("Octopus.Release.Notes", plan.release.text("ReleaseNotes")),
            ("Octopus.Release.Channel.Name", plan.channel?.name ?? ""),
            ("Octopus.Deployment.Id", plan.deployment.id),
            ("Octopus.Deployment.Name", plan.deployment.text("Name")),
            ("Octopus.Deployment.Comments", plan.deployment.text("Comments")),
            ("Octopus.Deployment.Created", plan.deployment.text("Created")),
            ("Octopus.Deployment.CreatedBy.Id", plan.deployment.text("DeployedById")),
            ("Octopus.Deployment.CreatedBy.Username", plan.deployment.text("DeployedBy")),
            ("Octopus.Deployment.CreatedBy.DisplayName", plan.deployment.text("DeployedBy")),
            ("Octopus.Deployment.Machines", plan.machines.map(\.id).joined(separator: ",")),
            ("Octopus.Deployment.SpecificMachines", plan.deployment.texts("SpecificMachineIds").joined(separator: ",")),
            ("Octopus.Deployment.ExcludedMachines", plan.deployment.texts("ExcludedMachineIds").joined(separator: ",")),
            ("Octopus.Deployment.Tenant.Id", plan.tenant?.id ?? ""),
            ("Octopus.Deployment.Tenant.Name", plan.tenant?.name ?? ""),
            ("Octopus.Task.Id", "ServerTasks-\(plan.task)"), ("Octopus.Task.Name", plan.taskDescription),
            ("Octopus.Web.ServerUri", plan.serverUrl),
            ("Octopus.Web.ProjectLink", "\(base)/projects/\(plan.project.id)"),
            ("Octopus.Web.ReleaseLink", "\(base)/releases/\(plan.release.id)"),
            ("Octopus.Web.DeploymentLink", "\(base)/deployments/\(plan.deployment.id)"),
            ("Octopus.RetentionPolicySet", ""),
        ]
        for (name, value) in pairs where !(value.isEmpty && name.contains("Tenant")) { variables.set(name, value) }
        for role in Set(plan.machines.flatMap(\.roles)).sorted() {
            let ids = plan.machines.filter { $0.roles.contains { $0.sameText(role) } }.map(\.id)
            variables.set("Octopus.Environment.MachinesInRole[\(role)]", ids.joined(separator: ","))
        }
    }

    private func addHistory(_ variables: inout VariableTable) {
        let current = plan.history.current
        variables.set("Octopus.Release.CurrentForEnvironment.Id", current?.id ?? "")
        variables.set("Octopus.Release.CurrentForEnvironment.Number", current?.name ?? "")
        variables.set("Octopus.Release.PreviousForEnvironment.Id", current?.id ?? "")
        variables.set("Octopus.Release.PreviousForEnvironment.Number", current?.name ?? "")
        variables.set("Octopus.Release.Previous.Id", plan.history.previous?.id ?? "")
        variables.set("Octopus.Release.Previous.Number", plan.history.previous?.name ?? "")
        variables.set("Octopus.Deployment.PreviousSuccessful.Id", plan.history.currentDeployment ?? "")
    }

    private func addMachine(_ machine: DeploymentMachine, _ variables: inout VariableTable) {
        variables.set("Octopus.Machine.Id", machine.id)
        variables.set("Octopus.Machine.Name", machine.name)
        variables.set("Octopus.Machine.Roles", machine.roles.joined(separator: ","))
        if case .success(let address) = machine.address {
            variables.set("Octopus.Machine.Hostname", address.host)
        }
    }

    private func addStep(_ step: ProcessStep, _ variables: inout VariableTable) {
        variables.set("Octopus.Step.Id", step.id)
        variables.set("Octopus.Step.Name", step.name)
        variables.set("Octopus.Step.Number", "\(step.number)")
        for (name, value) in step.properties.sorted(by: { $0.key < $1.key }) { variables.set(name, value) }
    }

    private func addAction(_ action: ProcessAction, _ variables: inout VariableTable) {
        for (name, value) in action.properties.sorted(by: { $0.key < $1.key }) { variables.set(name, value) }
        variables.set("Octopus.Action.Id", action.id)
        variables.set("Octopus.Action.Name", action.name)
        variables.set("Octopus.Action.Number", action.number)
        for use in action.packages {
            let package = plan.packages[DeploymentPlan.packageKey(action.name, use.name)]
            let version = package?.version ?? ""
            let stem = use.name.isEmpty ? "Octopus.Action.Package" : "Octopus.Action.Package[\(use.name)]"
            variables.set("\(stem).PackageId", use.package)
            variables.set("\(stem).PackageVersion", version)
            variables.set("\(stem).FeedId", use.feed)
            if use.name.isEmpty {
                variables.set("Octopus.Action[\(action.name)].Package.PackageId", use.package)
                variables.set("Octopus.Action[\(action.name)].Package.PackageVersion", version)
            }
        }
    }
}

/// A variable that a script gave out.
struct OutputVariable: Sendable, Hashable {
    var action: String
    var machine: String
    var name: String
    var value: String
    var isSensitive: Bool

    /// Adds it under its names: with the machine, without it for that machine, and without it for all.
    func add(to variables: inout VariableTable, machine here: String?) {
        variables.set("Octopus.Action[\(action)].Output[\(machine)].\(name)", value, isSensitive: isSensitive)
        let plain = "Octopus.Action[\(action)].Output.\(name)"
        if here == machine {
            variables.set(plain, value, isSensitive: isSensitive)
        } else {
            // Which machine's value others see is not defined; the first stays, unless it is the machine's own.
            variables.setMissing(plain, value, isSensitive: isSensitive)
        }
    }
}
