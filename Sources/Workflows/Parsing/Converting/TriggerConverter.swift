import OrderedCollections

/// `on`.
enum TriggerConverter {
    static func triggers(_ template: Template, _ faults: inout Faults) -> Triggers {
        var triggers = Triggers(events: [:])
        for name in WorkflowConverter.texts(template) ?? [] { add(name, nil, &triggers, &faults) }
        for entry in template.entries ?? [] {
            if let name = entry.key.literal { add(name, entry.value, &triggers, &faults) }
        }
        return triggers
    }

    private static func add(_ name: String, _ value: Template?, _ triggers: inout Triggers, _ faults: inout Faults) {
        var trigger = Trigger(name: name, types: nil, filters: [:], schedules: [])
        switch name {
        case "workflow_call": triggers.call = call(value, &faults)
        case "workflow_dispatch": triggers.dispatch = dispatch(value, &faults)
        case "schedule":
            for item in value?.items ?? [] {
                guard let cron = WorkflowConverter.text(item["cron"]) else { continue }
                trigger.schedules.append(.init(cron: cron, timezone: WorkflowConverter.text(item["timezone"])))
            }
        default:
            for entry in value?.entries ?? [] {
                guard let key = entry.key.literal else { continue }
                let texts = WorkflowConverter.texts(entry.value)
                if key == "types" { trigger.types = texts } else { trigger.filters[key] = texts }
            }
        }
        triggers.events[name] = trigger
    }

    private static func call(_ value: Template?, _ faults: inout Faults) -> CallTrigger {
        var call = CallTrigger(inputs: [:], secrets: [:], outputs: [:])
        for entry in value?["inputs"]?.entries ?? [] {
            guard let name = entry.key.literal else { continue }
            let input = entry.value
            let type = input["type"]?.literal.flatMap(InputType.init) ?? .string
            let fallback = input["default"]
            if let fallback, !fits(fallback, type) {
                faults.add(fallback.place, "Unexpected value '\(SchemaReader.text(fallback.kind))'")
            }
            call.inputs[name] = CallTrigger.Input(
                place: entry.key.place, description: WorkflowConverter.text(input["description"]), type: type,
                required: WorkflowConverter.flag(input["required"]) ?? false, fallback: fallback)
        }
        for entry in value?["secrets"]?.entries ?? [] {
            guard let name = entry.key.literal else { continue }
            call.secrets[name] = CallTrigger.Secret(
                place: entry.key.place, description: WorkflowConverter.text(entry.value["description"]),
                required: WorkflowConverter.flag(entry.value["required"]) ?? false)
        }
        for entry in value?["outputs"]?.entries ?? [] {
            guard let name = entry.key.literal, let output = entry.value["value"] else { continue }
            call.outputs[name] = CallTrigger.Output(
                place: entry.key.place, description: WorkflowConverter.text(entry.value["description"]),
                value: output)
        }
        return call
    }

    /// A literal is of an input's type, or an expression that will tell; a string takes any scalar.
    static func fits(_ value: Template, _ type: InputType) -> Bool {
        switch (type, value.kind) {
        case (_, .expression), (.boolean, .boolean), (.number, .number): true
        case (.boolean, _), (.number, _): false
        case (_, .sequence), (_, .mapping): false
        default: true
        }
    }

    private static func dispatch(_ value: Template?, _ faults: inout Faults) -> DispatchTrigger {
        var dispatch = DispatchTrigger(inputs: [:])
        for entry in value?["inputs"]?.entries ?? [] {
            guard let name = entry.key.literal else { continue }
            let input = entry.value
            let type = input["type"]?.literal.flatMap(InputType.init) ?? .string
            let options = WorkflowConverter.texts(input["options"])
            if type == .choice, options?.isEmpty ?? true {
                faults.add(input.place, "Missing 'options' for choice input")
            }
            if type != .choice, input["options"] != nil {
                faults.add(input.place, "Input type is not 'choice', but 'options' is defined")
            }
            let fallback = input["default"]
            if let fallback, !fits(fallback, type) || isOutside(fallback, type, options) {
                faults.add(fallback.place, "Unexpected value '\(SchemaReader.text(fallback.kind))'")
            }
            dispatch.inputs[name] = DispatchTrigger.Input(
                place: entry.key.place, description: WorkflowConverter.text(input["description"]), type: type,
                required: WorkflowConverter.flag(input["required"]) ?? false, fallback: fallback,
                options: options ?? [])
        }
        return dispatch
    }

    private static func isOutside(_ fallback: Template, _ type: InputType, _ options: [String]?) -> Bool {
        guard type == .choice, let options, !options.isEmpty else { return false }
        return !options.contains(SchemaReader.text(fallback.kind))
    }
}
