/// `steps` of jobs and of composite actions.
enum StepConverter {
    static func steps(_ template: Template?, isAction: Bool, _ faults: inout Faults) -> [Step] {
        var ids = Identifiers()
        var steps = (template?.items ?? []).map { step($0, isAction, &ids, &faults) }
        name(&steps, &ids)
        return steps
    }

    /// Gives an id to each step that has none, after all own ids are known.
    private static func name(_ steps: inout [Step], _ ids: inout Identifiers) {
        for place in steps.indices {
            if !steps[place].hasOwnID { steps[place].id = ids.generate("__" + stem(steps[place])) }
            if case .parallel(var inner) = steps[place].action {
                name(&inner, &ids)
                steps[place].action = .parallel(inner)
            }
        }
    }

    private static func stem(_ step: Step) -> String {
        guard case .uses(let use) = step.action else { return "run" }
        switch use.reference {
        case .docker(let image): return image
        case .workspace, .own: return "self"
        case .repository(let owner, let name, _, _): return "\(owner)/\(name)"
        }
    }

    private static func step(
        _ template: Template, _ isAction: Bool, _ ids: inout Identifiers, _ faults: inout Faults
    ) -> Step {
        let id = template["id"]
        if let id, let name = id.literal, let fault = ids.add(name) { faults.add(id.place, fault) }
        let condition = ConditionConverter.step(
            template["if"], at: template.place, isAction: isAction, &faults)
        return Step(
            id: id?.literal ?? "", hasOwnID: id != nil, place: template.place, name: template["name"],
            condition: condition, continueOnError: template["continue-on-error"],
            timeoutMinutes: template["timeout-minutes"], env: template["env"],
            background: WorkflowConverter.flag(template["background"]) ?? false,
            action: action(template, isAction, &ids, &faults))
    }

    private static func action(
        _ template: Template, _ isAction: Bool, _ ids: inout Identifiers, _ faults: inout Faults
    ) -> Step.Action {
        if let run = template["run"] {
            return .run(
                Step.Script(
                    run: run, shell: template["shell"], workingDirectory: template["working-directory"]))
        }
        if let uses = template["uses"] {
            let text = uses.literal ?? ""
            let reference = ActionReference(text)
            if reference == nil {
                faults.add(uses.place, "Expected format {org}/{repo}[/path]@ref. Actual '\(text)'")
            }
            return .uses(
                Step.Use(
                    reference: reference ?? .workspace(path: text), text: text, place: uses.place,
                    with: template["with"]))
        }
        if let wait = template["wait"] { return .wait(WorkflowConverter.texts(wait) ?? []) }
        if let all = template["wait-all"] { return .waitAll(WorkflowConverter.flag(all) ?? true) }
        if let target = WorkflowConverter.text(template["cancel"]) { return .cancel(target) }
        var inner: [Step] = []
        for item in template["parallel"]?.items ?? [] { inner.append(step(item, isAction, &ids, &faults)) }
        return .parallel(inner)
    }
}
