import Core

/// The ids of a space and their names, in both directions.
struct ProjectNames {
    var environments: [DeploymentEnvironment] = []
    var lifecycles: [Lifecycle] = []
    var groups: [ProjectGroup] = []
    var feeds: [Feed] = []
    var machines: [Machine] = []
    var channels: [Channel] = []
    var actions: [DeploymentAction] = []

    /// The name of an id; the id itself where it has none.
    func name<Item: SpaceResource>(_ id: String, in all: [Item]) -> String {
        all.first { $0.id == id }?.name ?? id
    }

    /// The id of a name.
    func id<Item: SpaceResource>(_ name: String, in all: [Item]) throws -> String { try all.requireNamed(name).id }

    /// Files name the built-in feed the same for every space; only in the default space that is its id.
    func feedName(_ id: String) -> String {
        let found = feeds.first { $0.id == id }
        return found?.isBuiltIn == true ? FilePackage.builtIn : found?.name ?? id
    }

    func feedId(_ name: String) throws -> String {
        if name == FilePackage.builtIn { return feeds.first(where: \.isBuiltIn)?.id ?? name }
        // A text with a variable in it is resolved by the server.
        return name.contains("#{") ? name : try id(name, in: feeds)
    }

    /// A scope with names for ids.
    func named(_ scope: VariableScope) -> VariableScope {
        scope.with { copy in
            copy.environment = scope.environment.map { name($0, in: environments) }
            copy.machine = scope.machine.map { name($0, in: machines) }
            copy.channel = scope.channel.map { name($0, in: channels) }
            copy.action = scope.action.map { id in actions.first { $0.id == id }?.name ?? id }
        }
    }

    /// A scope with ids for names.
    func identified(_ scope: VariableScope) throws -> VariableScope {
        try scope.with { copy in
            copy.environment = try scope.environment.map { try id($0, in: environments) }
            copy.machine = try scope.machine.map { try id($0, in: machines) }
            copy.channel = try scope.channel.map { try id($0, in: channels) }
            copy.action = try scope.action.map { name in
                guard let action = actions.first(where: { $0.name == name || $0.id == name }) else {
                    throw Failure(.usage, "the process has no action \(name)", why: "a variable is scoped to it")
                }
                return action.id
            }
        }
    }
}
