import Core
import Testing

@testable import Terraform

@Suite struct PlanTests {
    private func plan(_ name: String) throws -> TerraformPlan {
        try TerraformPlan(workspace: "web", json: try JSONValue.parse(try Recorded.text(name)))
    }

    @Test func readsWhatIsMade() throws {
        let plan = try plan("plan-create.json")
        #expect(plan.changes.map(\.action) == [.create, .create])
        #expect(plan.summary == "2 to make")
        #expect(plan.outputs == ["o": "create", "s": "create"])
        #expect(plan.isApplicable)
        #expect(plan.destructive.isEmpty)
    }

    @Test func readsWhatChangesAndWhy() throws {
        let plan = try plan("plan-change.json")
        #expect(plan.summary == "1 to change, 1 to replace")
        let one = try #require(plan.changes.first { $0.address == "terraform_data.one" })
        #expect(one.attributes.map(\.text) == ["input: x → y", "output: x → (known after apply)"])
        let two = try #require(plan.destructive.first)
        #expect(two.replacePaths == ["triggers_replace"])
        #expect(two.because == "can't be changed in place: triggers_replace")
    }

    @Test func sensitiveValuesAreHidden() throws {
        for name in ["plan-create.json", "plan-change.json"] {
            let plan = try plan(name)
            let shown = plan.json.text() + plan.rows.description + "\(plan.resources.map { ($0.before, $0.after) })"
            let two = try #require(plan.changes.first { $0.address == "terraform_data.two" })
            #expect(two.attributes.contains { $0.isSensitive } || name == "plan-change.json")
            #expect(!two.attributes.contains { ($0.after ?? .null).text().contains("s3cret") })
            #expect(two.after["input"] == "(sensitive)")
            // The output attribute of the fixture is not marked by terraform; it is known only afterwards.
            #expect(!shown.contains("input\": \"s3cret") && !plan.json.text().contains("input\",\"before\":\"s3cret"))
        }
    }

    @Test func whatIsNoPlanIsSaid() {
        for text in ["{}", "[]", "{\"format_version\":\"9.0\",\"planned_values\":{}}"] {
            #expect(throws: Failure.self) { try TerraformPlan(workspace: "w", json: try JSONValue.parse(text)) }
        }
    }

    @Test func differencesGoIntoBlocks() throws {
        let item = try JSONValue.parse(
            """
            {"address":"module.lxc[\\"web\\"].proxmox_virtual_environment_container.this",
             "type":"proxmox_virtual_environment_container",
             "change":{"actions":["update"],"before":{"cpu":[{"cores":1,"units":1}],"tags":["a"],"id":"7"},
             "after":{"cpu":[{"cores":2,"units":1}],"tags":["a","b"],"id":"7"},"after_unknown":{},
             "before_sensitive":{},"after_sensitive":{"cpu":[{}]}}}
            """)
        let change = try #require(TerraformChange(item))
        #expect(change.attributes.map(\.text) == ["cpu[0].cores: 1 → 2", "tags: [\"a\"] → [\"a\",\"b\"]"])
        #expect(change.key == "web")
        #expect(change.isMachine)
        #expect(TerraformResources.address(.lxc, key: "web") == change.address)
    }

    @Test func readsAState() throws {
        let state = try TerraformState(
            text: """
                {"version":4,"serial":3,"lineage":"l","resources":[
                {"mode":"managed","module":"module.vm[\\"a\\"]","type":"t","name":"this","provider":"p",
                 "instances":[{"attributes":{"id":"1"}}]},
                {"mode":"managed","type":"t","name":"n",
                 "instances":[{"index_key":0,"status":"tainted","attributes":{}}]},
                {"mode":"data","type":"d","name":"x","instances":[{"attributes":{}}]}]}
                """)
        #expect(state.addresses == ["module.vm[\"a\"].t.this", "t.n[0]"])
        #expect(state.resources[1].isTainted)
        #expect(state.serial == 3)
        #expect(try TerraformState(text: "").resources.isEmpty)
        #expect(throws: Failure.self) { try TerraformState(text: "<html>") }
    }

    @Test func anyPlanIsSurvived() throws {
        let bytes = Array(try Recorded.text("plan-change.json").utf8)
        var random = SeededGenerator(seed: 88)
        for _ in 0..<300 {
            var copy = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<copy.count, using: &random)
                copy[place] = Array("\"{}[]:,0nx".utf8).randomElement(using: &random) ?? 0
            }
            guard let value = try? JSONValue.parse(String(decoding: copy, as: UTF8.self)) else { continue }
            if let plan = try? TerraformPlan(workspace: "w", json: value) { _ = plan.json.text() }
        }
    }
}
