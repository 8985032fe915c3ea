import Core
import Deploying
import Foundation
import SSH
import Synchronization
import Testing

@testable import Lab
@testable import Provisioning

@Suite(.serialized, .enabled(if: LXCBench.obstacle == nil, "\(LXCBench.obstacle ?? "")"))
struct ProvisioningOnHostsTests {
    @Test func hostsServeBehindTheBalancer() async throws {
        try await LXCBench.with { bench in
            let registry = ListOfTargets()
            let two = try await bench.provisioner(apps: 2, registry)
            #expect(try await two.apply().names(.host, .create).count == 3)
            let start = ContinuousClock.now
            let again = try await two.apply()
            #expect(again.changes.isEmpty, "\(again.changes)")
            #expect(ContinuousClock.now - start < .seconds(5))
            // Nothing serves yet: the host says so, and a person can tell from what.
            #expect(try await bench.get("dev-lb-1") == "no release of go-app serves on this host\n503")
            for name in ["dev-app-1", "dev-app-2"] { try await bench.serve(name) }
            let answers = try await (1...6).asyncMap { _ in try await bench.get("dev-lb-1") }
            #expect(Set(answers) == ["dev-app-1\n200", "dev-app-2\n200"])
            // A third host stands by: it has nothing to answer with.
            let three = try await bench.provisioner(apps: 3, registry)
            _ = try await three.apply()
            #expect(try await three.plan().changes.isEmpty)
            let still = try await (1...6).asyncMap { _ in try await bench.get("dev-lb-1") }
            #expect(Set(still) == ["dev-app-1\n200", "dev-app-2\n200"])
            // One goes: no request meets it.
            let one = try await bench.provisioner(apps: 1, registry)
            _ = try await one.apply()
            let last = try await (1...4).asyncMap { _ in try await bench.get("dev-lb-1") }
            #expect(Set(last) == ["dev-app-1\n200"])
            #expect(registry.names == ["dev-app-1", "dev-lb-1"])
            #expect(try await bench.hosts.list().map(\.record.name) == ["dev-app-1", "dev-lb-1"])
        }
    }

    @Test func theDeployUserMayOnlySwitchSlots() async throws {
        try await LXCBench.with { bench in
            let provisioner = try await bench.provisioner(apps: 1, ListOfTargets())
            _ = try await provisioner.apply()
            let deploy = try bench.hosts.client(try bench.hosts.find("dev-app-1"), user: "deploy")
            let version = try await deploy.run(["sudo", "-n", SlotScript.path, "version"])
            #expect(version.stdout == "\(SlotScript.interface)\n")
            let status = try await deploy.run(["sudo", "-n", SlotScript.path, "status", "go-app"])
            #expect(status.succeeded, "\(status.stdout) \(status.stderr)")
            for words in [["true"], ["bash"], [SlotScript.path + "/../../../bin/sh"]] {
                #expect(try await deploy.run(["sudo", "-n"] + words).code != 0)
            }
            #expect(try await deploy.run(["test", "-w", "/opt/go-app"]).code != 0)
            #expect(try await deploy.run(["test", "-w", SlotScript.path]).code != 0)
        }
    }

    @Test func driftAndBadConfigurationAreMended() async throws {
        try await LXCBench.with { bench in
            let provisioner = try await bench.provisioner(apps: 1, ListOfTargets())
            _ = try await provisioner.apply()
            let root = try bench.hosts.client(try bench.hosts.find("dev-app-1"))
            _ = try await root.shell(
                "echo junk >/etc/nginx/conf.d/nante-go-app.conf; rm /etc/sudoers.d/nante; systemctl stop nginx")
            let plan = try await provisioner.plan()
            #expect(
                plan.changes.first?.details == [
                    "+ /etc/sudoers.d/nante (was removed by hand)", "~ /etc/nginx/conf.d/nante-go-app.conf",
                    "nginx does not run",
                ])
            _ = try await provisioner.apply()
            #expect(try await provisioner.plan().changes.isEmpty)
            // A file of somebody else's that nginx refuses: ours are put back, and nginx goes on with what it had.
            _ = try await root.shell(
                "echo 'bad' >/etc/nginx/conf.d/other.conf; echo '# x' >>/etc/nginx/conf.d/nante-go-app.conf")
            let failure = await #expect(throws: Failure.self) { _ = try await provisioner.apply() }
            #expect(failure?.description.contains("other.conf") == true)
            #expect(try await root.run(["systemctl", "is-active", "nginx"]).stdout == "active\n")
            _ = try await root.shell("rm /etc/nginx/conf.d/other.conf")
            _ = try await provisioner.apply()
            #expect(try await provisioner.plan().changes.isEmpty)
        }
    }

    @Test func anAppThatIsGoneIsTakenOffItsHosts() async throws {
        try await LXCBench.with { bench in
            let registry = ListOfTargets()
            let other = "  other:\n    kind: package\n    targets: [web]\n"
            let both = try await bench.provisioner(apps: 1, registry, extra: other)
            _ = try await both.apply()
            let root = try bench.hosts.client(try bench.hosts.find("dev-app-1"))
            #expect(try await root.run(["id", "-u", "other"]).succeeded)
            let one = try await bench.provisioner(apps: 1, registry)
            _ = try await one.apply()
            #expect(try await one.plan().changes.isEmpty)
            let left = try await root.shell("ls /etc/nginx/conf.d /etc/nante/apps /etc/systemd/system /etc/tmpfiles.d")
            #expect(!left.stdout.contains("other"))
        }
    }

    /// Cut off anywhere, the script is taken up by the next run.
    @Test func aKilledScriptIsMended() async throws {
        try await LXCBench.with { bench in
            let provisioner = try await bench.provisioner(apps: 1, ListOfTargets())
            _ = try await provisioner.maker.make(
                provisioner.desired.hosts, of: provisioner.desired.hosts, replacing: []
            ) { _ in }
            let root = try bench.hosts.client(try bench.hosts.find("dev-app-1"))
            let planner = provisioner.planner(for: try await provisioner.observe())
            let script = planner.configuration(of: planner.desired.hosts[0]).script
            for milliseconds in [20, 50, 90, 140, 200] {
                let line = """
                    cat >/tmp/s; setsid sh /tmp/s >/dev/null 2>&1 &
                    sleep \(Double(milliseconds) / 1000); kill -KILL -- -$!; true
                    """
                _ = try await root.shell(line, input: script)
            }
            _ = try await provisioner.apply()
            #expect(try await provisioner.plan().changes.isEmpty)
            #expect(try await bench.get("dev-app-1") == "no release of go-app serves on this host\n503")
        }
    }
}

extension LXCBench {
    fileprivate func provisioner(
        apps: Int, _ registry: ListOfTargets, extra: String = ""
    ) async throws -> Provisioner {
        let manifest = try Manifest.parse(
            text: """
                version: 1
                apps:
                  go-app:
                    kind: package
                    health: { path: /healthz, within: 20s }
                    targets: [web]
                \(extra)
                environments:
                  dev:
                    hosts:
                      app: { count: \(apps), kind: lxc, cores: 1, memory: 256MiB, targets: [web] }
                      lb: { count: 1, kind: lxc, cores: 1, memory: 256MiB, targets: [load-balancer] }

                """, file: "nante.yml")
        let publicKey = try await hosts.authorizedKey()
        let key = try await DeployKey.read(hosts.home.sshKey, publicKey: publicKey, user: "deploy", context: context)
        return Provisioner(
            try Desired(manifest, environment: "dev"), maker: LabMaker(lab: hosts), registry: registry,
            slot: SlotProgram(path: SlotScript.path, text: SlotScript.text), key: key, folder: hosts.home.path,
            context: context
        ) { _ in }
    }

    /// What a host answers: the body's last line and the status.
    func get(_ name: String) async throws -> String {
        let address = try hosts.find(name).address
        return try await context.processes.run(
            Command("curl", ["-s", "-m", "5", "-w", "%{http_code}", "http://\(address)/"])
        ).stdout
    }

    /// A release in the blue slot that answers with the host's name.
    func serve(_ name: String) async throws {
        let root = try hosts.client(try hosts.find(name))
        let script = """
            cat >/usr/local/bin/answer <<'EOF'
            use IO::Socket::UNIX; use IO::Select; umask 0007;
            my $s = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => "/run/go-app/blue.sock", Listen => 50) or die;
            while (my $c = $s->accept) {
                while (my $l = <$c>) { last if $l =~ /^\\r?$/ }
                print $c "HTTP/1.0 200 OK\\r\\n\\r\\n\(name)\\n";
                close $c;
            }
            EOF
            systemd-run -q -p User=go-app -p Group=www-data perl /usr/local/bin/answer
            ln -sfn /run/go-app/blue.sock /opt/go-app/sock/current
            for i in $(seq 100); do [ -S /run/go-app/blue.sock ] && break; sleep 0.05; done

            """
        let result = try await root.shell("sh -s", input: script, deadline: .seconds(30))
        #expect(result.succeeded, "\(result.stderr)")
    }
}

/// Targets that are only kept in memory.
private final class ListOfTargets: TargetRegistry {
    private let targets = Mutex<[String: Target]>([:])
    private let prepared = Mutex(false)
    var names: [String] { targets.withLock { $0.keys.sorted() } }

    func state(environment: String, key: DeployKey) async throws -> RegistryState {
        let ready = prepared.withLock { $0 }
        return RegistryState(
            hasEnvironment: ready, account: ready ? .current : .missing,
            targets: targets.withLock { Array($0.values) }, foreign: [])
    }
    func prepare(environment: String, key: DeployKey) async throws { prepared.withLock { $0 = true } }
    func register(_ target: Target, environment: String) async throws {
        targets.withLock { $0[target.name] = target }
    }
    func remove(_ name: String, environment: String) async throws { targets.withLock { $0[name] = nil } }
}

/// The lab's hosts, as the command gives them to provisioning.
private struct LabMaker: HostMaker {
    let lab: Hosts
    let owner = HostOwner(repository: "test/one", environment: "dev")

    func hosts() async throws -> [MadeHost] { try await lab.list().map(made) }
    func make(
        _ wishes: [DesiredHost], of all: [DesiredHost], replacing: Set<String>,
        tell: @escaping @Sendable (String) -> Void
    ) async throws -> [MadeHost] {
        let requests = try wishes.map {
            try HostRequest(
                name: $0.name, spec: try HostSpec(cores: $0.cores, memory: $0.memory, targets: $0.targets),
                owner: owner)
        }
        return try await lab.create(requests, tell: tell).map { made($0.host) }
    }
    func remove(_ names: [String], keeping: [DesiredHost]) async throws { _ = try await lab.delete(names) }
    func root(of host: MadeHost) throws -> SSHClient { try lab.client(try lab.find(host.name)) }
    func lock(_ environment: String, waiting: @escaping @Sendable (String) -> Void) async throws -> any Sendable {
        try await lab.lock(environment: environment, waiting: waiting)
    }
    private func made(_ host: HostStatus) -> MadeHost {
        let record = host.record
        return MadeHost(
            name: record.name, address: record.address, hostKey: record.hostKey ?? "", isRunning: host.isRunning,
            cores: record.spec.cores, memory: record.spec.memory, targets: record.spec.targets,
            isOurs: owner.isSame(as: record.owner), owner: record.owner?.text ?? "")
    }
}
