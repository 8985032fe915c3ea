import Core
import Foundation
import Testing

@testable import Provisioning

@Suite struct ConfigurationTests {
    let runner = SystemProcessRunner(environment: ProcessInfo.processInfo.environment)

    func configuration(_ extra: String = "", host place: Int = 0) throws -> HostConfiguration {
        let desired = try Desired(try ProvisionBench.manifest(extra: extra), environment: "dev")
        let host = desired.hosts[place]
        let backends = ["10.0.0.11", "10.0.0.12"].map { Backend(address: $0, isIdle: false) }
        return HostConfiguration(
            apps: desired.apps(on: host),
            balanced: host.isBalancer ? desired.apps.map { .init(app: $0, backends: backends) } : nil,
            slot: ProvisionBench.slot, deployKey: "ssh-ed25519 AAAA it's a key")
    }

    static let second = """
          other:
            kind: package
            targets: [web]
        """

    @Test func theHostSiteFollowsTheLink() throws {
        let site = try #require(try configuration().files.first { $0.path == "/etc/nginx/conf.d/nante-go-app.conf" })
        #expect(
            site.text.contains(
                """
                upstream nante-go-app {
                    server unix:/opt/go-app/sock/current max_fails=0;
                    server unix:/opt/go-app/sock/previous backup max_fails=0;
                }
                """))
        #expect(site.text.contains("listen 80 default_server;"))
        #expect(site.text.contains("error_page 502 504 =503 /_503.html;"))
        #expect(!site.text.contains("keepalive"))
    }

    @Test func theBalancerRetriesWhatMayBeRepeated() throws {
        let site = try #require(try configuration(host: 2).files.last)
        #expect(site.path == "/etc/nginx/conf.d/nante-lb_go-app.conf")
        for line in [
            "server 10.0.0.11:80 max_fails=0;", "server 10.0.0.12:80 max_fails=0;",
            "proxy_next_upstream error timeout http_502 http_503 http_504;", "proxy_next_upstream_tries 2;",
            "proxy_connect_timeout 300ms;", "server_name go-app go-app.*;",
        ] { #expect(site.text.contains(line)) }
        #expect(!site.text.contains("non_idempotent"))
        #expect(!site.text.contains("keepalive"))
    }

    @Test func onlyTheFirstAppAnswersForUnknownNames() throws {
        for place in [0, 2] {
            let sites = try configuration(ConfigurationTests.second, host: place).files.filter {
                $0.path.hasPrefix("/etc/nginx/conf.d/nante-")
            }
            #expect(sites.count == 2)
            #expect(sites.map { $0.text.contains("default_server") } == [true, false])
        }
    }

    @Test func theFilesOfAnApp() throws {
        let files = try configuration().files
        let conf = try #require(files.first { $0.path == "/etc/nante/apps/go-app.conf" })
        #expect(conf.text.contains("APP=go-app\nHEALTH_PATH=/healthz\nVERSION_PATH=/version\nWITHIN=20\n"))
        let unit = try #require(files.first { $0.path == "/etc/systemd/system/go-app@.service" })
        for line in [
            "User=go-app", "Group=www-data", "UMask=0007", "Type=exec", "Restart=on-failure", "RestartSec=100ms",
            "StartLimitIntervalSec=0", "KillMode=mixed", "WorkingDirectory=/opt/go-app/slots/%i",
            "EnvironmentFile=-/opt/go-app/slots/%i/app.env", "Environment=SOCKET=/run/go-app/%i.sock",
            "ExecStart=/opt/go-app/slots/%i/bin/go-app",
        ] { #expect(unit.text.contains(line + "\n")) }
        let sudoers = try #require(files.first { $0.kind == .sudoers })
        #expect(sudoers.text.contains("deploy ALL=(root) NOPASSWD: /usr/local/sbin/nante-slot\n"))
        #expect(sudoers.mode == 0o440)
    }

    @Test func seconds() {
        #expect(AppFiles.seconds(.seconds(20)) == "20")
        #expect(AppFiles.seconds(.milliseconds(1500)) == "1.500")
        #expect(AppFiles.seconds(.milliseconds(50)) == "0.050")
    }

    @Test(arguments: [0, 2])
    func theScriptIsAShellScript(_ place: Int) async throws {
        let script = try configuration(ConfigurationTests.second, host: place).script
        for shell in ["sh", "bash"] {
            let result = try await runner.run(Command(shell, ["-n"], input: script))
            #expect(result.succeeded, "\(result.stderr)")
        }
        #expect(try await runner.run(Command("sh", ["-n"], input: HostProbe.script)).succeeded)
        #expect(script.contains(#"' sh 'ssh-ed25519 AAAA it'\''s a key'"#))
    }

    @Test func theFingerprintIsOfAllThatTheScriptDoes() throws {
        let one = try configuration()
        #expect(try configuration().fingerprint == one.fingerprint)
        #expect(try configuration(ConfigurationTests.second).fingerprint != one.fingerprint)
        #expect(one.script.contains("nante 1 \(one.fingerprint)\n"))
    }

    @Test func aFileThatHoldsTheMarkIsStillWhole() throws {
        var configuration = try configuration()
        configuration = HostConfiguration(
            apps: [], balanced: nil, slot: SlotProgram(path: "/s", text: "\(ProvisionScript.mark)\nx\n"),
            deployKey: "k")
        #expect(configuration.script.contains("<<'\(ProvisionScript.mark)-'\n\(ProvisionScript.mark)\nx\n"))
    }

    @Test(
        .enabled(if: SystemProcessRunner(environment: [:]).find("nginx") != nil, "needs nginx"), arguments: [0, 2])
    func nginxTakesTheConfiguration(_ place: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/nante-nginx-\(SystemRandom().hex(bytes: 6))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let disk = DiskFileSystem()
        let files = try configuration(ConfigurationTests.second, host: place).files.filter { $0.kind == .nginx }
        for file in files { try disk.write(file.text, to: folder + "/" + file.path.lastPathComponent) }
        try disk.makeDirectory(folder + "/logs")
        let text = """
            pid \(folder)/pid;
            error_log stderr;
            include \(folder)/90-nante.conf;
            events {}
            http {
                access_log off;
                include \(folder)/00-nante.conf;
                include \(folder)/nante-*.conf;
            }

            """
        try disk.write(text.replacingOccurrences(of: "listen 80", with: "listen 18999"), to: folder + "/nginx.conf")
        let result = try await runner.run(
            Command("nginx", ["-t", "-p", folder, "-c", folder + "/nginx.conf"], deadline: .seconds(20)))
        #expect(result.succeeded, "\(result.stderr)")
    }
}

@Suite struct DesiredTests {
    @Test func hostsAreNamedByEnvironmentGroupAndNumber() throws {
        let desired = try Desired(try ProvisionBench.manifest(), environment: "dev")
        #expect(desired.hosts.map(\.name) == ["dev-app-1", "dev-app-2", "dev-lb-1"])
        #expect(desired.hosts.map(\.isBalancer) == [false, false, true])
        #expect(throws: Failure.self) { try Desired(try ProvisionBench.manifest(), environment: "prd") }
    }

    @Test(arguments: ["root", "systemd", "www-data", "nginx", "user"].filter { $0 != "www-data" })
    func namesThatHostsHaveAreRefused(_ name: String) throws {
        let manifest = try ProvisionBench.manifest(extra: "  \(name):\n    kind: package\n    targets: [web]\n")
        let failure = #expect(throws: Failure.self) { try Desired(manifest, environment: "dev") }
        #expect(failure?.exit == .usage)
    }

    @Test func aBalancerRunsNoApp() throws {
        let manifest = try ProvisionBench.manifest(extra: "  x:\n    kind: package\n    targets: [load-balancer]\n")
        #expect(throws: Failure.self) { try Desired(manifest, environment: "dev") }
    }
}

@Suite struct ProbeTests {
    @Test func reads() {
        let lines = [
            "nante 1 abc", "file missing /a", "file foreign /b", "file 01 /b", "file 02 /c", "nginx active",
            "serving go-app", "end",
        ]
        let probe = HostProbe.parse(lines)
        #expect(probe?.fingerprint == "abc")
        #expect(probe?.digests == ["/a": "missing", "/b": "foreign", "/c": "02"])
        #expect(probe?.hasNginx == true)
        #expect(probe?.serving == ["go-app"])
        #expect(HostProbe.parse(Array(lines.dropLast())) == nil)
        #expect(HostProbe.parse(["end"]) == HostProbe())
    }
}
