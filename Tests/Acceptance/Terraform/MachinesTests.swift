import Core
import Foundation
import StateStore
import Terraform
import Testing

@testable import Lab

/// `nante terraform` as a user types it: the real terraform, the lab's Proxmox VE and store of states, real hosts.
@Suite(.serialized, .enabled(if: LXCBench.machineObstacle == nil, "\(LXCBench.machineObstacle ?? "")"))
struct MachinesTests {
    @Test func fromNothingAndBack() async throws {
        try await LXCBench.with { bench in
            let web = ["--app", "web", "--kind", "lxc"]
            let plan = try await bench.terraform(["plan"] + web + ["-o", "json", "--detailed-exitcode"])
            #expect(plan.code == 1, "\(plan.stderr)")
            #expect(try JSONValue.parse(plan.stdout)["summary"] == "1 to make")
            let made = try await bench.terraform(["apply"] + web)
            #expect(made.succeeded, "\(made.stderr)")
            let again = try await bench.terraform(["apply"] + web)
            #expect(again.stderr.contains("web: nothing to change"), "\(again.stderr)")
            let host = try #require(try await bench.hosts.list().first)
            #expect(host.isRunning)
            let address = try await bench.terraform(["output", "--app", "web", "--name", "vm_target_ip"])
            #expect(address.stdout == host.record.address + "\n")
            #expect(try await bench.terraform(["drift", "--app", "web"]).code == 0)
            _ = try await bench.hosts.delete([host.record.name])
            let drift = try await bench.terraform(["drift", "--app", "web"])
            #expect(drift.code == 1, "\(drift.stderr)")
            #expect(drift.stdout.contains("gone"))
            #expect(try await bench.terraform(["apply"] + web).succeeded)
            #expect(try await bench.hosts.list().map(\.record.name) == [host.record.name])
        }
    }

    @Test func nothingIsDestroyedUnasked() async throws {
        try await LXCBench.with { bench in
            let web = ["--app", "web", "--kind", "lxc"]
            let made = try await bench.terraform(["apply", "--prevent-destroy"] + web)
            #expect(made.succeeded, "\(made.stderr)")
            let protected = try await bench.terraform(["destroy", "--app", "web", "--yes"])
            #expect(protected.code == 4, "\(protected.stderr)")
            #expect(protected.stderr.contains("is protected"))
            #expect(try await bench.terraform(["apply", "--no-prevent-destroy"] + web).succeeded)
            let unasked = try await bench.terraform(["destroy", "--app", "web"])
            #expect(unasked.code == 4)
            #expect(unasked.stdout.contains("delete"))
            let replaced = try await bench.terraform(["apply", "--no-unprivileged"] + web)
            #expect(replaced.code == 4, "\(replaced.stderr)")
            #expect(replaced.stderr.contains("unprivileged"))
            #expect(try await bench.hosts.list().count == 1)
            #expect(try await bench.terraform(["destroy", "--app", "web", "--yes"]).succeeded)
            #expect(try await bench.hosts.list().isEmpty)
        }
    }

    @Test func whatIsKilledIsTakenUp() async throws {
        try await LXCBench.with { bench in
            #expect(try await bench.nante("lab", "up").succeeded)
            let folder = bench.hosts.home.path + "/w"
            try bench.context.files.makeDirectory(folder)
            // Of nante or of terraform, in turn.
            for (place, seconds) in ["0.4", "1.0", "1.4", "1.8", "2.2", "2.6", "3.0"].enumerated() {
                let line = #"""
                    cd "$1"; "$2" terraform apply --app web --kind lxc >/dev/null 2>&1 & sleep "$3"
                    if [ "$4" = 1 ]; then kill -9 "$(cat .nante/terraform/web/terraform.pid)"; else kill -9 $!; fi
                    wait
                    """#
                _ = try await bench.context.processes.run(
                    Command("bash", ["-c", line, "bash", folder, LXCBench.binary, seconds, "\(place % 2)"]))
            }
            let mended = try await bench.terraform(["apply", "--app", "web", "--kind", "lxc"])
            #expect(mended.succeeded, "\(mended.stderr)")
            let plan = try await bench.terraform(["plan", "--app", "web", "--kind", "lxc", "--detailed-exitcode"])
            #expect(plan.code == 0, "\(plan.stdout)\(plan.stderr)")
            #expect(try await bench.hosts.list().count == 1)
        }
    }

    @Test func twoAtOnceMakeItOnce() async throws {
        try await LXCBench.with { bench in
            #expect(try await bench.nante("lab", "up").succeeded)
            let words = ["apply", "--app", "web", "--kind", "lxc", "--name", "web-1", "--vm-id", "120"]
            let address = "\(bench.hosts.network.gateway.dropLast(1))40"
            async let one = bench.terraform(words + ["--ip", address], folder: "one")
            async let two = bench.terraform(words + ["--ip", address], folder: "two")
            let results = try await [one, two]
            #expect(results.contains { $0.succeeded }, "\(results.map(\.stderr))")
            #expect(results.allSatisfy { [0, 1, 5].contains($0.code) }, "\(results.map(\.stderr))")
            let last = try await bench.terraform(words + ["--ip", address], folder: "one")
            #expect(last.stderr.contains("nothing to change"), "\(last.stderr)")
            #expect(try await bench.hosts.list().count == 1)
        }
    }

    @Test func aLockOfAnotherIsNamed() async throws {
        try await LXCBench.with { bench in
            #expect(try await bench.nante("lab", "up").succeeded)
            let locks = StateLocks(try bench.store())
            let lock = StateLock(
                id: "5b3a", operation: "OperationTypeApply", who: "anna@build-1", version: "1.11.4",
                created: "2026-11-24T09:00:00Z", path: "terraform-state/env:/web/terraform.tfstate")
            try await locks.take(StateKey.object(workspace: "web"), lock, next: [])
            let held = try await bench.terraform(["apply", "--app", "web", "--kind", "lxc"])
            #expect(held.code == 5, "\(held.stderr)")
            #expect(held.stderr.contains("anna@build-1"))
            #expect(held.stderr.contains("nante terraform unlock --app web 5b3a"))
            #expect(try await bench.terraform(["unlock", "--app", "web"]).code == 4)
            #expect(try await bench.terraform(["unlock", "--app", "web", "other", "--yes"]).code == 4)
            #expect(try await bench.terraform(["unlock", "--app", "web", "5b3a", "--yes"]).succeeded)
            #expect(try await bench.terraform(["plan", "--app", "web", "--kind", "lxc"]).succeeded)
        }
    }

    @Test func machinesOfTodaysLibraryAreAdopted() async throws {
        try await LXCBench.with { bench in
            let prefix = String(bench.hosts.network.gateway.dropLast(1))
            let seed = try await bench.terraform([
                "apply", "--app", "seed", "--kind", "lxc", "--name", "cache-dev-07e4", "--vm-id", "201", "--ip",
                prefix + "70", "--cores", "2", "--memory", "2048", "--disk", "8", "--vlan", "20", "--nesting",
                "--storage", "zfs-vm",
            ])
            #expect(seed.succeeded, "\(seed.stderr)")
            let store = try bench.store()
            try await store.delete(StateKey.object(workspace: "seed"))
            // The seed has no keyctl.
            let fixture = try bench.fixture("new-lxc").replacing("192.168.20.", with: prefix)
                .replacing("\"keyctl\": true", with: "\"keyctl\": false")
            _ = try await store.put(StateKey.object(workspace: "cache"), Data(fixture.utf8))
            let refused = try await bench.terraform(["apply", "--app", "cache", "--kind", "lxc"])
            #expect(refused.code == 4, "\(refused.stderr)")
            #expect(refused.stderr.contains("nante terraform adopt --app cache"))
            let asked = try await bench.terraform(["adopt", "--app", "cache"])
            #expect(asked.code == 4, "\(asked.stderr)")
            let adopted = try await bench.terraform(["adopt", "--app", "cache", "--yes"])
            #expect(adopted.succeeded, "\(adopted.stderr)")
            #expect(adopted.stderr.contains("cache: nothing to change"), "\(adopted.stderr)")
            #expect(try await bench.terraform(["adopt", "--app", "cache"]).stderr.contains("adopted already"))
            #expect(try await bench.hosts.list().map(\.record.name) == ["cache-dev-07e4"])
        }
    }
}

extension LXCBench {
    /// Why machines can't be made by terraform here; nil where they can.
    static let machineObstacle: String? = {
        if let obstacle { return obstacle }
        let context = Context.live()
        if context.processes.find("terraform") == nil { return "machines need terraform" }
        guard StandInProvider.find(executable: LXCBench.binary, context: context) == nil else { return nil }
        return "machines need the provider or its stand-in"
    }()

    /// Runs `nante terraform …` in a folder below the lab's own.
    ///
    /// - Parameter settings: those of servers, in place of the lab.
    func terraform(
        _ words: [String], folder name: String = "w", settings: [String: String] = [:]
    ) async throws -> CommandResult {
        let folder = hosts.home.path + "/" + name
        try context.files.makeDirectory(folder)
        var variables: [String: String?] = settings
        if let named = ProcessInfo.processInfo.environment["NANTE_TERRAFORM_PROVIDER"] {
            variables["NANTE_TERRAFORM_PROVIDER"] = named
        }
        return try await context.processes.run(
            Command(
                LXCBench.binary, ["terraform"] + words, environment: .inherit(variables), workingDirectory: folder,
                deadline: .seconds(180)))
    }

    /// The lab's store of states.
    func store() throws -> S3Client {
        let record = try #require(try LabRecord.load(context))
        return S3Client(try #require(record.state), context: context)
    }

    func fixture(_ name: String) throws -> String {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: tests.appending(path: "Fixtures/today-state/\(name).json"), encoding: .utf8)
    }
}
