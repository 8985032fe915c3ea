import Core
import Foundation
import SSH
import Testing

@testable import Lab

@Suite("Octopus: parts")
struct OctopusPartsTests {
    // MARK: Task states

    static let start = Date(timeIntervalSince1970: 1000)
    static let later = Date(timeIntervalSince1970: 1010)

    @Test func aTaskGoesItsWay() throws {
        var state = TaskState.queued
        try state.start(at: Self.start)
        #expect(state == .executing(since: Self.start, begun: false))
        try state.begin()
        try state.finish(.success(warnings: false), at: Self.later)
        #expect(state == .done(.success(warnings: false), started: Self.start, at: Self.later))
        #expect(throws: TaskStateFault.self) { try state.finish(.failed("late"), at: Self.later) }
        #expect(throws: TaskStateFault.self) { try state.cancel(at: Self.later, by: "me") }
    }

    @Test func cancelEndsAQueuedTaskAtOnceAndARunningOneLater() throws {
        var queued = TaskState.queued
        try queued.cancel(at: Self.start, by: "me")
        #expect(queued.word == "Canceled")
        var running = TaskState.executing(since: Self.start, begun: true)
        try running.cancel(at: Self.later, by: "me")
        #expect(running == .cancelling(since: Self.start))
        try running.finish(.success(warnings: false), at: Self.later)
        #expect(running.word == "Canceled")
    }

    @Test func anInterruptedTaskFailsOnlyWhenItHadBegun() {
        var waiting = TaskState.executing(since: Self.start, begun: false)
        waiting.interrupt(at: Self.later)
        #expect(waiting == .queued)
        var begun = TaskState.executing(since: Self.start, begun: true)
        begun.interrupt(at: Self.later)
        #expect(begun.word == "Failed")
        #expect(begun.message.contains("The lab was stopped while this task was running"))
    }

    // MARK: Variables

    @Test func theMostSpecificScopeWins() {
        func variable(_ value: String, _ scope: [ScopeKind: [String]], library: Bool = false) -> ScopedVariable {
            ScopedVariable(name: "Port", value: value, isSensitive: false, scope: scope, isLibrary: library)
        }
        let place = ScopePlace(
            environment: "Environments-1", channel: "Channels-1", action: "a", machine: "Machines-1",
            machineRoles: ["web", "db"], stepRoles: ["web"])
        let ladder: [ScopedVariable] = [
            variable("none", [:]), variable("channel", [.channel: ["Channels-1"]]),
            variable("environment", [.environment: ["Environments-1"]]),
            variable("role", [.role: ["db"]]), variable("step role", [.role: ["web"]]),
            variable("machine", [.machine: ["machines-1"]]), variable("action", [.action: ["a"]]),
        ]
        for count in 1...ladder.count {
            let chosen = VariableRanking.choose(Array(ladder.prefix(count)).reversed(), place)
            #expect(chosen.map(\.value) == [ladder[count - 1].value])
        }
        let two = variable("two", [.environment: ["Environments-1"], .channel: ["Channels-1"]])
        #expect(VariableRanking.choose([ladder[2], two], place).map(\.value) == ["two"])
        let other = variable("other", [.environment: ["Environments-2"], .machine: ["Machines-1"]])
        #expect(VariableRanking.choose([other, ladder[0]], place).map(\.value) == ["none"])
        #expect(
            VariableRanking.choose([variable("lib", [:], library: true), ladder[0]], place).map(\.value) == ["none"])
    }

    @Test func outputVariablesHaveThreeNames() {
        var table = VariableTable()
        let outputs = ["one", "two"].map { machine in
            OutputVariable(action: "Build it", machine: machine, name: "Path", value: "/\(machine)", isSensitive: false)
        }
        for output in outputs { output.add(to: &table, machine: "two") }
        #expect(table.value("Octopus.Action[Build it].Output[one].Path") == "/one")
        #expect(table.value("octopus.action[Build it].output.path") == "/two")
    }

    @Test(arguments: [
        ("##octopus[setVariable name='QQ==' value='Qg==']", ["name": "A", "value": "B"]),
        ("text ##octopus[SETVARIABLE NAME=\"QQ==\" value = 'Qg==' ] rest", ["name": "A", "value": "B"]),
    ])
    func serviceMessagesAreRead(line: String, attributes: [String: String]) throws {
        let found = try #require(ServiceMessage.split(line))
        #expect(found.message?.name == "setvariable")
        #expect(found.message?.attributes == attributes)
    }

    @Test func aDamagedServiceMessageIsDropped() throws {
        #expect(try #require(ServiceMessage.split("a ##octopus[setVariable name='%%']")).message == nil)
        #expect(try #require(ServiceMessage.split("a ##octopus[setVariable name='QQ==")).message == nil)
        #expect(ServiceMessage.split("plain") == nil)
    }

    @Test func secretsLongerThanThreeCharactersAreHidden() {
        let mask = SecretMask()
        for value in ["abc", "hunter2", "hunter22", "one line\nanother line"] { mask.add(value) }
        #expect(mask.apply("abc hunter22 hunter2 another line") == "abc ***** ***** *****")
    }

    // MARK: Packages

    @Test(arguments: [
        ("go-app.1.2.6-main.7+g1a2b3c4.tar.gz", "go-app", "1.2.6-main.7+g1a2b3c4", ".tar.gz"),
        ("Acme.Web.Core.1.0.zip", "Acme.Web.Core", "1.0", ".zip"),
        ("a.2.0.0.1.nupkg", "a", "2.0.0.1", ".nupkg"), ("x_y.1.TGZ", "x_y", "1", ".tgz"),
    ])
    func packageNamesAreRead(file: String, package: String, version: String, ending: String) throws {
        let name = try #require(PackageName(file: file))
        #expect([name.package, name.version, name.fileExtension] == [package, version, ending])
    }

    @Test(arguments: [
        "app.tar.gz", "app-1.0", ".1.0.zip", "a b.1.0.zip", "a;rm.1.0.zip", "a/../b.1.0.zip", "$(x).1.0.zip",
    ])
    func badPackageNamesAreRefused(file: String) { #expect(PackageName(file: file) == nil) }

    @Test func versionsAreOrdered() {
        let sorted = [
            "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-rc.2", "1.0.0-rc.11", "1.0", "1.0.0.1", "1.2.10",
            "2",
        ]
        #expect(sorted.shuffled().map { ($0, PackageVersion($0)) }.sorted { $0.1 < $1.1 }.map(\.0) == sorted)
    }

    @Test(arguments: [
        ("web", "web"), ("a/b", "a_b"), ("..", "_"), ("a:b*?", "a_b__"),
    ])
    func namesBecomeParts(name: String, part: String) { #expect(RemotePaths.segment(name) == part) }

    @Test(arguments: [("a/b.sh", true), ("../b", false), ("/b", false), ("a//b", false), ("a/./b", false), ("", false)])
    func pathsStayBelow(path: String, isBelow: Bool) { #expect(RemotePaths.isBelow(path) == isBelow) }

    @Test func theJournalReadsWhatItWrites() {
        let text = """
            <?xml version="1.0"?>
            <Deployments>
            <Deployment Id="1" PackageVersion="1.0" ExtractedTo="/a &quot;b&quot; &amp; c" \
            WasSuccessful="True"><Package PackageId="p" PackageVersion="1.0" /></Deployment>
            </Deployments>
            """
        let entries = Journal.entries(text)
        #expect(entries.count == 1)
        #expect(entries.first?["ExtractedTo"] == "/a \"b\" & c")
        #expect(entries.first?["PackageId"] == "p")
    }

    // MARK: Scripts

    /// Values of any kind reach a script as they are, and nothing of them is run.
    @Test(arguments: [
        "plain", "it's", "$(touch /tmp/nante-pwned)", "a\nb\n", "`id`", "\\", "\"", "ü € \u{1F600}", "-n", "!x",
    ])
    func valuesReachAScript(value: String) async throws {
        let folder = "/tmp/nante-script-" + SystemRandom().hex(bytes: 6)
        defer { try? DiskFileSystem().remove(folder) }
        let context = Core.Context.live()
        try context.files.makeDirectory(folder)
        let connector = LocalConnector(folder: folder, context: context)
        let address = TargetAddress(
            machine: "Machines-1", name: "one", host: "h", port: 22, fingerprint: "", user: "u", key: "")
        let shell = try await connector.connect(address, task: "1")
        let script = BashScript(
            id: "abc", directory: "\"$HOME/wo'rk\"", name: "Script.sh",
            content: "x=$(get_octopusvariable \"a 'b' \\$c\"; echo .)\nprintf %s \"$x\" | base64 -w 0\necho\nls -a\n",
            variables: [BashScript.Variable(name: "a 'b' $c", value: value)])
        let lines = LineCollector()
        let ending = try await shell.run(script.text, deadline: .seconds(20)) { lines.take($0) }
        #expect(ending == .exited(0))
        #expect(lines.err == [])
        let first = Data(base64Encoded: lines.out.first ?? "").map { String(decoding: $0, as: UTF8.self) }
        #expect(first == value + "\n.\n".dropLast())
        #expect(!lines.out.contains { $0.hasPrefix("Configure") }, "values stay on disk only until they are read")
        #expect(try context.files.list(connector.home("one").appending(path: "wo'rk")).isEmpty)
        #expect(!context.files.exists("/tmp/nante-pwned"))
    }

    @Test func helpersTellTheServer() async throws {
        let folder = "/tmp/nante-script-" + SystemRandom().hex(bytes: 6)
        defer { try? DiskFileSystem().remove(folder) }
        let context = Core.Context.live()
        try context.files.makeDirectory(folder)
        let shell = try await LocalConnector(folder: folder, context: context).connect(
            TargetAddress(machine: "M", name: "one", host: "h", port: 22, fingerprint: "", user: "u", key: ""),
            task: "1")
        let log = TaskLog(task: 1, time: context.time)
        let output = ScriptOutput(node: log.node("root"))
        let body = """
            set_octopusvariable A "b c"
            set_octopusvariable S geheim -sensitive
            set_octopusvariable E ""
            update_progress 40 "nearly"
            write_warning careful   now
            fail_step "no good"
            """
        let script = BashScript(
            id: "abc", directory: "\"$HOME\"", name: "Script.sh", content: body.replacing("\n", with: "\r\n"),
            variables: [])
        let ending = try await shell.run(script.text, deadline: .seconds(20)) { output.take($0) }
        #expect(ending == .exited(1))
        #expect(
            output.told.variables == [
                .init(name: "A", value: "b c", isSensitive: false),
                .init(name: "S", value: "geheim", isSensitive: true),
                .init(name: "E", value: "", isSensitive: false),
            ])
        #expect(output.told.message == "no good")
        #expect(log.hasWarnings)
    }

    @Test func aCancelledScriptIsEndedWithItsChildren() async throws {
        let folder = "/tmp/nante-script-" + SystemRandom().hex(bytes: 6)
        defer { try? DiskFileSystem().remove(folder) }
        let context = Core.Context.live()
        try context.files.makeDirectory(folder)
        let shell = try await LocalConnector(folder: folder, context: context).connect(
            TargetAddress(machine: "M", name: "one", host: "h", port: 22, fingerprint: "", user: "u", key: ""),
            task: "1")
        let pids = folder.appending(path: "pids")
        let work = Task {
            try await shell.run(
                "sleep 600 & echo $! > \(pids).new; mv \(pids).new \(pids); wait", deadline: .seconds(60)
            ) { _ in }
        }
        _ = try await Wait.until("the script", within: .seconds(90), context: context) {
            context.files.exists(pids) ? true : nil
        }
        let pid = try #require(Int32(try context.files.readText(pids).trimmingSpace))
        #expect(kill(pid, 0) == 0)
        work.cancel()
        await #expect(throws: CancellationError.self) { try await work.value }
        _ = try await Wait.until("the end of the child", within: .seconds(10), context: context) {
            let status = try? context.files.readText("/proc/\(pid)/stat")
            return status == nil || status?.contains(") Z ") == true ? true : nil
        }
    }

    @Test func aScriptPastItsDeadlineIsEnded() async throws {
        let folder = "/tmp/nante-script-" + SystemRandom().hex(bytes: 6)
        defer { try? DiskFileSystem().remove(folder) }
        let context = Core.Context.live()
        try context.files.makeDirectory(folder)
        let shell = try await LocalConnector(folder: folder, context: context).connect(
            TargetAddress(machine: "M", name: "one", host: "h", port: 22, fingerprint: "", user: "u", key: ""),
            task: "1")
        let ending = try await shell.run("echo before; sleep 600", deadline: .seconds(1)) { _ in }
        #expect(ending == .deadline)
    }
}
