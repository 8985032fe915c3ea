import Core
import Foundation
import Testing

@testable import Lab

/// `nante plan`, `apply` and `destroy` as a user types them, against the lab's Octopus and real hosts.
@Suite(.serialized, .enabled(if: LXCBench.obstacle == nil, "\(LXCBench.obstacle ?? "")"))
struct ApplyTests {
    @Test func fromNothingAndBack() async throws {
        try await LXCBench.with { bench in
            try bench.writeManifest(apps: 2)
            let plan = try await bench.inRepository("plan", "-e", "dev", "-o", "json", "--detailed-exitcode")
            #expect(plan.code == 1)
            #expect(try JSONValue.parse(plan.stdout)["changes"] == 11)
            #expect(try await bench.hosts.list().isEmpty)
            let first = try await bench.inRepository("apply", "-e", "dev", "-o", "json")
            #expect(first.succeeded, "\(first.stderr)")
            #expect(first.stderr.hasPrefix("starting the lab") || first.stderr.hasPrefix("platform  the lab"))
            let again = try await bench.inRepository("apply", "-e", "dev")
            #expect(again.stderr.contains("dev: no change"))
            // Slack for a shared machine; the target is 2 s.
            #expect(again.duration < .seconds(8))
            #expect(try await bench.targets() == ["dev-app-1 web", "dev-app-2 web", "dev-lb-1 load-balancer"])
            try bench.writeManifest(apps: 1)
            let less = try await bench.inRepository("apply", "-e", "dev")
            #expect(less.stderr.contains("1 changed, 2 removed"), "\(less.stderr)")
            #expect(try await bench.targets() == ["dev-app-1 web", "dev-lb-1 load-balancer"])
            let refused = try await bench.inRepository("destroy", "-e", "dev")
            #expect(refused.code == 4)
            #expect(refused.stdout.contains("dev-app-1"))
            #expect(try await bench.inRepository("destroy", "-e", "dev", "--yes").succeeded)
            #expect(try await bench.targets() == [])
            #expect(try await bench.hosts.list().isEmpty)
        }
    }

    @Test func aKilledApplyIsTakenUp() async throws {
        try await LXCBench.with { bench in
            try bench.writeManifest(apps: 1)
            #expect(try await bench.nante("lab", "up").succeeded)
            for seconds in ["0.2", "0.5", "0.8", "1.2", "1.6", "2.2"] {
                let line = #"cd "$1" && { "$2" apply -e dev >/dev/null 2>&1 & sleep "$3"; kill -9 $!; wait; }"#
                _ = try await bench.context.processes.run(
                    Command("bash", ["-c", line, "bash", bench.repository, LXCBench.binary, seconds]))
            }
            let mended = try await bench.inRepository("apply", "-e", "dev")
            #expect(mended.succeeded, "\(mended.stderr)")
            #expect(try await bench.inRepository("plan", "-e", "dev", "--detailed-exitcode").code == 0)
            #expect(try await bench.targets() == ["dev-app-1 web", "dev-lb-1 load-balancer"])
        }
    }

    @Test func anotherRepositoryIsRefused() async throws {
        try await LXCBench.with { bench in
            try bench.writeManifest(apps: 1)
            #expect(try await bench.inRepository("apply", "-e", "dev").succeeded)
            try bench.writeManifest(apps: 1, repository: bench.repository + "-other")
            let clash = try await bench.context.processes.run(
                Command(LXCBench.binary, ["apply", "-C", bench.repository + "-other", "-e", "dev"]))
            #expect(clash.code == 4, "\(clash.stderr)")
            #expect(clash.stderr.contains("container 1000 dev-app-1 on pmx"))
        }
    }

    @Test func wrongInputStartsNothing() async throws {
        try await LXCBench.with { bench in
            try bench.writeManifest(apps: 1)
            for words in [["plan", "-e", "prd"], ["apply", "-e", "a;b"], ["destroy", "-e", "../x", "--yes"]] {
                let result = try await bench.context.processes.run(
                    Command(LXCBench.binary, words, workingDirectory: bench.repository))
                #expect(result.code == 2, "\(result.stderr)")
            }
            #expect(try LabRecord.load(bench.context) == nil)
        }
    }
}

extension LXCBench {
    var repository: String { hosts.home.path + "/app" }

    func writeManifest(apps: Int, repository: String? = nil) throws {
        let text = """
            version: 1
            apps:
              go-app:
                kind: package
                health: { path: /healthz, within: 20s }
                targets: [web]
            environments:
              dev:
                hosts:
                  app: { count: \(apps), kind: lxc, cores: 1, memory: 256MiB, targets: [web] }
                  lb: { count: 1, kind: lxc, cores: 1, memory: 256MiB, targets: [load-balancer] }

            """
        try context.files.write(text, to: (repository ?? self.repository) + "/nante.yml")
    }

    func inRepository(_ words: String...) async throws -> CommandResult {
        try await context.processes.run(
            Command(LXCBench.binary, words, workingDirectory: repository, deadline: .seconds(180)))
    }

    /// Names and roles of all targets, asked from Octopus itself.
    func targets() async throws -> [String] {
        let record = try #require(try LabRecord.load(context))
        var call = HTTPCall("GET", record.octopus.url + "/api/machines/all")
        call.headers = [("X-Octopus-ApiKey", record.octopus.apiKey)]
        let answer = try JSONValue.parse(try await context.http.send(call).body)
        return (answer.array ?? []).map { machine in
            let roles = (machine["Roles"]?.array ?? []).compactMap(\.string).joined(separator: ",")
            return "\(machine["Name"]?.string ?? "") \(roles)"
        }.sorted()
    }
}
