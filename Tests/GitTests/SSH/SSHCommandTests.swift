import Core
import Testing

@testable import SSH

@Suite struct SSHCommandTests {
    let options = SSHOptions(
        identityFile: "/k/id", knownHostsFile: "/k/known hosts", configFile: "none",
        connectTimeout: .milliseconds(2500), controlFolder: "/run/n")

    @Test func runHasTheWholeCommandLine() throws {
        let target = try SSHTarget(host: "10.87.0.11", port: 2222, user: "deploy")
        let command = SSHCommands.run("uname -a", at: target, options)
        #expect(command.program == "ssh")
        #expect(
            command.arguments == [
                "-F", "none", "-oBatchMode=yes", "-oLogLevel=ERROR", "-oStrictHostKeyChecking=yes",
                "-oPasswordAuthentication=no", "-oKbdInteractiveAuthentication=no", "-oConnectTimeout=3",
                "-oServerAliveInterval=5", "-oServerAliveCountMax=3", "-oForwardAgent=no",
                "-oUserKnownHostsFile=\"/k/known hosts\"", "-oGlobalKnownHostsFile=/dev/null", "-oUpdateHostKeys=no",
                "-i", "/k/id", "-oIdentitiesOnly=yes", "-oControlMaster=auto", "-oControlPath=/run/n/%C",
                "-oControlPersist=60", "-p", "2222", "-l", "deploy", "-T", "-n", "--", "10.87.0.11", "uname -a",
            ])
    }

    @Test func inputKeepsStandardInputOpen() throws {
        let target = try SSHTarget(host: "app-1", user: "root")
        let command = SSHCommands.run("sh -s", at: target, SSHOptions(), input: "echo 1")
        #expect(!command.arguments.contains("-n"))
        #expect(command.input == "echo 1")
        #expect(command.arguments.contains("-oControlPath=none"))
        #expect(!command.arguments.contains { $0.contains("KnownHosts") })
    }

    @Test func interactiveAsksAndQuotes() throws {
        let target = try SSHTarget(host: "app-1", user: "root")
        let command = SSHCommands.interactive(["ls", "a b"], at: target, SSHOptions(), terminal: true)
        #expect(command.arguments.suffix(4) == ["-t", "--", "app-1", "ls 'a b'"])
        #expect(!command.arguments.contains("-oBatchMode=yes"))
    }

    @Test func copyKeepsLocalNamesLocal() throws {
        let target = try SSHTarget(host: "fe80::1", port: 2222, user: "root")
        let command = SSHCommands.copy(["a:b", "/c"], to: "/opt/x y", at: target, SSHOptions(), recursive: true)
        #expect(command.arguments.suffix(5) == ["-r", "--", "./a:b", "/c", "root@[fe80::1]:/opt/x y"])
        #expect(command.arguments.prefix(3) == ["-q", "-B", "-s"])
    }

    @Test func uploadRenamesInTheEnd() throws {
        let lines = SSHCommands.upload("/l/a\"b", to: "/r/c", mode: 0o755, mark: "1f")
        #expect(
            lines == [
                #"put "/l/a\"b" "/r/c.tmp.1f""#, #"chmod 755 "/r/c.tmp.1f""#, #"rename "/r/c.tmp.1f" "/r/c""#,
            ])
        #expect(SSHCommands.upload("/l/a\nb", to: "/r/c", mode: nil, mark: "1f") == nil)
    }

    @Test func keyscanAndKeygen() throws {
        let target = try SSHTarget(host: "app-1", port: 23, user: "root")
        let scan = SSHCommands.keyscan(target, timeout: .seconds(4))
        #expect(scan.arguments == ["-T", "4", "-p", "23", "-t", "ed25519", "app-1"])
        #expect(SSHCommands.fingerprint("k", .md5).arguments == ["-l", "-E", "md5", "-f", "-"])
    }

    @Test(arguments: ["", "-oProxyCommand=x", "a b", "a;b", "a\nb", "$(x)", "ä"])
    func hostileHostsAreRefused(_ text: String) {
        #expect(throws: Failure.self) { try SSHTarget(host: text, user: "root") }
        #expect(throws: Failure.self) { try SSHTarget(host: "app-1", user: text) }
    }

    @Test func portsAreChecked() {
        #expect(throws: Failure.self) { try SSHTarget(host: "a", port: 0, user: "root") }
        #expect(throws: Failure.self) { try SSHTarget(host: "a", port: 65_536, user: "root") }
    }
}
