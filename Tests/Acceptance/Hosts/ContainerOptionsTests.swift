import Core
import Foundation
import Testing

@testable import Lab

/// Containers that are more than the usual one, on real ones.
@Suite(.serialized, .enabled(if: LXCBench.obstacle == nil, "\(LXCBench.obstacle ?? "")"))
struct ContainerOptionsTests {
    private func create(_ bench: LXCBench, _ change: (inout HostSpec) -> Void) async throws -> HostRecord {
        var spec = try HostSpec(memory: 256)
        change(&spec)
        let request = try HostRequest(name: "box", spec: spec)
        return try #require(try await bench.hosts.create([request]) { _ in }.first).host.record
    }

    @Test func aPrivilegedOneHasTheOwnersOfTheImage() async throws {
        try await LXCBench.with { bench in
            let client = try bench.hosts.client(try await create(bench) { $0.unprivileged = false })
            let map = try await client.run(["cat", "/proc/self/uid_map"]).stdout
            #expect(map.split(separator: " ").map(String.init).prefix(2) == ["0", "0"])
            #expect(try await client.shell("stat -c %u:%g /etc/passwd /usr/bin/passwd").stdout == "0:0\n0:0\n")
            #expect(try await client.shell("stat -c %a /usr/bin/passwd").stdout == "4755\n")
            #expect(try await client.shell("stat -c %U /home/deploy").stdout == "deploy\n")
            // The shared image is as it was: an unprivileged host beside it has its own owners still.
            let other = try bench.hosts.client(try await bench.create("plain")[0])
            #expect(try await other.shell("stat -c %u /usr/bin/passwd").stdout == "0\n")
        }
    }

    @Test(arguments: [true, false])
    func containersRunInside(_ unprivileged: Bool) async throws {
        try await LXCBench.with { bench in
            let client = try bench.hosts.client(
                try await create(bench) {
                    $0.nesting = true
                    $0.unprivileged = unprivileged
                })
            // What a container runtime does: namespaces of its own, with a fresh /proc and an overlay for the disk.
            let line = """
                set -e; d=/var/lib/docker/try; mkdir -p $d/lower $d/upper $d/work $d/root; echo inner > $d/lower/x
                unshare --mount --pid --net --uts --ipc --fork sh -c \
                "mount -t overlay o -o lowerdir=$d/lower,upperdir=$d/upper,workdir=$d/work $d/root && \
                cat $d/root/x && mkdir $d/root/proc && mount -t proc p $d/root/proc && ls -d $d/root/proc/1"
                """
            let inner = try await client.shell(line)
            #expect(inner.stdout == "inner\n/var/lib/docker/try/root/proc/1\n", "\(inner.stderr)")
            #expect(try await client.shell("stat -f -c %T /var/lib/docker").stdout != "overlayfs\n")
            try await bench.hosts.stop(["box"], kill: true)
            try await bench.hosts.start(["box"]) { _ in }
            #expect(try await client.shell("cat /var/lib/docker/try/lower/x").stdout == "inner\n")
            _ = try await bench.hosts.delete(["box"])
            #expect(try await bench.traces() == "")
        }
    }

    @Test func theTUNDeviceOpensWithoutPrivilege() async throws {
        try await LXCBench.with { bench in
            let client = try bench.hosts.client(try await create(bench) { $0.devices = ["/dev/net/tun"] })
            #expect(try await client.shell("stat -c '%F %t:%T' /dev/net/tun").stdout == "character special file a:c8\n")
            let made = try await client.shell("ip tuntap add dev tun7 mode tun && ip -br link show tun7")
            #expect(made.stdout.hasPrefix("tun7"), "\(made.stderr)")
            let folder = LXCDevices(bridge: bench.hosts.network.bridge, context: bench.context).folder
            #expect(bench.context.files.exists(folder))
            try await bench.hosts.reset(images: false)
            #expect(!bench.context.files.exists(folder))
        }
    }

    @Test func keysAddressAndLimitsFollowTheWish() async throws {
        try await LXCBench.with { bench in
            let subnet = bench.hosts.network.gateway.dropLast(1)
            var spec = try HostSpec(memory: 256)
            spec.swap = 64
            spec.nameServers = ["\(subnet)53"]
            spec.authorizedKeys = ["ssh-ed25519 AAAAfirst one"]
            func wish(_ address: String) async throws -> HostChange? {
                let request = try HostRequest(name: "box", spec: spec, address: address)
                return try await bench.hosts.create([request]) { _ in }.first?.change
            }
            #expect(try await wish("\(subnet)77") == .created)
            let client = try bench.hosts.client(try bench.hosts.find("box"))
            #expect(try await client.run(["cat", "/etc/resolv.conf"]).stdout == "nameserver \(subnet)53\n")
            spec.authorizedKeys = ["ssh-ed25519 AAAAsecond one"]
            spec.memory = 300
            #expect(try await wish("\(subnet)77") == .changed)
            let keys = try await client.run(["cat", "/etc/ssh/authorized_keys.d/root"]).stdout
            #expect(keys.contains("AAAAsecond") && !keys.contains("AAAAfirst"))
            // What is changed while it is off is there when it is on again.
            try await bench.hosts.stop(["box"])
            spec.authorizedKeys = []
            #expect(try await wish("\(subnet)78") == .changed)
            let moved = try bench.hosts.client(try bench.hosts.find("box"))
            #expect(try await moved.shell("hostname -I").stdout.hasPrefix("\(subnet)78"))
            #expect(try await !moved.run(["cat", "/etc/ssh/authorized_keys.d/root"]).stdout.contains("AAAAsecond"))
            #expect(try await moved.run(["cat", "/etc/hosts"]).stdout.contains("\(subnet)78 box"))
        }
    }
}
