import Core
import Testing

@testable import Provisioning

/// Two repositories whose names make one workspace don't take each other's machines for their own.
@Suite struct MachineOwnerTests {
    private func owner(_ repository: String, _ environment: String = "dev") -> MachineOwner {
        MachineOwner(repository: repository, environment: environment)
    }

    @Test func namesAreCompared() {
        #expect(owner("a/shop").isSame(as: owner("A/Shop")))
        #expect(owner("shop").isSame(as: owner("a/shop")))
        #expect(!owner("a/shop").isSame(as: owner("b/shop")))
        #expect(!owner("shop.api").isSame(as: owner("shop-api")))
        #expect(!owner("shop-dev", "prod").isSame(as: owner("shop", "dev-prod")))
    }

    @Test func theWorkspaceOfAnotherIsRefused() async throws {
        let tests = TerraformHostMakerTests()
        let all = tests.wishes(1)
        _ = try await tests.maker("a/shop").make(all, of: all, replacing: []) { _ in }
        _ = try await tests.maker("shop").survey(all)
        for action in [0, 1, 2] {
            let maker = try tests.maker("b/shop")
            let failure = await #expect(throws: Failure.self) {
                switch action {
                case 0: _ = try await maker.survey([])
                case 1: _ = try await maker.make(all, of: all, replacing: []) { _ in }
                default: try await maker.remove(["dev-app-1"], keeping: [])
                }
            }
            #expect(failure?.what == "the workspace shop-dev belongs to dev of a/shop")
        }
    }

    @Test func aMachineThatOnlyTerraformKnowsIsNotDestroyed() async throws {
        let tests = TerraformHostMakerTests()
        _ = try await tests.apply(tests.wishes(2))
        try await tests.platform.records.delete("nante/machines/shop-dev/dev-app-2.json")
        let maker = try tests.maker()
        let failure = await #expect(throws: Failure.self) { try await maker.remove(["dev-app-1"], keeping: []) }
        #expect(failure?.what == "terraform would destroy dev-app-2")
        #expect(tests.platform.names == ["dev-app-1", "dev-app-2"])
    }
}
