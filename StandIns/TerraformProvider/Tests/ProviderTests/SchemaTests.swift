import Planning
import Testing
import Values

/// The schema as Terraform reads it, against the recorded file.
@Suite(.enabled(if: Workspace.terraform != nil, "Terraform is not here")) struct SchemaTests {
    @Test func terraformSeesWhatWasRecorded() async throws {
        let recorded = try JSON(parsing: Catalogue.file)
        try await Workspace.with("") { work in
            let printed = try JSON(parsing: await work.run("providers", "schema", "-json").utf8)
            let seen = try #require(printed["provider_schemas"].object.values.first)
            Self.compare(recorded["provider"], seen["provider"]["block"], "provider")
            for (mine, theirs) in [("resources", "resource_schemas"), ("data_sources", "data_source_schemas")] {
                let names = Set(recorded[mine].object.keys).union(recorded["aliases"][mine].object.keys)
                #expect(Set(seen[theirs].object.keys) == names)
                for (name, block) in recorded[mine].object {
                    Self.compare(block, seen[theirs][name]["block"], name)
                    #expect(seen[theirs][name]["version"].int == block["version"].int ?? 0)
                }
            }
        }
    }

    private static func compare(_ recorded: JSON, _ seen: JSON, _ place: String) {
        compareAll(recorded["attributes"], seen["attributes"], place)
        let (mine, theirs) = (recorded["blocks"].object, seen["block_types"].object)
        #expect(Set(mine.keys) == Set(theirs.keys), "\(place)")
        for (name, block) in mine {
            let other = theirs[name] ?? .null
            #expect(block["nesting"] == other["nesting_mode"], "\(place).\(name)")
            #expect(block["max_items"].int ?? 0 == other["max_items"].int ?? 0, "\(place).\(name)")
            compare(block, other["block"], "\(place).\(name)")
        }
    }

    private static func compareAll(_ recorded: JSON, _ seen: JSON, _ place: String) {
        #expect(Set(recorded.object.keys) == Set(seen.object.keys), "\(place)")
        for (name, attribute) in recorded.object {
            let other = seen[name]
            for flag in ["required", "optional", "computed", "sensitive", "deprecated", "write_only"] {
                #expect(attribute[flag].bool ?? false == other[flag].bool ?? false, "\(place).\(name) \(flag)")
            }
            if attribute["nested"].isNull {
                #expect(attribute["type"] == other["type"], "\(place).\(name)")
            } else {
                #expect(attribute["nested"]["nesting"] == other["nested_type"]["nesting_mode"], "\(place).\(name)")
                compareAll(attribute["nested"]["attributes"], other["nested_type"]["attributes"], "\(place).\(name)")
            }
        }
    }
}
