import Core
import Foundation
import Testing

@testable import Lab

/// The parts of the daemon that need no process of their own.
@Suite struct DaemonTests {
    @Test func exportsAreSafeForAShell() {
        let lines = LabSettings.exports([("A", "it's $(id) `x` \\ \"y\"\nz")])
        #expect(lines == ["export A='it'\\''s $(id) `x` \\ \"y\"\nz'"])
    }

    @Test func onlyHarmlessVariablesReachTheLab() {
        #expect(LabLaunch.kept.contains("PATH"))
        for name in ["OCTOPUS_API_KEY", "NEXUS_PASSWORD", "GITHUB_TOKEN", "LD_PRELOAD"] {
            #expect(!LabLaunch.kept.contains(name))
        }
    }

    @Test func aProcessIsALabByItsArguments() {
        #expect(!LabProcess(pid: getpid()).isLab)
        #expect(!LabProcess(pid: 0).isLab)
    }

    @Test func aStaleRecordIsNoRunningLab() async throws {
        let folder = TestFolder.make()
        defer { TestFolder.remove(folder) }
        var context = Context.live()
        context.environment = ["NANTE_HOME": folder]
        let record = LabRecord(
            pid: getpid(), octopus: OctopusEndpoint(url: "", apiKey: "API-1", space: ""),
            nexus: NexusEndpoint(url: "http://127.0.0.1:1", username: "u", password: "pppp"),
            ssh: SSHAccess(user: "u", keyFile: "k", knownHostsFile: nil), bridge: "b", subnet: "10.87.0.0/24")
        try record.save(context)
        #expect(try await LabDaemon(context).running() == nil)
        #expect(try await LabReport.make(context).value["up"]?.bool == false)
    }

    @Test func aLabThatCantStartSaysWhy() async throws {
        let folder = TestFolder.make()
        defer { TestFolder.remove(folder) }
        let program = folder + "/nante"
        try DiskFileSystem().write("#!/bin/sh\necho 'no room on the disk'\nexit 3\n", to: program, mode: 0o755)
        var context = Context.live()
        context.environment = ["NANTE_HOME": folder, "PATH": "/usr/bin:/bin"]
        context.terminal = MemoryTerminal()
        let daemon = LabDaemon(context, program: program)
        do {
            _ = try await daemon.up()
            Issue.record("it can't be up")
        } catch let failure as Failure {
            #expect(failure.exit == .missing)
            #expect(failure.evidence == ["no room on the disk"])
            #expect(failure.description.contains("its process ended with 3"))
        }
    }

    @Test func namesWhatAMachineLacksAndThePackageThatHasIt() {
        var context = Context.live()
        context.processes = SystemProcessRunner(environment: ["PATH": "/nowhere"])
        let needs = LabNeeds.check(context)
        let lxc = needs.first { $0.name == "lxc-start" }
        #expect(lxc?.met == false)
        #expect(lxc?.package == "lxc")
        #expect(lxc?.remedy == "apt-get install lxc")
    }

    @Test func readsTheLogFromItsEnd() async throws {
        let folder = TestFolder.make()
        defer { TestFolder.remove(folder) }
        let terminal = MemoryTerminal()
        var context = Context.live()
        context.environment = ["NANTE_HOME": folder]
        context.terminal = terminal
        await #expect(throws: Failure.self) { try await LabLog(context).show(last: 1, follow: false) }
        try DiskFileSystem().write("1\n2\n3\n", to: folder + "/lab.log")
        try await LabLog(context).show(last: 2, follow: false)
        #expect(terminal.output == "2\n3\n")
    }
}
