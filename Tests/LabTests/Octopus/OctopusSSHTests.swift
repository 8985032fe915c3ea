import Core
import Foundation
import Synchronization
import Testing

@testable import Lab

/// A real sshd of the test's own on loopback: own host key, own authorized key, any free port.
struct LocalSSHD: Sendable {
    let folder: String
    let port: Int
    let key: String
    let context: Core.Context

    static let program = "/usr/sbin/sshd"
    static var isThere: Bool { access(program, X_OK) == 0 && getuid() == 0 }

    /// Runs a body while sshd serves.
    static func with(_ body: @Sendable (LocalSSHD) async throws -> Void) async throws {
        let context = Core.Context.live()
        // Not below /tmp: sshd wants folders above the keys that only their owner writes to.
        let folder = "/var/lib/nante-sshd-" + SystemRandom().hex(bytes: 6)
        defer { try? context.files.remove(folder) }
        try context.files.makeDirectory(folder)
        try context.files.makeDirectory("/run/sshd")
        for name in ["host", "user"] {
            try await context.processes.check(
                Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", folder + "/" + name]), what: "no key")
        }
        let port = 20_000 + Int.random(in: 0..<20_000)
        try context.files.write(
            """
            Port \(port)
            ListenAddress 127.0.0.1
            HostKey \(folder)/host
            PidFile \(folder)/pid
            AuthorizedKeysFile \(folder)/user.pub
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            UsePAM no
            SetEnv HOME=\(folder)/home
            """, to: folder + "/config")
        try context.files.makeDirectory(folder + "/home")
        let daemon = LocalSSHD(
            folder: folder, port: port, key: try context.files.readText(folder + "/user"), context: context)
        let running = Task { try await daemon.serve() }
        defer { running.cancel() }
        _ = try await Wait.until("sshd", within: .seconds(90), context: context) {
            context.files.exists(folder + "/pid") ? true : nil
        }
        try await body(daemon)
        running.cancel()
        _ = await running.result
    }

    private func serve() async throws {
        _ = try await context.processes.run(
            Command(LocalSSHD.program, ["-D", "-e", "-f", folder + "/config"], keep: 1 << 16))
    }

    /// The fingerprint of the host key as ssh-keygen prints it.
    func fingerprint(_ hash: String = "sha256") async throws -> String {
        let result = try await context.processes.check(
            Command("ssh-keygen", ["-l", "-E", hash, "-f", folder + "/host.pub"]), what: "no fingerprint")
        return String(result.stdout.split(separator: " ")[1])
    }
}

@Suite("Octopus: over SSH", .enabled(if: LocalSSHD.isThere), .serialized)
struct OctopusSSHTests {
    private static func connector(_ folder: String, _ context: Core.Context) throws -> any TargetConnector {
        try SSHConnector(folder: folder.appending(path: "run"), context: context)
    }

    @Test(arguments: ["sha256", "md5"]) func aPackageIsDeployed(hash: String) async throws {
        try await LocalSSHD.with { daemon in
            let print = try await daemon.fingerprint(hash)
            try await OctopusRig.with(connector: Self.connector) { rig in
                _ = try await rig.project(
                    machines: ["one", "two"], step: OctopusRig.packageStep(window: 1),
                    variables: OctopusDeployTests.variables,
                    endpoint: [
                        "Host": "127.0.0.1", "Port": .number(Double(daemon.port)), "Fingerprint": .string(print),
                    ],
                    key: daemon.key)
                try await rig.package("1.0", OctopusDeployTests.files)
                try await rig.release("1.0")
                let task = try await rig.deployed("1.0")
                let log = try await rig.log(task)
                #expect(task.at("State").string == "Success", "\(log)")
                #expect(log.contains("deploy blue one") && log.contains("deploy blue two"))
                #expect(!log.contains("hunter2!"))
                let start = rig.context.time.elapsed()
                #expect(try await rig.deployed("1.0").at("State").string == "Success")
                print2("two hosts, cached package: \((rig.context.time.elapsed() - start).short)")
                let left = try rig.context.files.list(rig.folder.appending(path: "run"))
                #expect(left.filter { $0 != "s" }.isEmpty, "keys stay only while a task runs")
                let found = try await rig.get(
                    "/api/machines/discover?host=127.0.0.1&port=\(daemon.port)&type=Ssh")
                let own = try await daemon.fingerprint()
                #expect(found.at("Endpoint").at("Fingerprint").string == own)
            }
        }
    }

    @Test func aChangedHostKeyIsRefused() async throws {
        try await LocalSSHD.with { daemon in
            try await OctopusRig.with(connector: Self.connector) { rig in
                let other = "SHA256:" + String(repeating: "A", count: 43)
                _ = try await rig.project(
                    machines: ["one"], step: OctopusRig.scriptStep("s", "echo ran"),
                    endpoint: [
                        "Host": "127.0.0.1", "Port": .number(Double(daemon.port)), "Fingerprint": .string(other),
                    ],
                    key: daemon.key)
                try await rig.release("1.0")
                let task = try await rig.deployed("1.0")
                let log = try await rig.log(task)
                #expect(task.at("State").string == "Failed")
                #expect(log.contains("The host key of one is not the one that is registered"))
                #expect(log.contains("registered \(other), shown SHA256:"))
                #expect(!log.contains("  ran"))
                let health = try await rig.call(
                    .post, "/api/tasks",
                    ["Name": "Health", "Description": "x", "Arguments": ["MachineIds": ["Machines-1"]]])
                _ = try await rig.wait(health.body.at("Id").string ?? "")
                #expect(try await rig.get("/api/machines/Machines-1").at("HealthStatus").string == "Unhealthy")
            }
        }
    }

    @Test func aWrongLoginAndASilentHostAreTold() async throws {
        try await LocalSSHD.with { daemon in
            let print = try await daemon.fingerprint()
            try await OctopusRig.with(connector: Self.connector) { rig in
                let strange = daemon.folder + "/strange"
                try await rig.context.processes.check(
                    Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", strange]), what: "no key")
                _ = try await rig.project(
                    machines: ["one"], step: OctopusRig.scriptStep("s", "echo ran"),
                    endpoint: [
                        "Host": "127.0.0.1", "Port": .number(Double(daemon.port)), "Fingerprint": .string(print),
                    ],
                    key: try rig.context.files.readText(strange))
                try await rig.release("1.0")
                #expect(try await rig.log(try await rig.deployed("1.0")).contains("127.0.0.1 refuses the login of"))
                var machine = try await rig.get("/api/machines/Machines-1")
                var endpoint = machine.at("Endpoint")
                endpoint.set("Port", 1)
                machine.set("Endpoint", endpoint)
                #expect(try await rig.call(.put, "/api/machines/Machines-1", machine).status == 200)
                let log = try await rig.log(try await rig.deployed("1.0"))
                #expect(log.contains("can't be reached over SSH"))
            }
        }
    }

    @Test func cancelEndsWhatRunsOnTheTarget() async throws {
        try await LocalSSHD.with { daemon in
            let print = try await daemon.fingerprint()
            try await OctopusRig.with(connector: Self.connector) { rig in
                let mark = rig.folder + "/pid"
                _ = try await rig.project(
                    machines: ["one"],
                    step: OctopusRig.scriptStep("s", "sleep 600 & echo $! > \(mark).new; mv \(mark).new \(mark); wait"),
                    endpoint: [
                        "Host": "127.0.0.1", "Port": .number(Double(daemon.port)), "Fingerprint": .string(print),
                    ],
                    key: daemon.key)
                try await rig.release("1.0")
                let task = try await rig.deploy("1.0")
                _ = try await Wait.until("the script", within: .seconds(30), context: rig.context) {
                    rig.context.files.exists(mark) ? true : nil
                }
                let pid = try rig.context.files.readText(mark).trimmingSpace
                try await rig.call(.post, "/api/tasks/\(task)/cancel")
                #expect(try await rig.wait(task).at("State").string == "Canceled")
                _ = try await Wait.until("the end of the child", within: .seconds(10), context: rig.context) {
                    let status = try? rig.context.files.readText("/proc/\(pid)/stat")
                    return status == nil || status?.contains(") Z ") == true ? true : nil
                }
            }
        }
    }
}

/// Says a measured time in the output of the test run.
private func print2(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
