import Core
import Foundation
import Testing

@testable import StateStore

/// States, their locks and keys.
@Suite struct StateTests {
    static func state(serial: Int, lineage: String = "l-1", names: [String] = ["a"]) -> Data {
        let resources = names.map {
            "{\"mode\":\"managed\",\"type\":\"terraform_data\",\"name\":\"\($0)\",\"instances\":[{}]}"
        }
        return Data(
            """
            {
              "version": 4,
              "terraform_version": "1.11.4",
              "serial": \(serial),
              "lineage": "\(lineage)",
              "outputs": {"serial": {"value": 18446744073709551615, "type": "number"}},
              "resources": [\(resources.joined(separator: ","))]
            }

            """.utf8)
    }

    @Test func readsSerialLineageAndAddresses() throws {
        let text = """
            {"version":4,"terraform_version":"1.11.4","serial":7,"lineage":"x","resources":[
            {"module":"module.lxc[\\"a\\"]","mode":"managed","type":"t","name":"this","instances":[{"index_key":"k"},
            {"index_key":1}]},{"mode":"data","type":"d","name":"n","instances":[{}]},
            {"mode":"managed","type":"t","name":"none","instances":[]}]}
            """
        let document = try StateDocument(Data(text.utf8))
        #expect(document.serial == 7)
        #expect(document.lineage == "x")
        #expect(document.addresses == ["data.d.n", "module.lxc[\"a\"].t.this[\"k\"]", "module.lxc[\"a\"].t.this[1]"])
    }

    @Test(arguments: ["", "x", "[]", "{}", "{\"version\":3,\"serial\":1,\"lineage\":\"x\",\"resources\":[]}", "\u{0}"])
    func refusesWhatIsNoState(_ text: String) {
        let failure = #expect(throws: Failure.self) { try StateDocument(Data(text.utf8)) }
        #expect(failure?.what == "the state is damaged")
    }

    @Test func anotherSerialChangesNoOtherByte() throws {
        let data = Self.state(serial: 9)
        let document = try StateDocument(data)
        let changed = document.with(serial: 123)
        let expected = String(decoding: data, as: UTF8.self).replacing("\"serial\": 9,", with: "\"serial\": 123,")
        #expect(String(decoding: changed, as: UTF8.self) == expected)
        #expect(try StateDocument(changed).serial == 123)
        let tight = Data("{\"a\":\"\\\"serial\\\":1\",\"b\":{\"serial\":2},\"serial\":3}".utf8)
        let range = try #require(StateDocument.serialRange(tight))
        #expect(String(decoding: tight[range], as: UTF8.self) == "3")
        #expect(StateDocument.serialRange(Data("{\"serial\"".utf8)) == nil)
    }

    @Test func locksNameTheirHolder() throws {
        let text = """
            {"ID":"0d8a","Operation":"OperationTypeApply","Info":"","Who":"anna@build-1","Version":"1.11.4",
            "Created":"2026-11-24T09:00:00Z","Path":"terraform-state/env:/web/terraform.tfstate"}
            """
        let lock = try #require(StateLock(parsing: Data(text.utf8)))
        #expect(lock.holder == "anna@build-1, apply, since 2026-11-24T09:00:00Z")
        #expect(StateLock(parsing: Data(lock.json.text().utf8)) == lock)
        for wrong in ["", "{}", "[1]", "{\"ID\":\"\"}", "{\"ID\":1}"] {
            #expect(StateLock(parsing: Data(wrong.utf8)) == nil, "\(wrong)")
        }
        #expect(StateLock(id: "x").holder == "somebody who left no name")
    }

    @Test func keysAndWorkspacesGoBothWays() {
        for name in ["default", "web", "a b", "x/y"] {
            #expect(StateKey.workspace(object: StateKey.object(workspace: name)) == name)
        }
        for other in ["env:/web/terraform.tfstate.tflock", "env://terraform.tfstate", "x", "env:/terraform.tfstate"] {
            #expect(StateKey.workspace(object: other) == nil, "\(other)")
        }
    }
}
