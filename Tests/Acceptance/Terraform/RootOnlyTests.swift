import Core
import Foundation
import Terraform
import Testing

@testable import Lab

/// Containers with what Proxmox VE grants to root's password only: real terraform, real hosts.
@Suite(.serialized, .enabled(if: LXCBench.machineObstacle == nil, "\(LXCBench.machineObstacle ?? "")"))
struct RootOnlyMachineTests {
    @Test func aTunnelDeviceComesAndGoes() async throws {
        try await LXCBench.with { bench in
            let vpn = ["--app", "vpn", "--kind", "lxc"]
            try await bench.makes(vpn + ["--tun"])
            let client = try bench.hosts.client(try #require(try await bench.hosts.list().first?.record))
            let made = try await client.shell("ip tuntap add dev tun7 mode tun && ip -br link show tun7")
            #expect(made.stdout.hasPrefix("tun7"), "\(made.stderr)")
            // What root gave, root takes away, though nothing asks for it any more.
            try await bench.makes(vpn + ["--no-tun"])
            #expect(try await bench.terraform(["destroy", "--app", "vpn", "--yes"]).succeeded)
            #expect(try await bench.hosts.list().isEmpty)
        }
    }

    @Test func dockerUnprivilegedAndNestingPrivileged() async throws {
        try await LXCBench.with { bench in
            let instances =
                #"{"plain": {"lxc_features_docker": true}, "root": {"lxc_unprivileged": false, "#
                + #""lxc_nesting": true, "lxc_fuse": true}}"#
            let words = ["--app", "docker", "--kind", "lxc", "--instances", instances]
            try await bench.makes(words)
            for key in ["plain", "root"] {
                let client = try bench.hosts.client(try bench.hosts.find("docker-dev-\(key)"))
                let map = try await client.run(["cat", "/proc/self/uid_map"]).stdout.split(separator: " ")
                #expect((map.dropFirst().first == "0") == (key == "root"), "\(map)")
            }
            #expect(try await bench.terraform(["destroy", "--app", "docker", "--yes"]).succeeded)
            #expect(try await bench.hosts.list().isEmpty)
        }
    }

    @Test func withoutThePasswordNothingIsTouched() async throws {
        try await LXCBench.with { bench in
            #expect(try await bench.nante("lab", "up").succeeded)
            let record = try #require(try LabRecord.load(bench.context))
            var settings = Dictionary(uniqueKeysWithValues: LabSettings.of(record).map { ($0.name, $0.value) })
            settings["PROXMOX_PASSWORD"] = nil
            settings["PROXMOX_NODE"] = "pmx"
            let key = try await bench.hosts.authorizedKey().trimmingCharacters(in: .whitespacesAndNewlines)
            settings["ANS_SSH_PUBLIC_KEY"] = key
            let address = "\(bench.hosts.network.gateway.dropLast(1))40"
            let words = ["apply", "--app", "vpn", "--kind", "lxc", "--ip", address, "--tun"]
            let refused = try await bench.terraform(words, settings: settings)
            #expect(refused.code == 3, "\(refused.stderr)")
            #expect(refused.stderr.contains("need the password of root@pam: lxc_tun"), "\(refused.stderr)")
            #expect(refused.stderr.contains("PROXMOX_USERNAME=root@pam"))
            #expect(try await bench.hosts.list().isEmpty)
            #expect(try await bench.store().list(prefix: "env:/").isEmpty)
        }
    }
}

extension LXCBench {
    /// Applies, and sees that nothing is left to change.
    fileprivate func makes(_ words: [String]) async throws {
        let made = try await terraform(["apply"] + words)
        #expect(made.succeeded, "\(made.stderr)")
        let plan = try await terraform(["plan"] + words + ["--detailed-exitcode"])
        #expect(plan.code == 0, "\(plan.stdout)\(plan.stderr)")
    }
}
