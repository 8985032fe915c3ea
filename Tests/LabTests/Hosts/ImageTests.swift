import Core
import Foundation
import Synchronization
import Testing

@testable import Lab

@Suite struct ImageTests {
    @Test func theRecipeIsOneCommand() {
        var recipe = ContainerImage().debian
        recipe.mirror = "http://mirror.example/debian"
        let command = recipe.build(into: "/i/rootfs", customization: "true", lock: "/i/busy")
        #expect(command.program == "unshare")
        #expect(
            command.arguments.prefix(9) == [
                "--mount", "--propagation", "private", "flock", "--nonblock", "/i/busy", "mmdebstrap",
                "--variant=minbase", "--mode=root",
            ])
        #expect(command.arguments.suffix(3) == ["bookworm", "/i/rootfs", "http://mirror.example/debian"])
        let packages = command.arguments.first { $0.hasPrefix("--include=") }
        #expect(packages?.hasPrefix("--include=systemd,systemd-sysv,openssh-server,nginx-light,") == true)
    }

    @Test func anotherRecipeIsAnotherImage() {
        let usual = ContainerImage()
        var other = usual
        other.debian.packages.append("vim")
        #expect(usual.name.hasPrefix("bookworm-lxc-"))
        #expect(usual.name != other.name)
        var mirrored = usual
        mirrored.debian.mirror = "http://mirror.example/debian"
        #expect(usual.name == mirrored.name)
    }

    @Test func theCustomizationIsAShellScript() async throws {
        let result = try await SystemProcessRunner(environment: ProcessInfo.processInfo.environment).run(
            Command("sh", ["-n"], input: ContainerImage.customization))
        #expect(result.succeeded, "\(result.stderr)")
    }

    @Test(arguments: ["ftp://x", "http://a b", "-x"])
    func mirrorsAreChecked(_ text: String) {
        var context = Context.live()
        context.environment = ["NANTE_DEBIAN_MIRROR": text]
        #expect(throws: Failure.self) { try ContainerImage.current(context) }
    }

    @Test func anInterruptedBuildIsSweptAndTheNextMakesTheImage() async throws {
        let bench = try HostBench()
        var context = bench.context
        let maker = FakeBootstrap()
        context.processes = maker
        let images = ImageStore(folder: bench.home.path + "/images", context: context)
        var recipe = ContainerImage()
        recipe.shift = 0
        try context.files.write("x", to: images.folder + "/.partial-old/rootfs/etc/x")
        let told = Mutex<[String]>([])
        let name = try await images.ensure(recipe) { line in told.withLock { $0.append(line) } }
        #expect(try context.files.list(images.folder).filter { !$0.hasPrefix(".lock") } == [name])
        #expect(told.withLock { $0 }.contains("base image: extracting archives..."))
        try context.files.write("x", to: images.folder + "/.partial-late/rootfs/etc/x")
        #expect(try await images.ensure(recipe) { _ in } == name)
        #expect(try !context.files.list(images.folder).contains(".partial-late"))
        #expect(maker.count.withLock { $0 } == 1)
    }

    @Test func aBuildThatOutlivesItsNanteIsLeftAlone() async throws {
        let bench = try HostBench()
        let images = ImageStore(folder: bench.home.path + "/images", context: bench.context)
        for name in ["a", "b"] { try bench.context.files.write("x", to: images.folder + "/.partial-\(name)/rootfs/x") }
        let lock = try FileLock.attempt(images.folder + "/.partial-a/busy", holder: "build")
        try images.sweep()
        #expect(try bench.context.files.list(images.folder) == [".partial-a"])
        withExtendedLifetime(lock) {}
    }

    @Test func aFailedBuildLeavesNoImage() async throws {
        let bench = try HostBench()
        var context = bench.context
        context.processes = FakeBootstrap(code: 25)
        let images = ImageStore(folder: bench.home.path + "/images", context: context)
        await #expect(throws: Failure.self) { _ = try await images.ensure(ContainerImage()) { _ in } }
        #expect(!images.has(ContainerImage().name))
    }

    @Test func aHostsOwnFilesAreWrittenOnce() async throws {
        let bench = try HostBench()
        let folder = bench.home.path + "/upper"
        try bench.context.files.makeDirectory(folder)
        var record = HostRecord(
            name: "web-1", kind: "lxc", address: "10.87.0.11", spec: try HostSpec(), owner: nil, created: Date())
        record.hostKey = "k"
        let files = HostSeed.files(
            record, hostKey: ("private", "public"), authorizedKey: "key", machineID: "0123",
            resolver: "nameserver 127.0.0.53\nnameserver 10.0.0.2\nsearch lan\n# x\n")
        try HostSeed.write(files, to: folder, owner: getuid())
        let disk = bench.context.files
        #expect(try disk.readText(folder + "/etc/hostname") == "web-1\n")
        #expect(try disk.readText(folder + "/etc/resolv.conf") == "nameserver 10.0.0.2\nsearch lan\n")
        #expect(try disk.mode(folder + "/etc/ssh/ssh_host_ed25519_key") == 0o600)
        #expect(try disk.mode(folder + "/etc/ssh") == 0o755)
        var others = files
        for place in others.indices { others[place].text = "other" }
        try HostSeed.write(others, to: folder, owner: getuid())
        #expect(try disk.readText(folder + "/etc/hostname") == "web-1\n")
    }
}

/// Makes an empty root file system instead of a Debian.
final class FakeBootstrap: ProcessRunner {
    let code: Int32
    let count = Mutex(0)
    init(code: Int32 = 0) { self.code = code }
    func find(_ program: String) -> String? { "/usr/bin/" + program }
    func run(_ command: Command, onLine: (@Sendable (OutputLine) -> Void)?) async throws -> CommandResult {
        count.withLock { $0 += 1 }
        onLine?(OutputLine(.stderr, "I: extracting archives..."))
        if let folder = command.arguments.last, code == 0 {
            try DiskFileSystem().write("x", to: folder + "/etc/debian_version")
        }
        return CommandResult(.exited(code), stderr: "E: no mirror")
    }
}
