import Core
import Octopus
import Testing

@testable import Provisioning

@Suite struct RegistryTests {
    let environment = DeploymentEnvironment.make { $0.id = "Environments-1" }
    let account = Account.make {
        $0.id = "Accounts-1"
        $0.name = "nante-deploy"
        $0.username = "deploy"
        $0.description = OctopusRegistry.description(ProvisionBench.key)
    }

    @Test func theAccountTellsWhichKeyItHas() {
        #expect(OctopusRegistry.standing(nil, ProvisionBench.key) == .missing)
        #expect(OctopusRegistry.standing(account, ProvisionBench.key) == .current)
        var other = ProvisionBench.key
        other.fingerprint = "SHA256:y"
        #expect(OctopusRegistry.standing(account, other) == .otherKey)
        other = ProvisionBench.key
        other.user = "root"
        #expect(OctopusRegistry.standing(account, other) == .otherKey)
    }

    @Test func onlyWhatNanteRegisteredIsItsOwn() {
        let machine = Machine.make {
            $0.name = "dev-app-1"
            $0.environmentIds = ["Environments-1"]
            $0.roles = ["web"]
            $0.endpoint = .ssh(host: "10.0.0.1", fingerprint: "SHA256:k", account: "Accounts-1")
        }
        #expect(OctopusRegistry.isOurs(machine, environment, account))
        #expect(!OctopusRegistry.isOurs(machine, environment, nil))
        let shared = machine.with { $0.environmentIds.append("Environments-2") }
        #expect(!OctopusRegistry.isOurs(shared, environment, account))
        #expect(!OctopusRegistry.isOurs(machine.with { $0.endpoint.accountId = "Accounts-2" }, environment, account))
        #expect(!OctopusRegistry.isOurs(machine.with { $0.endpoint = .cloudRegion }, environment, account))
        let target = Target(name: "dev-app-1", host: "10.0.0.1", fingerprint: "SHA256:k", roles: ["web"])
        #expect(OctopusRegistry.target(machine) == target)
        #expect(OctopusRegistry.target(machine).differences(from: target).isEmpty)
    }

    @Test func differencesInWords() {
        let one = Target(name: "a", host: "10.0.0.1", fingerprint: "x", roles: ["web"])
        let two = Target(name: "a", host: "10.0.0.2", port: 2222, fingerprint: "y", roles: ["b", "a"])
        #expect(
            one.differences(from: two) == [
                "address 10.0.0.1:22 becomes 10.0.0.2:2222", "host key", "roles web become a,b",
            ])
    }
}
