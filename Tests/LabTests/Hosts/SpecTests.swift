import Core
import Foundation
import Testing

@testable import Lab

@Suite struct SpecTests {
    @Test(arguments: [
        "/dev", "/dev/", "/dev/../etc/shadow", "/etc/shadow", "/dev/a b", "/dev/a\nlxc.hook.start = /x", "dev/net/tun",
        "/dev//tun", "/dev/./tun", "",
    ])
    func devicesAreNothingElse(_ path: String) throws {
        #expect(!HostSpec.isDevicePath(path))
        var spec = try HostSpec()
        spec.devices = [path]
        #expect(throws: Failure.self) { try spec.check(kind: "lxc", on: try LabNetwork()) }
        #expect(HostSpec.isDevicePath("/dev/net/tun"))
    }

    @Test func whatEndsInFilesIsLookedAt() throws {
        let network = try LabNetwork()
        func fails(_ kind: String = "lxc", _ change: (inout HostSpec) -> Void) throws -> Bool {
            var spec = try HostSpec()
            change(&spec)
            do { try spec.check(kind: kind, on: network) } catch let failure as Failure {
                return failure.exit == .usage
            }
            return false
        }
        #expect(try !fails { $0.authorizedKeys = ["ssh-ed25519 AAAA a comment"] })
        #expect(try fails { $0.authorizedKeys = ["ssh-ed25519 AAAA\ncommand"] })
        #expect(try fails { $0.authorizedKeys = [""] })
        #expect(try fails { $0.gateway = "10.88.0.1" })
        #expect(try !fails { $0.gateway = "10.87.0.1" })
        #expect(try fails { $0.nameServers = ["1.1.1.1\n"] })
        #expect(try !fails { $0.nameServers = ["1.1.1.1", "fd00::1"] })
        #expect(try fails { $0.searchDomain = "a b" })
        #expect(try fails { $0.user = "root:x" })
        #expect(try fails { $0.user = "somebody" })
        #expect(try !fails("vm") { $0.user = "somebody" })
        #expect(try fails { $0.swap = -1 })
    }

    @Test func aSpecificationOfAnOlderNanteIsRead() throws {
        let text = #"{"cores":2,"memory":512,"targets":[]}"#
        let spec = try JSONDecoder().decode(HostSpec.self, from: Data(text.utf8))
        #expect(spec.unprivileged && !spec.nesting && spec.nameServers.isEmpty)
        var full = spec
        full.gateway = "10.87.0.1"
        full.searchDomain = "lan"
        full.devices = ["/dev/net/tun"]
        #expect(try JSONDecoder().decode(HostSpec.self, from: JSONEncoder().encode(full)) == full)
    }
}
