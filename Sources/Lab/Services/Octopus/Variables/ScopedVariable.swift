import Core

/// What a variable may be limited to, the most specific kind first.
enum ScopeKind: String, CaseIterable, Sendable {
    case action = "Action"
    case machine = "Machine"
    case role = "Role"
    case tenant = "Tenant"
    case tenantTag = "TenantTag"
    case environment = "Environment"
    case channel = "Channel"
    case process = "ProcessOwner"
    case project = "Project"
}

/// A variable of a set: one of possibly several values of a name, each for its own scope.
struct ScopedVariable: Sendable, Hashable {
    var name: String
    var value: String
    var isSensitive: Bool
    /// Ids (names for roles) by kind; within a kind any of them, between kinds all of them must fit.
    var scope: [ScopeKind: [String]]
    /// It comes from a library set, which a project's own variable beats.
    var isLibrary = false
}

/// The place for which variables are looked up; what is not known stays empty and no scope on it fits.
struct ScopePlace: Sendable, Hashable {
    var environment: String?
    var channel: String?
    var tenant: String?
    var tenantTags: [String] = []
    var process: String?
    var project: String?
    var action: String?
    var machine: String?
    var machineRoles: [String] = []
    /// Roles that the step targets; one of the machine's roles among them counts as more specific.
    var stepRoles: [String] = []
}

/// Which of several values of a name counts.
enum VariableRanking {
    /// How specific a scope is for a place; nil where it does not fit.
    ///
    /// Kinds are weighed like the parts of a CSS selector: one more specific kind beats any number of less specific
    /// ones. (Octopus documents the order of kinds but not the exact sum.)
    static func rank(_ scope: [ScopeKind: [String]], _ place: ScopePlace) -> Int? {
        var sum = 0
        for (kind, wanted) in scope where !wanted.isEmpty {
            guard let weight = weight(kind, wanted, place) else { return nil }
            sum += weight
        }
        return sum
    }

    private static func weight(_ kind: ScopeKind, _ wanted: [String], _ place: ScopePlace) -> Int? {
        switch kind {
        case .action: return any(wanted, [place.action]) ? 512 : nil
        case .machine: return any(wanted, [place.machine]) ? 256 : nil
        case .role:
            let step = place.machineRoles.filter { role in place.stepRoles.contains { $0.sameText(role) } }
            if any(wanted, step) { return 128 }
            return any(wanted, place.machineRoles) ? 64 : nil
        case .tenant: return any(wanted, [place.tenant]) ? 32 : nil
        case .tenantTag: return any(wanted, place.tenantTags) ? 16 : nil
        case .environment: return any(wanted, [place.environment]) ? 8 : nil
        case .channel: return any(wanted, [place.channel]) ? 4 : nil
        case .process: return any(wanted, [place.process]) ? 2 : nil
        case .project: return any(wanted, [place.project]) ? 1 : nil
        }
    }

    private static func any(_ wanted: [String], _ given: [String?]) -> Bool {
        given.contains { item in item.map { item in wanted.contains { $0.sameText(item) } } ?? false }
    }

    /// The value of each name that counts at a place, in the order in which the names first stand.
    static func choose(_ variables: [ScopedVariable], _ place: ScopePlace) -> [ScopedVariable] {
        var best: [String: (rank: Int, variable: ScopedVariable)] = [:]
        var order: [String] = []
        for variable in variables {
            guard let rank = rank(variable.scope, place) else { continue }
            let key = variable.name.lowercased()
            guard let known = best[key] else {
                order.append(key)
                best[key] = (rank, variable)
                continue
            }
            let isOwn = known.variable.isLibrary && !variable.isLibrary
            if rank > known.rank || (rank == known.rank && isOwn) { best[key] = (rank, variable) }
        }
        return order.compactMap { best[$0]?.variable }
    }
}

extension String {
    /// The texts are the same but for the case of letters.
    func sameText(_ other: String) -> Bool { lowercased() == other.lowercased() }
}
