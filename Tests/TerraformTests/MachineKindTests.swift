import Terraform
import Testing

@Suite struct MachineKindTests {
    @Test func namesAreThoseOfTheVariable() { #expect(MachineKind.allCases.map(\.rawValue) == ["vm", "lxc"]) }
}
