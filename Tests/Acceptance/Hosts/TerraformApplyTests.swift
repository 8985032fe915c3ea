import Core
import Foundation
import Testing

@testable import Lab

/// `nante plan`, `apply` and `destroy` whose hosts the real terraform makes, on the lab as a Proxmox VE cluster.
@Suite(.serialized, .enabled(if: TerraformBench.obstacle == nil, "\(TerraformBench.obstacle ?? "")"))
struct TerraformApplyTests {
    @Test func fromNothingAndBack() async throws {
        try await LXCBench.with { bench in
            try bench.writeManifest(apps: 2)
            let plan = try await bench.terraform("plan", "-e", "dev", "-o", "json", "--detailed-exitcode")
            #expect(plan.code == 1, "\(plan.stderr)")
            #expect(try await bench.hosts.list().isEmpty)
            let first = try await bench.terraform("apply", "-e", "dev", "-o", "json")
            #expect(first.succeeded, "\(first.stderr)")
            let inventory = try JSONValue.parse(first.stdout)["inventory"]?["hosts"]?.array ?? []
            #expect(inventory.map { $0["vmid"]?.int } == [1000, 1001, 1002])
            #expect(try await bench.hosts.list().compactMap(\.record.vmid).sorted() == [1000, 1001, 1002])
            #expect(try await bench.targets() == ["dev-app-1 web", "dev-app-2 web", "dev-lb-1 load-balancer"])
            for _ in 1...2 {
                let again = try await bench.terraform("apply", "-e", "dev")
                #expect(again.stderr.contains("dev: no change"), "\(again.stderr)")
            }
            try bench.writeManifest(apps: 1)
            let less = try await bench.terraform("apply", "-e", "dev")
            #expect(less.succeeded, "\(less.stderr)")
            #expect(try await bench.hosts.list().map(\.record.name) == ["dev-app-1", "dev-lb-1"])
            let refused = try await bench.terraform("destroy", "-e", "dev")
            #expect(refused.code == 4)
            #expect(refused.stdout.contains("app-dev"))
            let gone = try await bench.terraform("destroy", "-e", "dev", "--yes")
            #expect(gone.succeeded, "\(gone.stderr)")
            #expect(try await bench.hosts.list().isEmpty)
            #expect(try await bench.targets() == [])
            #expect(!bench.context.files.exists(bench.repository + "/.nante/terraform/app-dev"))
        }
    }

    @Test func driftIsMended() async throws {
        try await LXCBench.with { bench in
            try bench.writeManifest(apps: 1)
            #expect(try await bench.terraform("apply", "-e", "dev").succeeded)
            #expect(try await bench.nante("lab", "host", "delete", "dev-app-1").succeeded)
            try await bench.hosts.stop(["dev-lb-1"])
            let plan = try await bench.terraform("plan", "-e", "dev", "--detailed-exitcode")
            #expect(plan.code == 1)
            #expect(plan.stdout.contains("stopped, is started"))
            let mended = try await bench.terraform("apply", "-e", "dev")
            #expect(mended.succeeded, "\(mended.stderr)")
            #expect(try await bench.hosts.list().allSatisfy(\.isRunning))
            #expect(try await bench.terraform("plan", "-e", "dev", "--detailed-exitcode").code == 0)
        }
    }

    @Test func aKilledApplyIsTakenUp() async throws {
        try await LXCBench.with { bench in
            try bench.writeManifest(apps: 1)
            #expect(try await bench.nante("lab", "up").succeeded)
            for seconds in ["0.4", "1.2", "2.4", "3.6"] {
                let line = #"cd "$1" && { "$2" apply -e dev >/dev/null 2>&1 & sleep "$3"; kill -9 $!; wait; }"#
                _ = try await bench.context.processes.run(
                    Command(
                        "bash", ["-c", line, "bash", bench.repository, LXCBench.binary, seconds],
                        environment: .inherit(TerraformBench.variables)))
            }
            let mended = try await bench.terraform("apply", "-e", "dev")
            #expect(mended.succeeded, "\(mended.stderr)")
            #expect(try await bench.terraform("plan", "-e", "dev", "--detailed-exitcode").code == 0)
            #expect(try await bench.targets() == ["dev-app-1 web", "dev-lb-1 load-balancer"])
        }
    }

    /// Hosts that an earlier nante had the lab make directly are nobody's to take: the error names the way.
    @Test func hostsOfAnEarlierNanteAreLeft() async throws {
        try await LXCBench.with { bench in
            try bench.writeManifest(apps: 1)
            let owner = HostOwner(repository: "app", environment: "dev")
            let spec = try HostSpec(memory: 256)
            _ = try await bench.hosts.create([try HostRequest(name: "dev-app-1", spec: spec, owner: owner)]) { _ in }
            let refused = try await bench.terraform("apply", "-e", "dev")
            #expect(refused.code == 4, "\(refused.stderr)")
            #expect(refused.stderr.contains("nante lab host delete dev-app-1"), "\(refused.stderr)")
            #expect(try await bench.hosts.list().map(\.record.name) == ["dev-app-1"])
        }
    }
}

/// What hosts by Terraform need beside hosts.
enum TerraformBench {
    /// Why they can't be made here; nil where they can.
    static let obstacle: String? = {
        if let obstacle = LXCBench.obstacle { return obstacle }
        let runner = SystemProcessRunner(environment: ProcessInfo.processInfo.environment)
        if runner.find("terraform") == nil { return "machines need terraform" }
        return FileManager.default.isExecutableFile(atPath: provider) ? nil : "the stand-in provider is not built"
    }()

    /// The stand-in provider, built.
    static let provider =
        ProcessInfo.processInfo.environment["NANTE_TERRAFORM_PROVIDER"]
        ?? URL(fileURLWithPath: LXCBench.binary).deletingLastPathComponent().appendingPathComponent(
            "../../StandIns/TerraformProvider/.build/debug/nante-terraform-provider"
        ).standardizedFileURL.path

    static let variables: [String: String?] = [
        "NANTE_TERRAFORM_PROVIDER": provider
    ]
}

extension LXCBench {
    /// Runs the command in the repository, with hosts by Terraform.
    fileprivate func terraform(_ words: String...) async throws -> CommandResult {
        try await context.processes.run(
            Command(
                LXCBench.binary, words, environment: .inherit(TerraformBench.variables),
                workingDirectory: repository, deadline: .seconds(240)))
    }
}
