import Core
import Testing

@testable import Workflows

@Suite("The graph of jobs")
struct PlanTests {
    @Test("needs come first, else the order of the file; ancestors are transitive")
    func order() {
        let plan = Plan(needs: ["d": ["b", "c"], "a": [], "b": ["a"], "c": ["a"], "e": []])
        #expect(plan.order == ["a", "e", "b", "c", "d"])
        #expect(plan.ancestors["d"] == ["a", "b", "c"])
        #expect(plan.ancestors["a"] == [])
        #expect(plan.dependents["a"] == ["b", "c"])
        #expect(plan.stuck.isEmpty)
    }

    @Test("jobs in a cycle, or that need what is not there, are stuck")
    func stuck() {
        let plan = Plan(needs: ["a": [], "b": ["c"], "c": ["b"], "d": ["x"], "e": ["a", "a"]])
        #expect(plan.order == ["a", "e"])
        #expect(plan.stuck == ["b", "c", "d"])
    }

    @Test("a plan of a file: stages, work and legs")
    func view() throws {
        let text = """
            on: push
            jobs:
              build:
                runs-on: x
                strategy: { matrix: { os: [a, b] } }
                steps: [{ run: x }, { run: y }]
              test:
                needs: build
                runs-on: x
                strategy: { matrix: '${{ fromJSON(needs.build.outputs.m) }}' }
                steps: [{ run: x }]
              ship: { needs: [test, build], uses: ./w.yml }
            """
        let rows = PlanView(try workflow(text)).rows
        #expect(rows.map(\.job) == ["build", "test", "ship"])
        #expect(rows.map(\.stage) == [0, 1, 2])
        #expect(rows.map(\.work) == ["2 steps", "1 step", "./w.yml"])
        #expect(rows[0].legs == ["build (a)", "build (b)"])
        #expect(rows[1].legs == nil)
        #expect(rows[2].legs == ["ship"])
    }

    @Test("a chain of a thousand jobs is planned at once")
    func long() {
        var needs: [(String, [String])] = [("j0", [])]
        for place in 1..<1000 { needs.append(("j\(place)", ["j\(place - 1)"])) }
        let plan = Plan(needs: .init(uniqueKeysWithValues: needs))
        #expect(plan.order.count == 1000)
        #expect(plan.ancestors["j999"]?.count == 999)
    }
}
