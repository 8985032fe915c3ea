import Core
import Foundation
import Testing

@testable import Building

/// The deploy scripts as Octopus runs them: sourced by a bootstrap that brings its helpers, without `set -e`, with a
/// sudo that answers as nante-slot would.
@Suite struct ScriptTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
        let arch = "amd64"
        let manifest = PackageManifest(
            app: "go-app", version: "1.2.5", commit: "c", digest: "d", fingerprint: "f", os: "linux", arch: arch,
            compiler: "go1.19.8")
        try folder.write("package/nante.json", manifest.json.text(indent: 2) + "\n")
        for script in DeployScripts.all {
            try folder.write("package/\(script.name)", String(decoding: script.data, as: UTF8.self), mode: 0o755)
        }
        try folder.write(
            "bootstrap.sh",
            """
            get_octopusvariable() { printf '%s\\n' "$(cat "../variables/$1" 2>/dev/null)"; }
            set_octopusvariable() { printf 'set %s=%s\\n' "$1" "$2"; }
            fail_step() { printf 'fail %s\\n' "$*"; exit 1; }
            write_highlight() { printf 'highlight %s\\n' "$*"; }
            HOSTNAME=dev-app-1
            cd package || exit 9
            . "./$1"

            """)
        try folder.write("bin/uname", "#!/bin/sh\necho x86_64\n", mode: 0o755)
        try folder.write(
            "bin/sudo",
            """
            #!/bin/sh
            printf '%s\\n' "$*" >> "$STUB/calls"
            case $3 in
            version) cat "$STUB/interface" ;;
            *) cat "$STUB/answer" ;;
            esac
            exit "$(cat "$STUB/code")"

            """, mode: 0o755)
        try folder.write("interface", "1\n")
    }

    /// Runs a script; what it printed, its exit code and what it asked of sudo.
    private func run(_ script: String, answer: String = "", code: Int = 0) async throws
        -> (output: [String], code: Int32, calls: [String])
    {
        try folder.write("answer", answer)
        try folder.write("code", "\(code)")
        try folder.write("calls", "")
        let context = folder.context().context
        let path = folder.path.appending(path: "bin") + ":" + (context.environment["PATH"] ?? "")
        let result = try await context.processes.run(
            Command(
                "bash", ["bootstrap.sh", script], environment: .inherit(["PATH": path, "STUB": folder.path]),
                workingDirectory: folder.path, deadline: .seconds(60)))
        let calls = try folder.read("calls").split(separator: "\n").map(String.init)
        return (result.lines + result.stderr.split(separator: "\n").map(String.init), result.code, calls)
    }

    @Test func preDeployLetsAPreparedHostPass() async throws {
        let ran = try await run("PreDeploy.sh")
        #expect(ran.code == 0)
        #expect(ran.calls == ["-n /usr/local/sbin/nante-slot version"])
        #expect(ran.output == ["go-app 1.2.5 may be deployed on dev-app-1 (nante-slot interface 1)"])
    }

    @Test(arguments: [
        ("sudo: a password is required", 1, "may not call nante-slot (sudo: a password is required)"),
        ("", 1, "is not prepared for nante"), ("0", 0, "has interface 0, go-app 1.2.5 needs 1"),
    ])
    func preDeployStopsOnAHostThatIsNot(interface: String, code: Int, says: String) async throws {
        try folder.write("interface", interface)
        try folder.write("variables/Octopus.Environment.Name", "dev")
        let ran = try await run("PreDeploy.sh", code: code)
        #expect(ran.code == 1)
        #expect(ran.output.count == 1 && ran.output[0].hasPrefix("fail ") && ran.output[0].contains(says))
        #expect(ran.output[0].hasSuffix("nante apply --environment dev"))
    }

    @Test func preDeployStopsAProgramForAnotherProcessor() async throws {
        try folder.write("bin/uname", "#!/bin/sh\necho aarch64\n", mode: 0o755)
        let ran = try await run("PreDeploy.sh")
        #expect(
            ran.output == [
                "fail go-app 1.2.5 is built for amd64, dev-app-1 is arm64: nante build go go-app --arch arm64"
            ])
    }

    @Test func preDeployStopsOnAFullDisk() async throws {
        try folder.write("bin/df", "#!/bin/sh\nprintf 'head\\ndev 9 9 2048 1%% /\\n'\n", mode: 0o755)
        let ran = try await run("PreDeploy.sh")
        #expect(ran.code == 1)
        #expect(ran.output[0].hasPrefix("fail dev-app-1 has 2 MiB free in /opt, go-app 1.2.5 needs 5"))
    }

    @Test func preDeployStopsWithoutItsManifest() async throws {
        try DiskFileSystem().remove(folder.path.appending(path: "package/nante.json"))
        let ran = try await run("PreDeploy.sh")
        #expect(ran.code == 1)
        #expect(ran.output[0].hasPrefix("fail nante.json of the package can't be read"))
    }

    private let good = """
        nante-slot {"phase":"locked","ms":4,"active":"blue","version":"1.2.4"}
        nante-slot {"phase":"healthy","ms":310,"slot":"green","tries":"5"}
        nante-slot {"phase":"done","ms":5900,"slot":"green","version":"1.2.5","committed":"yes"}

        """

    @Test func deployCallsTheSlotScriptOnce() async throws {
        let ran = try await run("Deploy.sh", answer: good)
        #expect(ran.code == 0)
        let package = folder.path.appending(path: "package")
        #expect(ran.calls == ["-n /usr/local/sbin/nante-slot deploy go-app 1.2.5 \(package)"])
        #expect(ran.output.prefix(3).joined(separator: "\n") + "\n" == good, "what it says is passed on as it comes")
        #expect(ran.output.contains("set Nante.Slot=green"))
        #expect(ran.output.contains("set Nante.Code=0"))
        #expect(ran.output.contains("set Nante.Phases=locked=4 healthy=310 done=5900"))
        #expect(ran.output.last == "go-app 1.2.5 serves on dev-app-1 in slot green")
    }

    @Test func deployHandsTheBakeOn() async throws {
        try folder.write("variables/Nante.Bake", "0")
        #expect(try await run("Deploy.sh", answer: good).calls[0].hasSuffix("/package --bake 0"))
        try folder.write("variables/Nante.Bake", "0; rm -rf /")
        let ran = try await run("Deploy.sh", answer: good)
        #expect(ran.calls.isEmpty)
        #expect(ran.output == [#"fail the variable Nante.Bake is "0; rm -rf /", not a number of seconds"#])
    }

    private func failed(_ reason: String) -> String {
        """
        nante-slot {"phase":"failed","ms":9,"code":"1","slot":"green","reason":"\(reason)","path":"/healthz",\
        "last":"500 \\"database: connection refused\\"","serves":"1.2.4"}
        nante-slot {"phase":"log","ms":9,"slot":"green","line":"panic: \\"x\\""}

        """
    }

    @Test(arguments: [
        (1, "did not become healthy on dev-app-1; 1.2.4 serves: it hangs, last: 500 \"database: connection"),
        (4, "went bad on dev-app-1 while it was watched; switched back, 1.2.4 serves: it hangs"),
        (2, "can't be deployed on dev-app-1, nothing was switched: it hangs"),
        (137, "ended with 137 on dev-app-1"),
    ])
    func deploySaysWhyItFailed(code: Int, says: String) async throws {
        let ran = try await run("Deploy.sh", answer: failed("it hangs"), code: code)
        #expect(ran.code == 1)
        #expect(ran.output.last?.hasPrefix("fail ") == true)
        #expect(ran.output.last?.contains(says) == true)
        #expect(ran.output.contains("set Nante.Code=\(code)"))
        #expect(ran.output.contains("set Nante.Slot=none"))
    }

    @Test func deploySaysForWhomItCanNotRun() async throws {
        let busy = "nante-slot {\"phase\":\"busy\",\"ms\":1,\"code\":\"75\",\"holder\":\"812 deploys 1.2.6\"}\n"
        let ran = try await run("Deploy.sh", answer: busy, code: 75)
        #expect(ran.output.last == "fail another deployment of go-app runs on dev-app-1: 812 deploys 1.2.6")
    }

    @Test func deployShowsWhatSudoSaid() async throws {
        let ran = try await run("Deploy.sh", answer: "sudo: a password is required\n", code: 1)
        #expect(ran.output.last?.hasSuffix("no older release is there to serve: sudo: a password is required") == true)
    }

    @Test func postDeployLooksOnceMore() async throws {
        let good = #"{"interface":1,"apps":[{"app":"go-app","active":"green","version":"1.2.5","healthy":true}]}"#
        let ran = try await run("PostDeploy.sh", answer: good)
        #expect(ran.code == 0)
        #expect(ran.output == ["highlight go-app 1.2.5 serves on dev-app-1 and is healthy"])
        #expect(ran.calls == ["-n /usr/local/sbin/nante-slot status go-app"])
        for (bad, says) in [
            (good.replacingOccurrences(of: "true", with: "false"), "does not serve a healthy go-app 1.2.5"),
            (good.replacingOccurrences(of: "1.2.5", with: "1.2.50"), "does not serve a healthy go-app 1.2.5"),
            ("sudo: no", "can't be read: sudo: no"),
        ] {
            let ran = try await run("PostDeploy.sh", answer: bad)
            #expect(ran.code == 1)
            #expect(ran.output.last?.contains(says) == true)
        }
    }

    @Test func deployFailedPutsTheHostInOrder() async throws {
        let ran = try await run("DeployFailed.sh")
        #expect(ran.code == 0)
        #expect(ran.calls == ["-n /usr/local/sbin/nante-slot reconcile go-app 1.2.5"])
        let busy = try await run("DeployFailed.sh", code: 75)
        #expect(busy.output.last?.hasSuffix("its next deployment does it") == true)
    }

    @Test(.enabled(if: isInstalled("shellcheck"))) func shellcheckFindsNothing() async throws {
        for script in DeployScripts.all { try await folder.run("shellcheck", ["package/\(script.name)"]) }
    }
}
