import Core
import Foundation
import Testing

@testable import Lab

@Suite struct QEMUTests {
    let commands = QEMUCommands(folder: "/lab,1/hosts", sockets: "/run/nante/br", bridge: "br")
    let keys = MachineSeed.Keys(
        hostPrivate: "PRIVATE\n", hostPublic: "ssh-ed25519 HOST box\n", lab: "ssh-ed25519 LAB\n")

    func record() throws -> HostRecord {
        HostRecord(
            name: "box", kind: "vm", address: "10.87.0.11", spec: try HostSpec(cores: 2, memory: 768), owner: nil,
            created: Date(timeIntervalSince1970: 0))
    }

    /// The value after an argument.
    func value(_ name: String, _ words: [String]) -> String? {
        words.firstIndex(of: name).map { words[$0 + 1] }
    }

    @Test func theMachineIsAList() throws {
        let words = commands.machine(
            try record(), image: "/i/vm", accelerator: QEMUAccelerator(text: "tcg,thread=multi"))
        #expect(value("-accel", words) == "tcg,thread=multi")
        #expect(value("-cpu", words) == "max")
        #expect(value("-smp", words) == "2")
        #expect(value("-m", words) == "768M")
        #expect(value("-kernel", words) == "/i/vm/vmlinuz")
        #expect(value("-pidfile", words) == "/lab,1/hosts/box/qemu.pid")
        // A comma in a path is not the end of it.
        #expect(value("-drive", words)?.hasPrefix("file=/lab,,1/hosts/box/disk.qcow2,if=none") == true)
        #expect(words.contains("virtio-net-pci,netdev=net,mac=02:6e:0a:57:00:0b,romfile="))
        #expect(words.contains("unix:/run/nante/br/box.qmp,server=on,wait=off"))
        #expect(QEMUAccelerator(text: "kvm").processor == "host")
    }

    @Test func disksAndCables() {
        #expect(
            commands.makeDisk("/d", image: "/i/disk.raw", size: 9).arguments == [
                "create", "-q", "-f", "qcow2", "-b", "/i/disk.raw", "-F", "raw", "/d", "9G",
            ])
        let tap = commands.tap("box")
        #expect(tap.count <= 15)
        #expect(tap != commands.tap("box-2"))
        #expect(tap != QEMUCommands(folder: "/other", sockets: "/s", bridge: "br").tap("box"))
        #expect(commands.plug("box", exists: false).map(\.arguments.first) == ["tuntap", "link"])
        #expect(
            commands.plug("box", exists: true).map(\.arguments) == [["link", "set", "dev", tap, "master", "br", "up"]])
        let long = String(repeating: "a", count: 60)
        #expect(
            QEMUCommands(folder: "/f", sockets: "/run/nante/123456789012345", bridge: "b").monitor(long).count < 108)
    }

    @Test(arguments: [("", "tcg,thread=multi,tb-size=128"), ("kvm", "kvm"), ("tcg,tb-size=64", "tcg,tb-size=64")])
    func accelerators(_ text: String, _ wanted: String) throws {
        var context = Context.live()
        context.environment = ["NANTE_QEMU_ACCEL": text]
        #expect(try QEMUAccelerator.current(context).text == wanted)
        for bad in ["-x", "kvm -daemonize", "a;b"] {
            context.environment = ["NANTE_QEMU_ACCEL": bad]
            #expect(throws: Failure.self) { try QEMUAccelerator.current(context) }
        }
    }

    @Test func theSeedIsJSONWithEveryKey() throws {
        var record = try record()
        record.spec.authorizedKeys = [#"ssh-ed25519 ME "quoted": comment"#]
        record.spec.nameServers = ["10.0.0.53"]
        let files = MachineSeed.files(record, keys: keys, network: try LabNetwork(), resolver: "")
        #expect(files.map(\.path) == ["meta-data", "user-data", "network-config"])
        #expect(files.allSatisfy { $0.mode == 0o600 })
        #expect(files[1].text.hasPrefix("#cloud-config\n"))
        let user = try JSONValue.parse(String(files[1].text.dropFirst("#cloud-config\n".count)))
        #expect(user["users"]?[0]?["name"] == "root")
        #expect(user["users"]?[0]?["ssh_authorized_keys"] == ["ssh-ed25519 LAB"])
        #expect(user["users"]?[1]?["name"] == "deploy")
        #expect(user["users"]?[1]?["sudo"] == ["ALL=(ALL) NOPASSWD:ALL"])
        #expect(
            user["users"]?[1]?["ssh_authorized_keys"] == ["ssh-ed25519 LAB", #"ssh-ed25519 ME "quoted": comment"#])
        #expect(user["ssh_keys"]?["ed25519_private"] == "PRIVATE\n")
        let net = try JSONValue.parse(files[2].text)
        #expect(net["version"] == 1)
        let subnet = net["config"]?[0]?["subnets"]?[0]
        #expect(subnet?["address"] == "10.87.0.11/24")
        #expect(subnet?["gateway"] == "10.87.0.1")
        #expect(subnet?["dns_nameservers"] == ["10.0.0.53"])
    }

    @Test func anotherSeedIsAnotherInstance() throws {
        func instance(_ change: (inout HostRecord) -> Void = { _ in }) throws -> String? {
            var record = try record()
            change(&record)
            let files = MachineSeed.files(record, keys: keys, network: try LabNetwork(), resolver: "")
            return try JSONValue.parse(files[0].text)["instance-id"]?.string
        }
        #expect(try instance() == instance())
        // More memory is no other machine; another address or user is set up anew.
        #expect(try instance() == instance { $0.spec.memory = 2048 })
        #expect(try instance() != instance { $0.address = "10.87.0.12" })
        #expect(try instance() != instance { $0.spec.user = "somebody" })
    }

    @Test func theRecipe() async throws {
        let recipe = MachineImage()
        #expect(recipe.name.hasPrefix("bookworm-vm-"))
        var other = recipe
        other.debian.packages.append("vim")
        #expect(other.name != recipe.name)
        for script in [MachineImage.customization, MachineImage.disk] {
            let result = try await SystemProcessRunner(environment: ProcessInfo.processInfo.environment).run(
                Command("sh", ["-n"], input: script))
            #expect(result.succeeded, "\(result.stderr)")
        }
    }

    @Test func whatIsMissingIsNamed() throws {
        var context = Context.live()
        context.processes = NoPrograms()
        let failure = #expect(throws: Failure.self) {
            try QEMUNeeds(context: context, user: 1000).check(QEMUAccelerator(text: "tcg"))
        }
        #expect(failure?.exit == .missing)
        #expect(failure?.description.contains("apt-get install qemu-system-x86 qemu-utils genisoimage") == true)
    }

    @Test func aMachineThatIsOffIsNotFound() async throws {
        let bench = try HostBench()
        let path = bench.home.path + "/qemu.pid"
        // A number that another process has now is not the machine's.
        try bench.context.files.write("\(getpid())\n", to: path)
        #expect(QEMUProcess(pidFile: path, context: bench.context).find() == nil)
        #expect(await !QMP.send("system_powerdown", to: bench.home.path + "/none.qmp"))
        #expect((QEMUProcess.memory(getpid()) ?? 0) > 1_000_000)
    }
}
