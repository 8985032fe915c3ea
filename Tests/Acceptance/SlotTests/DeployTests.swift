import Core
import Foundation
import Testing

extension DeployingOnHosts {
    /// A release's whole way over the lab: provisioning, build, publish, release, deploy, status, rollback.
    @Suite struct DeployTests {
        /// A repository of the example application with a lab and hosts of its own.
        private struct Site {
            let context: Context
            let folder: String

            func nante(_ words: [String]) async throws -> CommandResult {
                try await context.processes.run(
                    Command(SlotHost.nante, words, workingDirectory: folder, deadline: .seconds(180)))
            }

            func must(_ words: [String]) async throws {
                let result = try await nante(words)
                guard result.succeeded else {
                    throw Failure(
                        .failed, "nante \(words.joined(separator: " ")) ended with \(result.code)",
                        evidence: [result.stdout, result.stderr])
                }
            }

            /// A new commit, its package and its release.
            func release(_ version: String, settings: String = "FAULT=") async throws {
                let script = """
                    set -e
                    sed -i '/^FAULT/d' app.env; printf '%s\\n' '\(settings)' >>app.env
                    git add -A
                    git -c user.name=test -c user.email=test@example.com commit -qm 'Make \(version)' --allow-empty
                    git tag v\(version)
                    """
                try await context.processes.check(
                    Command("bash", ["-c", script], workingDirectory: folder), what: "no commit")
                try await must(["build", "go", "go-app"])
                try await must(["publish", "go-app"])
                try await must(["octopus", "release", "create", "--project", "go-app", "--version", version])
            }

            func deploy(_ version: String, _ more: [String] = []) async throws -> CommandResult {
                try await nante(
                    ["deploy", "go-app", "--environment", "dev", "--release", version, "--output", "json"] + more)
            }

            /// Steady GETs by curl while something happens; answers other than 200.
            func bad(at url: String, while work: () async throws -> Void) async throws -> [String] {
                let file = folder.appending(path: "traffic.txt")
                let script = "while :; do curl -s -m 5 -o /dev/null -w '%{http_code}\\n' \(url)/version >>\(file); done"
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try? await context.processes.run(Command("bash", ["-c", script])) }
                    try await work()
                    group.cancelAll()
                }
                // The end of the script may cut the last one.
                let answers = try context.files.readText(file).split(separator: "\n").dropLast().map(String.init)
                try context.files.remove(file)
                #expect(answers.count > 20)
                return answers.filter { $0 != "200" }
            }
        }

        private func withSite(_ body: (Site) async throws -> Void) async throws {
            var context = Context.live()
            let top = "/tmp/nante-site-\(context.random.hex(bytes: 4))"
            for name in context.environment.keys where name.hasPrefix("OCTOPUS_") || name.hasPrefix("NEXUS_") {
                context.environment[name] = nil
            }
            context.environment["NANTE_HOME"] = top + "/lab"
            let network = try TestNetwork()
            defer { withExtendedLifetime(network) {} }
            context.environment.merge(network.settings) { $1 }
            if context.environment["NANTE_IMAGES"] == nil, context.files.isDirectory("/var/cache/nante/images") {
                context.environment["NANTE_IMAGES"] = "/var/cache/nante/images"
            }
            context.processes = SystemProcessRunner(environment: context.environment)
            let script = """
                set -e
                mkdir -p \(top) && cp -r \(SlotHost.root)/examples/go-app \(top)/repo
                cd \(top)/repo && rm -rf dist .nante
                sed -i 's/bake: 5s/bake: 2s/; s/within: 10s/within: 4s/' nante.yml
                git init -q . && git add -A
                """
            try await context.processes.check(Command("bash", ["-c", script]), what: "no repository")
            let site = Site(context: context, folder: top + "/repo")
            func takeAway() async {
                _ = try? await site.nante(["lab", "down"])
                _ = try? await site.nante(["lab", "reset", "--all", "--yes"])
                try? context.files.remove(top)
            }
            do { try await body(site) } catch {
                await takeAway()
                throw error
            }
            await takeAway()
        }

        @Test func releasesComeGoodAndBadAndAreTakenBack() async throws {
            try await withSite { site in
                try await site.must(["apply", "--environment", "dev"])
                try await site.must(["octopus", "project", "apply", "octopus.yml"])
                try await site.release("1.0.0")
                let first = try await site.deploy("1.0.0", ["--watch", "1s"])
                #expect(first.code == 0, "\(first.stdout)\(first.stderr)")
                let url = try #require(try JSONValue.parse(first.stdout)["url"]?.string)
                let again = try JSONValue.parse(try await site.deploy("1.0.0").stdout)
                #expect(again["result"] == "unchanged")

                try await site.release("1.1.0")
                try await site.release("1.2.0", settings: "FAULT=unhealthy")
                try await site.release("1.3.0", settings: "FAULT=crash-later\nFAULT_AFTER=5s")
                let bad = try await site.bad(at: url) {
                    let good = try await site.deploy("1.1.0", ["--watch", "1s"])
                    #expect(good.code == 0, "\(good.stderr)")
                    let data = try JSONValue.parse(good.stdout)
                    #expect(data["requests"]?["requests"]?["total"]?["failed"] == 0)
                    #expect(data["requests"]?["requests"]?["total"]?["unknown_outcome"] == 0)

                    let unhealthy = try await site.deploy("1.2.0")
                    #expect(unhealthy.code == 1)
                    #expect(
                        unhealthy.stderr.contains(
                            "go-app 1.2.0 did not become healthy on dev-app-1 (dev); 1.1.0 serves."))
                    #expect(unhealthy.stderr.contains("last: 500 \"database: connection refused\""))
                    #expect(unhealthy.stderr.contains("\"Make 1.2.0\""))

                    let crash = try await site.deploy("1.3.0", ["--watch", "10s"])
                    #expect(crash.code == 1)
                    #expect(crash.stderr.contains("1.1.0 serves"), "\(crash.stderr)")

                    let back = try await site.nante(["rollback", "go-app", "-e", "dev", "--output", "json"])
                    #expect(back.code == 0, "\(back.stderr)")
                    // 1.2.0 and 1.3.0 were found bad, and 1.1.0 is the one that is left.
                    #expect(try JSONValue.parse(back.stdout)["version"] == "1.0.0")
                }
                #expect(bad.isEmpty, "\(bad)")
                let status = try await site.nante(["status", "--check", "--output", "json"])
                #expect(status.code == 0, "\(status.stderr)")
                let rows = try JSONValue.parse(status.stdout).array ?? []
                #expect(rows.count == 2 && rows.allSatisfy { $0["version"] == "1.0.0" && $0["healthy"] == true })
            }
        }
    }
}
