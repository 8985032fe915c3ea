import Core
import Foundation
import Synchronization
import Testing

/// All tests that deploy to real hosts, one after the other: time is measured in them.
@Suite(.serialized, .enabled(if: SlotHost.missing == nil, "needs root, lxc, go and curl")) enum DeployingOnHosts {}

/// A real LXC host with the slot script, an nginx in front, and the example application in as many versions as asked.
///
/// The host is set up here by hand and not by provisioning: what the script relies on is written down once more.
struct SlotHost: Sendable {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    static let nante = root.appending(path: ".build/debug/nante")
    /// What is in the way of running these tests; nil where nothing is.
    static let missing: String? = {
        let live = Context.live()
        if getuid() != 0 { return "needs root" }
        if live.environment["NANTE_NO_HOSTS"] != nil { return "NANTE_NO_HOSTS is set" }
        if !live.files.exists(nante) { return "nante is not built" }
        return ["lxc-start", "go", "curl"].first { live.processes.find($0) == nil }.map { "\($0) is not installed" }
    }()

    let name: String
    let address: String
    let context: Context

    /// Makes a host, runs the body, and takes away all that was made.
    static func with(_ name: String, _ body: (SlotHost) async throws -> Void) async throws {
        var context = Context.live()
        let home = "/tmp/nante-slots-\(context.random.hex(bytes: 4))"
        context.environment["NANTE_HOME"] = home
        let network = try TestNetwork()
        defer { withExtendedLifetime(network) {} }
        context.environment.merge(network.settings) { $1 }
        if context.environment["NANTE_IMAGES"] == nil, context.files.isDirectory("/var/cache/nante/images") {
            context.environment["NANTE_IMAGES"] = "/var/cache/nante/images"
        }
        context.processes = SystemProcessRunner(environment: context.environment)
        let made = try await context.processes.run(
            Command(nante, ["lab", "host", "create", name, "--output", "json"], deadline: .seconds(600)))
        do {
            guard made.succeeded, let address = try JSONValue.parse(made.stdout)[0]?["address"]?.string else {
                throw Failure(.failed, "no host was made", evidence: [made.stdout, made.stderr])
            }
            let host = SlotHost(name: name, address: address, context: context)
            try await host.prepare()
            try await body(host)
        } catch {
            await takeAway(name, home, context)
            throw error
        }
        await takeAway(name, home, context)
    }

    private static func takeAway(_ name: String, _ home: String, _ context: Context) async {
        // Images of another folder are not this lab's own and stay.
        _ = try? await context.processes.run(Command(nante, ["lab", "reset", "--all", "--yes"]))
        try? context.files.remove(home)
    }

    // MARK: The host

    /// Runs a script as root on the host.
    @discardableResult
    func root(_ script: String, environment: [String: String] = [:]) async throws -> CommandResult {
        let variables = environment.map { "\($0.key)=\($0.value)" }.sorted()
        return try await context.processes.run(
            Command(
                SlotHost.nante,
                ["lab", "host", "exec", name, "--", "env"] + variables + ["bash", "-c", script],
                deadline: .seconds(120)))
    }

    /// Runs a script as the deploy user on the host.
    @discardableResult
    func deploy(_ script: String) async throws -> CommandResult {
        try await context.processes.run(
            Command(
                SlotHost.nante,
                ["lab", "host", "exec", name, "--", "su", "-", "deploy", "-c", script], deadline: .seconds(120)))
    }

    /// Runs nante-slot by sudo as the deploy user.
    func slot(_ words: String) async throws -> CommandResult {
        try await deploy("sudo -n /usr/local/sbin/nante-slot \(words)")
    }

    /// Deploys a version as the deploy user, who made the package.
    func release(_ version: String, fault: String = "", options: String = "") async throws -> CommandResult {
        try await package(version, fault: fault)
        return try await slot("deploy demo \(version) /home/deploy/pkg/\(version) \(options)")
    }

    /// Makes a package; versions are nine characters long, as the place for them in the program is.
    func package(_ version: String, fault: String = "") async throws {
        let settings = fault.isEmpty ? "" : "FAULT=\(fault)"
        let made = try await deploy(
            """
            set -e; d=/home/deploy/pkg/\(version); rm -rf "$d"; mkdir -p "$d/bin"
            sed 's/9\\.999\\.999/\(version)/g' /opt/app >"$d/bin/demo"; chmod 755 "$d/bin/demo"
            printf '%s\\n' 'DRAIN=5s' '\(settings)' >"$d/app.env"; echo '{"version":"\(version)"}' >"$d/nante.json"
            echo 'exit 0' >"$d/Deploy.sh"
            """)
        guard made.succeeded else { throw Failure(.failed, "no package", evidence: [made.stderr]) }
    }

    /// What `nante-slot status` says of the application.
    func status() async throws -> JSONValue {
        let result = try await slot("status demo")
        guard let app = try JSONValue.parse(result.stdout)["apps"]?[0] else {
            throw Failure(.failed, "no status", evidence: [result.stdout, result.stderr])
        }
        return app
    }

    /// The version that nginx gives to the world.
    func served() async throws -> String {
        let answer = try? await context.http.send(HTTPCall("GET", "http://\(address)/version"))
        return (try? JSONValue.parse(answer?.body ?? Data()))?["version"]?.string ?? "nothing"
    }

    /// Steady GET and POST by curl, one connection each, while something happens; the counts by answer.
    func traffic(while work: () async throws -> Void) async throws -> [String: Int] {
        let counts = Counts()
        let script = """
            while :; do
                curl -s -m 5 -o /dev/null -w 'GET %{http_code}\\n' http://\(address)/version
                curl -s -m 5 -o /dev/null -w 'POST %{http_code}\\n' -d '{"item":"tea","quantity":1}' \
                    http://\(address)/orders
            done
            """
        let context = context
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try? await context.processes.run(Command("bash", ["-c", script])) { line in
                    // A request that the end of the script cut has no status.
                    if !line.text.hasSuffix(" 000") || !counts.isOver { counts.add(line.text) }
                }
            }
            try await work()
            counts.end()
            group.cancelAll()
        }
        return counts.all
    }

    private final class Counts: Sendable {
        private let state = Mutex<(counts: [String: Int], over: Bool)>(([:], false))
        var all: [String: Int] { state.withLock { $0.counts } }
        var isOver: Bool { state.withLock { $0.over } }
        func add(_ answer: String) { state.withLock { $0.counts[answer, default: 0] += 1 } }
        func end() { state.withLock { $0.over = true } }
    }

    // MARK: Its set-up

    private func prepare() async throws {
        try await build()
        let script = try context.files.read(SlotHost.root.appending(path: "Sources/Deploying/Host/nante-slot"))
        let setUp = try await put(script, at: "/usr/local/sbin/nante-slot")
        let made = try await root(SlotHost.setUp)
        guard setUp.succeeded, made.succeeded else {
            throw Failure(.failed, "the host is not set up", evidence: [setUp.stderr, made.stderr])
        }
    }

    private func build() async throws {
        let home = context.environment["NANTE_HOME"] ?? "/tmp"
        let file = home.appending(path: "example-app")
        try await context.processes.check(
            Command(
                "go", ["build", "-trimpath", "-ldflags", "-s -w -X main.version=9.999.999", "-o", file, "."],
                environment: .inherit(["CGO_ENABLED": "0", "GOFLAGS": ""]),
                workingDirectory: SlotHost.root.appending(path: "examples/go-app")), what: "no example application")
        let put = try await put(try context.files.read(file), at: "/opt/app")
        guard put.succeeded else { throw Failure(.failed, "no program on the host", evidence: [put.stderr]) }
    }

    private func put(_ data: Data, at path: String) async throws -> CommandResult {
        try await context.processes.run(
            Command(
                SlotHost.nante,
                ["lab", "host", "exec", name, "--", "sh", "-c", "base64 -d >\(path) && chmod 755 \(path)"],
                input: data.base64EncodedString(), deadline: .seconds(60)))
    }

    private static let setUp = #"""
        set -e
        useradd --system --no-create-home --shell /usr/sbin/nologin demo
        echo 'deploy ALL=(root) NOPASSWD: /usr/local/sbin/nante-slot' >/etc/sudoers.d/nante
        chmod 440 /etc/sudoers.d/nante
        mkdir -p /etc/nante/apps /opt/demo/releases /opt/demo/slots /opt/demo/sock
        printf '%s\n' APP=demo HEALTH_PATH=/healthz VERSION_PATH=/version WITHIN=3 BAKE=1 KEEP=3 DRAIN=5 \
            >/etc/nante/apps/demo.conf
        echo 'd /run/demo 0750 demo www-data' >/etc/tmpfiles.d/demo.conf
        systemd-tmpfiles --create /etc/tmpfiles.d/demo.conf
        cat >/etc/systemd/system/demo@.service <<'EOF'
        [Unit]
        Description=demo in slot %i
        StartLimitIntervalSec=0
        [Service]
        Type=exec
        User=demo
        Group=www-data
        UMask=0007
        Restart=on-failure
        RestartSec=100ms
        KillMode=mixed
        TimeoutStopSec=30
        WorkingDirectory=/opt/demo/slots/%i
        EnvironmentFile=-/opt/demo/slots/%i/app.env
        Environment=SOCKET=/run/demo/%i.sock
        ExecStart=/opt/demo/slots/%i/bin/demo
        [Install]
        WantedBy=multi-user.target
        EOF
        cat >/etc/nginx/sites-enabled/default <<'EOF'
        upstream demo {
            server unix:/opt/demo/sock/current max_fails=0;
            server unix:/opt/demo/sock/previous backup max_fails=0;
        }
        server {
            listen 80 default_server;
            location / {
                proxy_pass http://demo;
                proxy_connect_timeout 300ms;
                proxy_next_upstream error timeout;
            }
            error_page 502 504 =503 /_503.html;
            location = /_503.html { internal; add_header Retry-After 1 always; return 503 "no release yet\n"; }
        }
        EOF
        systemctl daemon-reload
        systemctl enable --now nginx
        systemctl restart nginx
        """#
}
