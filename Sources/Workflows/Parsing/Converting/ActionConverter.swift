import OrderedCollections

/// Makes the typed action from a template that fits the schema.
enum ActionConverter {
    static func convert(_ root: Template, file: String, faults: inout Faults) -> ActionDefinition {
        let runs = root["runs"] ?? Template(.null, at: root.place)
        var action = ActionDefinition(
            file: file, name: WorkflowConverter.text(root["name"]) ?? "",
            description: WorkflowConverter.text(root["description"]), inputs: [:], outputs: [:],
            runs: self.runs(runs, &faults))
        for entry in root["inputs"]?.entries ?? [] {
            guard let name = entry.key.literal else { continue }
            action.inputs[name] = ActionDefinition.Input(
                place: entry.key.place, description: WorkflowConverter.text(entry.value["description"]),
                required: WorkflowConverter.flag(entry.value["required"]) ?? false,
                fallback: entry.value["default"],
                deprecation: WorkflowConverter.text(entry.value["deprecationMessage"]))
        }
        for entry in root["outputs"]?.entries ?? [] {
            guard let name = entry.key.literal else { continue }
            let value = entry.value["value"]
            if value == nil, case .composite = action.runs {
                faults.add(entry.key.place, "Required property is missing: value")
            }
            action.outputs[name] = ActionDefinition.Output(
                place: entry.key.place, description: WorkflowConverter.text(entry.value["description"]),
                value: value)
        }
        return action
    }

    private static func runs(_ template: Template, _ faults: inout Faults) -> ActionDefinition.Runs {
        let using = template["using"]?.literal ?? ""
        let expected = using == "composite" ? "steps" : using == "docker" ? "image" : "main"
        if template[expected] == nil {
            faults.add(template.place, "Required property is missing: \(expected)")
        }
        func text(_ key: String) -> String? { WorkflowConverter.text(template[key]) }
        switch using {
        case "composite":
            return .composite(StepConverter.steps(template["steps"], isAction: true, &faults))
        case "docker":
            return .docker(
                ActionDefinition.Docker(
                    image: text("image") ?? "", entrypoint: text("entrypoint"), arguments: template["args"],
                    env: template["env"]))
        default:
            return .node(
                ActionDefinition.Node(
                    using: using, main: text("main") ?? "", pre: text("pre"),
                    preCondition: ConditionConverter.around(template["pre-if"], &faults), post: text("post"),
                    postCondition: ConditionConverter.around(template["post-if"], &faults)))
        }
    }
}
