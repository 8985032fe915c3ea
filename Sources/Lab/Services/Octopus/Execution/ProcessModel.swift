import Core

/// When a step runs.
enum StepCondition: Sendable, Hashable {
    /// Nothing before it failed.
    case success
    /// Something before it failed.
    case failure
    case always
    /// The expression is true; decided for each machine, also after a failure.
    case variable(String)
}

/// A step of a deployment process, as in the snapshot of a release.
struct ProcessStep: Sendable, Hashable {
    var id: String
    var name: String
    /// Its place in the process, from 1.
    var number: Int
    var condition: StepCondition
    /// It starts together with the step before.
    var isWithPrevious: Bool
    /// Roles whose machines it runs on; empty for a step on the server.
    var roles: [String]
    /// How many machines at once; nil where the step is not rolling.
    var window: Int?
    var properties: [String: String]
    var actions: [ProcessAction]
}

/// One action of a step.
struct ProcessAction: Sendable, Hashable {
    var id: String
    var name: String
    /// "2" for the only action of the second step, "2.1" for the first of several.
    var number: String
    var type: String
    var isDisabled: Bool
    var environments: [String]
    var excludedEnvironments: [String]
    var channels: [String]
    /// An expression that must be true; nil where it always runs.
    var expression: String?
    var properties: [String: String]
    var packages: [PackageUse]

    /// A property; empty where it is not set.
    func property(_ name: String) -> String { properties.first { $0.key.sameText(name) }?.value ?? "" }
    /// A property that is "True".
    func flag(_ name: String) -> Bool { property(name).lowercased() == "true" }

    /// The action is meant for an environment and a channel.
    func applies(environment: String, channel: String) -> Bool {
        if isDisabled { return false }
        if !environments.isEmpty, !environments.contains(where: { $0.sameText(environment) }) { return false }
        if excludedEnvironments.contains(where: { $0.sameText(environment) }) { return false }
        return channels.isEmpty || channels.contains { $0.sameText(channel) }
    }
}

/// A package that an action uses.
struct PackageUse: Sendable, Hashable {
    /// Empty for the action's main package.
    var name: String
    var package: String
    var feed: String
}

/// A process read from its stored JSON.
enum ProcessModel {
    /// The steps of a process document.
    static func steps(_ body: JSONValue) -> [ProcessStep] {
        (body["Steps"]?.array ?? []).enumerated().map { step($0.element, number: $0.offset + 1) }
    }

    private static func step(_ value: JSONValue, number: Int) -> ProcessStep {
        let properties = texts(value["Properties"])
        let items = value["Actions"]?.array ?? []
        let expression = properties["Octopus.Step.ConditionVariableExpression"] ?? ""
        let condition: StepCondition =
            switch value["Condition"]?.string {
            case "Failure": .failure
            case "Always": .always
            case "Variable": .variable(expression)
            default: .success
            }
        return ProcessStep(
            id: value["Id"]?.string ?? "", name: value["Name"]?.string ?? "", number: number, condition: condition,
            isWithPrevious: value["StartTrigger"]?.string == "StartWithPrevious",
            roles: list(properties["Octopus.Action.TargetRoles"] ?? ""),
            window: properties["Octopus.Action.MaxParallelism"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil },
            properties: properties,
            actions: items.enumerated().map { offset, item in
                action(item, number: items.count == 1 ? "\(number)" : "\(number).\(offset + 1)")
            })
    }

    private static func action(_ value: JSONValue, number: String) -> ProcessAction {
        func texts(_ name: String) -> [String] { value[name]?.array?.compactMap(\.string) ?? [] }
        let properties = ProcessModel.texts(value["Properties"])
        let packages = (value["Packages"]?.array ?? []).map { item in
            PackageUse(
                name: item["Name"]?.string ?? "", package: item["PackageId"]?.string ?? "",
                feed: item["FeedId"]?.string ?? "")
        }
        let expression = properties["Octopus.Action.ConditionVariableExpression"] ?? ""
        return ProcessAction(
            id: value["Id"]?.string ?? "", name: value["Name"]?.string ?? "", number: number,
            type: value["ActionType"]?.string ?? "", isDisabled: value["IsDisabled"]?.bool ?? false,
            environments: texts("Environments"), excludedEnvironments: texts("ExcludedEnvironments"),
            channels: texts("Channels"),
            expression: value["Condition"]?.string == "Variable" ? expression : nil,
            properties: properties, packages: packages)
    }

    /// The text members of an object; values that are objects give their `Value`.
    static func texts(_ value: JSONValue?) -> [String: String] {
        var out: [String: String] = [:]
        for (name, item) in value?.object ?? [:] { out[name] = item.string ?? item["Value"]?.string }
        return out
    }

    /// The items of a text with commas between them.
    static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0).trimmingSpace }.filter { !$0.isEmpty }
    }

    /// Steps in the groups that start together.
    static func groups(_ steps: [ProcessStep]) -> [[ProcessStep]] {
        var groups: [[ProcessStep]] = []
        for step in steps {
            if step.isWithPrevious, !groups.isEmpty {
                groups[groups.count - 1].append(step)
            } else {
                groups.append([step])
            }
        }
        return groups
    }
}
