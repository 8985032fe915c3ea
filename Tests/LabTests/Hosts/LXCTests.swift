import Core
import Foundation
import Testing

@testable import Lab

@Suite struct LXCTests {
    let commands = LXCCommands(folder: "/lab/hosts", mounts: "/run/nante/br", shift: 100_000)

    func record(address: String = "10.87.0.11") throws -> HostRecord {
        HostRecord(
            name: "web-1", kind: "lxc", address: address, spec: try HostSpec(cores: 2, memory: 256), owner: nil,
            created: Date(timeIntervalSince1970: 0))
    }

    @Test func commandsAsArrays() {
        let mount = commands.mount("web-1", image: "/i/rootfs")
        #expect(mount.program == "mount")
        #expect(
            mount.arguments == [
                "-t", "overlay", "nante-web-1", "-o",
                "lowerdir=/i/rootfs,upperdir=/lab/hosts/web-1/upper,workdir=/lab/hosts/web-1/work",
                "/run/nante/br/web-1",
            ])
        #expect(commands.unmount("web-1", lazily: true).arguments == ["-R", "-l", "/run/nante/br/web-1"])
        #expect(
            commands.start("web-1").arguments == [
                "-d", "-n", "web-1", "-P", "/lab/hosts", "-o", "/lab/hosts/web-1/lxc.log", "-l", "WARN",
            ])
        #expect(commands.stop("web-1", kill: true).arguments == ["-n", "web-1", "-P", "/lab/hosts", "-k"])
        #expect(commands.stop("web-1", kill: false).arguments.suffix(2) == ["-t", "20"])
        #expect(
            commands.attach("web-1", ["ls", "a b"]).arguments.suffix(3) == ["--", "ls", "a b"])
    }

    @Test func configuration() throws {
        let network = try LabNetwork()
        let text = commands.configuration(try record(), network: network, on: LXCMachine())
        for line in [
            "lxc.rootfs.path = dir:/run/nante/br/web-1", "lxc.net.0.link = nante0",
            "lxc.net.0.hwaddr = 02:6e:0a:57:00:0b", "lxc.net.0.ipv4.address = 10.87.0.11/24",
            "lxc.net.0.ipv4.gateway = 10.87.0.1", "lxc.idmap = u 0 100000 65536", "lxc.uts.name = web-1",
            "lxc.cgroup.memory.limit_in_bytes = 268435456", "lxc.cgroup.cpu.cfs_quota_us = 200000",
        ] { #expect(text.contains(line + "\n")) }
        let unified = commands.configuration(try record(), network: network, on: LXCMachine(unified: true))
        #expect(unified.contains("lxc.cgroup2.memory.max = 268435456\nlxc.cgroup2.cpu.max = 200000 100000\n"))
    }

    @Test func aPrivilegedHostHasNoMapAndNestingOpensItsGroup() throws {
        var record = try record()
        record.spec.unprivileged = false
        record.spec.nesting = true
        let text = commands.configuration(record, network: try LabNetwork(), on: LXCMachine())
        #expect(!text.contains("lxc.idmap") && !text.contains("userns.conf"))
        #expect(text.contains("lxc.include = /usr/share/lxc/config/nesting.conf\n"))
        #expect(text.contains("lxc.cap.drop =\nlxc.cgroup.devices.allow = a\n"))
        // The includes would undo what comes before them.
        let profile = try #require(text.range(of: "lxc.apparmor.profile = unconfined"))
        let nesting = try #require(text.range(of: "nesting.conf"))
        #expect(nesting.upperBound < profile.lowerBound)
        record.spec.nesting = false
        #expect(!commands.configuration(record, network: try LabNetwork(), on: LXCMachine()).contains("cap.drop"))
    }

    @Test func devicesSwapAndGateway() throws {
        var record = try record()
        record.spec.swap = 128
        record.spec.gateway = "10.87.0.9"
        let tun = LXCDevice(path: "/dev/net/tun", source: "/dev/nante/br/net/tun", rule: "c 10:200 rwm")
        let network = try LabNetwork()
        let text = commands.configuration(record, network: network, on: LXCMachine(devices: [tun]))
        for line in [
            "lxc.cgroup.devices.allow = c 10:200 rwm",
            "lxc.mount.entry = /dev/nante/br/net/tun dev/net/tun none bind,create=file 0 0",
            "lxc.net.0.ipv4.gateway = 10.87.0.9",
            "lxc.cgroup.memory.limit_in_bytes = 268435456\nlxc.cgroup.memory.memsw.limit_in_bytes = 402653184",
        ] { #expect(text.contains(line + "\n")) }
        let unified = commands.configuration(record, network: network, on: LXCMachine(unified: true))
        #expect(unified.contains("lxc.cgroup2.memory.swap.max = 134217728\n"))
        let uncounted = commands.configuration(record, network: network, on: LXCMachine(countsSwap: false))
        #expect(!uncounted.contains("memsw"))
    }

    @Test func keysAndNameServersAreThoseAskedFor() throws {
        var record = try record()
        record.spec.authorizedKeys = ["ssh-ed25519 BBBB me"]
        record.spec.nameServers = ["10.0.0.53", "fd00::53"]
        record.spec.searchDomain = "lan.example"
        func texts() -> [String: String] {
            let files = HostSeed.changing(
                record, authorizedKey: "ssh-ed25519 AAAA lab", resolver: "nameserver 1.1.1.1\n")
            return Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.text) })
        }
        let both = "ssh-ed25519 AAAA lab\nssh-ed25519 BBBB me\n"
        #expect(texts()["etc/ssh/authorized_keys.d/root"] == both)
        #expect(texts()["etc/ssh/authorized_keys.d/deploy"] == "ssh-ed25519 AAAA lab\n")
        #expect(texts()["etc/resolv.conf"] == "nameserver 10.0.0.53\nnameserver fd00::53\nsearch lan.example\n")
        record.spec.user = "deploy"
        record.spec.nameServers = []
        #expect(texts()["etc/ssh/authorized_keys.d/deploy"] == both)
        #expect(texts()["etc/resolv.conf"] == "nameserver 1.1.1.1\nsearch lan.example\n")
    }

    @Test func info() {
        let text = "State:          RUNNING\nCPU use:        1\nMemory use:     3551232\nKMem use:       5\n"
        #expect(LXCCommands.parseInfo(text) == (true, 3_551_232))
        #expect(LXCCommands.parseInfo("State:          STOPPED\n") == (false, nil))
        #expect(LXCCommands.parseInfo("") == (false, nil))
    }

    @Test func networkCommands() throws {
        let network = try LabNetwork(bridge: "br7", subnet: "10.9.8.0/24")
        let add = HostNetwork.addBridge(network, alias: "nante /lab").map(\.arguments)
        #expect(add[0] == ["link", "add", "name", "br7", "type", "bridge", "forward_delay", "0", "stp_state", "0"])
        #expect(add[2] == ["address", "replace", "10.9.8.1/24", "dev", "br7"])
        let rules = HostNetwork.rules(network).map { $0.command("-C").arguments }
        #expect(
            rules[0] == [
                "-w", "10", "-t", "filter", "-C", "FORWARD", "-i", "br7", "-m", "comment", "--comment", "nante br7",
                "-j", "ACCEPT",
            ])
        #expect(rules[2].contains("MASQUERADE"))
        #expect(rules[2].contains("10.9.8.0/24"))
    }

    @Test func whatIsMissingIsNamed() throws {
        var context = Context.live()
        context.processes = NoPrograms()
        let failure = #expect(throws: Failure.self) { try LXCNeeds(context: context, user: 1000).check() }
        #expect(failure?.exit == .missing)
        let text = failure?.description ?? ""
        #expect(text.contains("root"))
        #expect(text.contains("programs: lxc-start, lxc-attach, newuidmap"))
        #expect(text.contains("apt-get install lxc uidmap iproute2 iptables mount procps openssh-client"))
    }

    @Test(arguments: [
        ("root:100000:65536", true), ("root:0:1000000", true), ("0:100000:65536", true), ("root:100000:65535", false),
        ("user:100000:65536", false), ("root:100001:65536", false), ("root:x:y", false), ("", false),
    ])
    func rangesOfIDs(_ line: String, _ covers: Bool) {
        #expect(LXCNeeds.covers(Substring(line)) == covers)
    }

    @Test func recordsReadBack() throws {
        let bench = try HostBench()
        var record = try record()
        record.owner = HostOwner(repository: "a/b", environment: "dev")
        record.hostKey = "ssh-ed25519 AAAA"
        try bench.store.save(record)
        #expect(try bench.store.record("web-1") == record)
    }

    @Test func addressesRunOut() throws {
        let network = try LabNetwork(subnet: "10.9.8.0/24")
        #expect(try HostStore.freeAddress(in: network, taken: ["10.9.8.11", "10.9.8.13"]) == "10.9.8.12")
        let all = (11...254).map { "10.9.8.\($0)" }
        #expect(throws: Failure.self) { try HostStore.freeAddress(in: network, taken: all) }
    }
}

/// A machine without any program.
struct NoPrograms: ProcessRunner {
    func run(_ command: Command, onLine: (@Sendable (OutputLine) -> Void)?) async throws -> CommandResult {
        throw Failure(.missing, "\(command.program) is not installed")
    }
    func find(_ program: String) -> String? { nil }
}
