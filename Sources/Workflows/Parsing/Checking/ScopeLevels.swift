import OrderedCollections

/// What each permission scope may do, with every scope named.
struct ScopeLevels {
    /// The scopes that `read-all` and `write-all` stand for, in the order that GitHub lists them.
    private static let scopes = [
        "actions", "checks", "contents", "deployments", "discussions", "issues", "packages", "pages",
        "pull-requests", "repository-projects", "statuses", "security-events", "id-token",
    ]

    private var levels: OrderedDictionary<String, Permissions.Level>
    /// The level of scopes that are not listed.
    private var rest: Permissions.Level = .none

    init(_ permissions: Permissions) {
        levels = OrderedDictionary(uniqueKeysWithValues: Self.scopes.map { ($0, .none) })
        switch permissions {
        case .readAll: raise(to: .read)
        case .writeAll: raise(to: .write)
        case .levels(let given): levels.merge(given) { $1 }
        }
    }

    init(policy: WorkflowCheck.Policy) {
        self.init(policy == .write ? .writeAll : .levels(["contents": .read, "packages": .read]))
        levels["id-token"] = Permissions.Level.none
    }

    private mutating func raise(to level: Permissions.Level) {
        for scope in levels.keys { levels[scope] = level }
        rest = level
    }

    /// The scopes in which this is more than the other, as text, and what the other has there; nil where it is not.
    func excess(over other: ScopeLevels) -> (asked: String, allowed: String)? {
        let over = levels.filter { $0.value > other.levels[$0.key] ?? other.rest }
        if over.isEmpty { return nil }
        let asked = over.map { "\($0.key): \($0.value.rawValue)" }
        let allowed = over.keys.map { "\($0): \((other.levels[$0] ?? other.rest).rawValue)" }
        return (asked.joined(separator: ", "), allowed.joined(separator: ", "))
    }
}
