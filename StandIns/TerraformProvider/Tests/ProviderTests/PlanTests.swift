import Planning
import Testing
import Values

@Suite struct PlanTests {
    private let catalogue: Catalogue

    init() throws { catalogue = try .recorded() }

    private func schema(_ name: String) throws -> Schema { try #require(catalogue.resources[name]) }

    @Test(arguments: 0..<8) func plansAsTheRealProviderDoes(_ number: Int) throws {
        let example = try Examples.recorded("plan_examples").array[number]
        let schema = try schema(example["resource"].string ?? "")
        let config = try Examples.config(example["config"], schema.block)
        let plan = Planner.plan(schema, prior: .null, config: config)
        expect(Examples.known(plan.planned) ?? .null, example["planned"], "planned")
        expect(Examples.unknown(plan.planned) ?? .object([:]), example["unknown"], "unknown")
        #expect(Validator.problems(schema.block, config).isEmpty)
    }

    /// Compares member by member, so that a failure names the one that differs.
    private func expect(_ left: JSON, _ right: JSON, _ place: String) {
        guard case .object(let mine) = left, case .object(let theirs) = right else {
            #expect(left == right, "\(place)")
            return
        }
        for key in Set(mine.keys).union(theirs.keys).sorted() {
            guard let one = mine[key], let other = theirs[key] else {
                Issue.record("\(place).\(key): \(mine[key] as Any) instead of \(theirs[key] as Any)")
                continue
            }
            expect(one, other, "\(place).\(key)")
        }
    }

    @Test(arguments: 0..<5) func whatWasAppliedNeedsNoChange(_ number: Int) throws {
        let example = try Examples.recorded("applied_examples").array[number]
        let schema = try schema(example["resource"].string ?? "")
        let state = try Value(json: example["state"], type: schema.block.type)
        let plan = Planner.plan(schema, prior: state, config: Self.written(state, schema.block))
        #expect(plan.planned == state)
        #expect(plan.replaced.isEmpty)
    }

    /// The configuration of a state: what only the provider fills in is left out, and so is what it would fill in.
    private static func written(_ state: Value, _ block: Block) -> Value {
        var config = state
        for (name, attribute) in block.attributes {
            let value = state[name]
            let isComputed = attribute.computed && attribute.fallback == nil
            if isComputed || value.isZero || value == attribute.fallback { config[name] = .null }
        }
        for (name, nested) in block.blocks { config[name] = .list(state[name].list.map { written($0, nested.block) }) }
        return config
    }
}
