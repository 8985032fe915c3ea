import Core

/// A resource that lives in a collection of the space.
public protocol SpaceResource: NamedResource {
    /// The collection's name in addresses.
    static var collection: String { get }
    /// What it is called in sentences.
    static var kind: String { get }
}

extension DeploymentEnvironment: SpaceResource {
    /// In addresses.
    public static let collection = "environments"
    /// In sentences.
    public static let kind = "environment"
}
extension Lifecycle: SpaceResource {
    /// In addresses.
    public static let collection = "lifecycles"
    /// In sentences.
    public static let kind = "lifecycle"
}
extension ProjectGroup: SpaceResource {
    /// In addresses.
    public static let collection = "projectgroups"
    /// In sentences.
    public static let kind = "project group"
}
extension Project: SpaceResource {
    /// In addresses.
    public static let collection = "projects"
    /// In sentences.
    public static let kind = "project"
}
extension Channel: SpaceResource {
    /// In addresses.
    public static let collection = "channels"
    /// In sentences.
    public static let kind = "channel"
}
extension Machine: SpaceResource {
    /// In addresses.
    public static let collection = "machines"
    /// In sentences.
    public static let kind = "target"
}
extension MachinePolicy: SpaceResource {
    /// In addresses.
    public static let collection = "machinepolicies"
    /// In sentences.
    public static let kind = "machine policy"
}
extension Account: SpaceResource {
    /// In addresses.
    public static let collection = "accounts"
    /// In sentences.
    public static let kind = "account"
}
extension Feed: SpaceResource {
    /// In addresses.
    public static let collection = "feeds"
    /// In sentences.
    public static let kind = "feed"
}

extension OctopusClient {
    /// Every resource of a kind.
    public func all<Item: SpaceResource>(_ type: Item.Type) async throws -> [Item] {
        try await models(type, at: path(Item.collection, "all"))
    }

    /// The resource of an id, a name or a slug, in any case; nil where there is none.
    public func find<Item: SpaceResource>(_ type: Item.Type, _ name: String) async throws -> Item? {
        try await all(type).named(name)
    }

    /// The resource of an id, a name or a slug.
    ///
    /// - Throws: a failure that lists what there is.
    public func require<Item: SpaceResource>(
        _ type: Item.Type, _ name: String, next: [String] = []
    ) async throws -> Item {
        try await all(type).requireNamed(name, next: next)
    }

    /// Makes a resource.
    public func create<Item: SpaceResource>(_ item: Item) async throws -> Item {
        let path = path(Item.collection)
        return try decoded(try await json("POST", path, body: item.json), path)
    }

    /// Changes a resource by a closure; sends it only where that changes something, and keeps members that newer
    /// servers have and the model has not.
    ///
    /// - Returns: the resource as it is now, and whether it was changed.
    public func change<Item: SpaceResource>(
        _ item: Item, _ change: (inout Item) throws -> Void
    ) async throws -> (item: Item, isChanged: Bool) {
        try await changeModel(at: path(Item.collection, item.id), change)
    }

    func changeModel<Model: WireModel>(
        at path: String, _ change: (inout Model) throws -> Void
    ) async throws -> (item: Model, isChanged: Bool) {
        let old = try await json("GET", path)
        let before: Model = try decoded(old, path)
        let after = try before.with(change)
        guard after != before else { return (before, false) }
        let answer = try await json("PUT", path, body: after.written(over: old))
        return (answer == .null ? after : try decoded(answer, path), true)
    }

    /// Removes a resource.
    public func delete<Item: SpaceResource>(_ item: Item) async throws {
        _ = try await json("DELETE", path(Item.collection, item.id))
    }
}

extension Array where Element: SpaceResource {
    /// The resource of an id, a name or a slug; the exact name wins over one that differs in case.
    public func named(_ name: String) -> Element? {
        let wanted = name.lowercased()
        return first { $0.id == name || $0.name == name }
            ?? first { $0.id.lowercased() == wanted || $0.name.lowercased() == wanted }
            ?? first { ($0 as? any Slugged)?.slug?.lowercased() == wanted }
    }

    /// The resource of an id, a name or a slug.
    ///
    /// - Throws: a failure that lists what there is.
    public func requireNamed(_ name: String, next: [String] = []) throws -> Element {
        if let found = named(name) { return found }
        let names = map(\.name).sorted()
        let near = names.first { $0.lowercased().distance(to: name.lowercased()) <= 2 }
        let known = names.isEmpty ? "there is none" : "there is: \(names.prefix(20).joined(separator: ", "))"
        throw Failure(
            .usage, "Octopus has no \(Element.kind) \(name)" + (near.map { ", did you mean \($0)?" } ?? ""),
            why: known, next: next)
    }
}

/// A resource with a name for addresses.
protocol Slugged { var slug: String? { get } }
extension Project: Slugged {}
extension DeploymentEnvironment: Slugged {}
extension Machine: Slugged {}
extension Account: Slugged {}
extension ProjectGroup: Slugged {}
