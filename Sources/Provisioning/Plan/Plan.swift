import Core

/// What an apply would do, piece by piece.
public struct Plan: Sendable, Hashable {
    /// What becomes of a thing.
    public enum Action: String, Sendable, Hashable, CaseIterable { case create, change, replace, remove, unchanged }
    /// What kind of thing it is.
    public enum Kind: String, Sendable, Hashable { case host, configuration, environment, account, target, records }

    /// A thing and what becomes of it.
    public struct Item: Sendable, Hashable {
        /// What becomes of it.
        public var action: Action
        /// What kind of thing it is.
        public var kind: Kind
        /// Its name.
        public var name: String
        /// What differs, in words.
        public var details: [String]
        /// Why an apply refuses to do it; nil where it does not.
        public var obstacle: String?

        /// An item.
        public init(
            _ action: Action, _ kind: Kind, _ name: String, _ details: [String] = [], obstacle: String? = nil
        ) {
            self.obstacle = obstacle
            self.action = action
            self.kind = kind
            self.name = name
            self.details = details
        }
    }

    /// The environment.
    public var environment: String
    /// All things, hosts first.
    public var items: [Item]

    /// A plan.
    public init(environment: String, items: [Item]) {
        self.environment = environment
        self.items = items
    }

    /// The items that are not as wanted.
    public var changes: [Item] { items.filter { $0.action != .unchanged } }

    /// Ends an apply that would do what it must not, before anything is touched.
    ///
    /// - Parameter replacing: names of hosts that may be made anew.
    /// - Throws: a failure with exit `refused` that names every host in question.
    public func refuse(replacing: Set<String>) throws {
        let protected = changes.filter { $0.obstacle != nil }
        let replaced = changes.filter { $0.kind == .host && $0.action == .replace && !replacing.contains($0.name) }
        guard let first = protected.first ?? replaced.first else { return }
        let lines = (protected.isEmpty ? replaced : protected).map { item in
            ([item.name + ": "] + item.details).joined(separator: item.details.isEmpty ? "" : " ")
        }
        if let obstacle = first.obstacle {
            throw Failure(
                .refused, "nothing was changed: \(first.name) would go", why: obstacle, evidence: lines,
                next: ["set protect: false in \(Manifest.fileName) and apply that first"])
        }
        throw Failure(
            .refused, "nothing was changed: \(replaced.map(\.name).joined(separator: ", ")) would be made anew",
            why: "a host that is replaced loses all that is on it", evidence: lines,
            next: replaced.map { "--allow-replace \($0.name)" })
    }

    /// The names of things of a kind with an action.
    func names(_ kind: Kind, _ actions: Action...) -> [String] {
        items.filter { $0.kind == kind && actions.contains($0.action) }.map(\.name)
    }

    /// The plan as data.
    public var json: JSONValue {
        [
            "environment": .string(environment), "changes": .number(Double(changes.count)),
            "items": .array(
                items.map {
                    [
                        "action": .string($0.action.rawValue), "kind": .string($0.kind.rawValue),
                        "name": .string($0.name), "details": .array($0.details.map { .string($0) }),
                    ]
                }),
        ]
    }

    /// The plan as data, with the hosts as they are after it.
    public func json(_ inventory: Inventory?) -> JSONValue {
        guard let inventory, case .object(var members) = json else { return json }
        members["inventory"] = inventory.json
        return .object(members)
    }

    /// One sentence: "3 to create, 1 to change" or "no change".
    public var summary: String { count { "\($1) to \($0.rawValue)" } }

    /// The same when it was done: "3 created, 1 changed" or "no change".
    public var outcome: String { count { "\($1) \($0.rawValue)d" } }

    private func count(_ words: (Action, Int) -> String) -> String {
        let counts = [Action.create, .change, .replace, .remove].compactMap { action -> String? in
            let count = items.count { $0.action == action }
            return count == 0 ? nil : words(action, count)
        }
        return counts.isEmpty ? "no change" : counts.joined(separator: ", ")
    }
}
