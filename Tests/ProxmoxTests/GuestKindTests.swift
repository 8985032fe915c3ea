import Proxmox
import Testing

@Suite struct GuestKindTests {
    @Test func pathsAreThoseOfTheAPI() { #expect(GuestKind.allCases.map(\.rawValue) == ["lxc", "qemu"]) }
}
