import OrderedCollections

/// The jobs of a workflow as a graph: who needs whom, and an order in which needs come first.
public struct Plan: Sendable {
    /// Job ids in an order where every job stands after the ones it needs; else the order of the file.
    public let order: [String]
    /// All ancestors of a job by its id: what it needs, what they need, and so on.
    public let ancestors: [String: Set<String>]
    /// Jobs that need a job directly, by its id, in the order of the file.
    public let dependents: [String: [String]]
    /// Jobs that are in a cycle or need one that is, or that is not there; empty for a workflow that was checked.
    public let stuck: [String]

    /// The graph of a workflow's jobs.
    public init(_ workflow: Workflow) { self.init(needs: workflow.jobs.mapValues(\.needs)) }

    /// The graph of ids and what they need.
    public init(needs: OrderedDictionary<String, [String]>) {
        var ancestors: [String: Set<String>] = [:]
        var dependents: [String: [String]] = [:]
        for (id, needed) in needs { for other in needed { dependents[other, default: []].append(id) } }
        var missing = needs.mapValues { Set($0).count }
        var order: [String] = []
        var ready = needs.keys.filter { missing[$0] == 0 }
        while !ready.isEmpty {
            var next: [String] = []
            for id in ready {
                order.append(id)
                let needed = needs[id] ?? []
                ancestors[id] = needed.reduce(into: Set(needed)) { $0.formUnion(ancestors[$1] ?? []) }
                for dependent in Set(dependents[id] ?? []) {
                    missing[dependent, default: 0] -= 1
                    if missing[dependent] == 0 { next.append(dependent) }
                }
            }
            ready = needs.keys.filter(Set(next).contains)
        }
        self.order = order
        self.ancestors = ancestors
        self.dependents = dependents
        let placed = Set(order)
        stuck = needs.keys.filter { !placed.contains($0) }
    }
}
