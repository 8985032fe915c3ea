import StateStore
import Testing

@Suite struct StateKeyTests {
    @Test func aWorkspaceHasItsOwnObject() {
        #expect(StateKey.object(workspace: "default") == "terraform.tfstate")
        #expect(StateKey.lock(workspace: "web") == "env:/web/terraform.tfstate.tflock")
    }
}
