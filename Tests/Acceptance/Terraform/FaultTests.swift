import Core
import Foundation
import Proxmox
import StateStore
import Terraform
import Testing

@testable import Lab

/// `nante terraform` while Proxmox VE or the store of states fails: a clear error, the state kept, the next run mends.
@Suite(.serialized, .enabled(if: LXCBench.machineObstacle == nil, "\(LXCBench.machineObstacle ?? "")"))
struct FaultTests {
    private static let web = ["--app", "web", "--kind", "lxc"]

    /// The next run makes exactly one machine, and the one after it nothing.
    private func mends(_ bench: LXCBench) async throws {
        let mended = try await bench.terraform(["apply"] + Self.web)
        #expect(mended.succeeded, "\(mended.stderr)")
        let plan = try await bench.terraform(["plan", "--detailed-exitcode"] + Self.web)
        #expect(plan.code == 0, "\(plan.stdout)\(plan.stderr)")
        #expect(try await bench.hosts.list().count == 1)
    }

    @Test func aGatewayThatAnswersInsteadIsTold() async throws {
        try await LXCBench.with { bench in
            try await bench.withFaults { proxmox, _ in
                proxmox.set(.answer(502, FaultProxy.page))
                let failed = try await bench.terraform(["apply"] + Self.web)
                #expect(failed.code != 0 && proxmox.broken > 0)
                #expect(failed.stderr.contains("something that is not Proxmox VE"), "\(failed.stderr)")
                proxmox.set(.answer(200, FaultProxy.page), "POST", ending: "/lxc")
                let page = try await bench.terraform(["apply"] + Self.web)
                #expect(page.code != 0 && page.stderr.contains("web was not applied"), "\(page.stderr)")
                let full = #"{"data":null,"message":"zfs error: cannot create 'zfs-vm/subvol-100': out of space\n"}"#
                proxmox.set(.answer(500, full), "POST", ending: "/lxc")
                let refused = try await bench.terraform(["apply"] + Self.web)
                #expect(refused.code == 1 && refused.stderr.contains("the storage is full"), "\(refused.stderr)")
                proxmox.mend()
                try await mends(bench)
            }
        }
    }

    @Test func anAnswerThatIsLostMakesNoSecondMachine() async throws {
        try await LXCBench.with { bench in
            try await bench.withFaults { proxmox, _ in
                proxmox.set(.cut, "POST", ending: "/lxc", times: 1)
                let cut = try await bench.terraform(["apply"] + Self.web)
                #expect(cut.code != 0 && proxmox.broken == 1, "\(cut.stderr)")
                #expect(cut.stderr.contains("web was not applied"), "\(cut.stderr)")
                proxmox.mend()
                try await mends(bench)
            }
        }
    }

    @Test func aTaskWhoseEndIsNotHeardIsTakenUp() async throws {
        try await LXCBench.with { bench in
            try await bench.withFaults { proxmox, _ in
                proxmox.set(.cut, "GET", ending: "/status", times: 50)
                let cut = try await bench.terraform(["apply"] + Self.web)
                #expect(proxmox.broken > 0)
                #expect(cut.succeeded || cut.stderr.contains("web was not applied"), "\(cut.stderr)")
                proxmox.mend()
                try await mends(bench)
            }
        }
    }

    @Test func aSlowServerIsWaitedFor() async throws {
        try await LXCBench.with { bench in
            try await bench.withFaults { proxmox, _ in
                proxmox.set(.late(.seconds(20)), "POST", ending: "/lxc", times: 1)
                try await mends(bench)
                #expect(proxmox.broken == 1)
            }
        }
    }

    @Test func aTokenWithoutARightIsToldWhich() async throws {
        try await LXCBench.with { bench in
            #expect(try await bench.nante("lab", "up").succeeded)
            let record = try #require(try LabRecord.load(bench.context))
            let real = try #require(record.proxmox)
            let token = try await bench.proxmox(real, "POST", "/access/users/nante@pve/token/poor", "privsep=1")
            _ = try await bench.proxmox(
                real, "PUT", "/access/acl", "path=/&tokens=nante@pve!poor&roles=PVEAuditor&propagate=1")
            var poor = record
            poor.proxmox?.tokenID = "nante@pve!poor"
            poor.proxmox?.tokenSecret = try #require(token["value"]?.string)
            try poor.save(bench.context)
            let refused = try await bench.terraform(["apply"] + Self.web)
            #expect(refused.code == 3, "\(refused.stderr)")
            #expect(refused.stderr.contains("lacks the privilege VM.Allocate"), "\(refused.stderr)")
            #expect(try await bench.hosts.list().isEmpty)
            try record.save(bench.context)
            try await mends(bench)
        }
    }

    @Test func aStateThatCannotBeStoredIsStoredByTheNextRun() async throws {
        try await LXCBench.with { bench in
            try await bench.withFaults { _, store in
                #expect(try await bench.terraform(["plan"] + Self.web).succeeded)
                store.set(.answer(403, FaultProxy.page), "PUT", ending: "/terraform.tfstate")
                let failed = try await bench.terraform(["apply"] + Self.web)
                #expect(failed.code != 0 && store.broken > 0, "\(failed.stderr)")
                #expect(failed.stderr.contains("errored.tfstate"), "\(failed.stderr)")
                store.mend()
                let mended = try await bench.terraform(["apply"] + Self.web)
                #expect(mended.stderr.contains("stored the state"), "\(mended.stderr)")
                #expect(mended.stderr.contains("nothing to change"), "\(mended.stderr)")
                try await mends(bench)
            }
        }
    }

    @Test func aDamagedOrDeletedStateComesBack() async throws {
        try await LXCBench.with { bench in
            #expect(try await bench.terraform(["apply"] + Self.web).succeeded)
            let (store, key) = (try bench.store(), StateKey.object(workspace: "web"))
            _ = try await store.put(key, Data("{\"version\": 4, \"ser".utf8))
            let damaged = try await bench.terraform(["apply"] + Self.web)
            #expect(damaged.code == 1, "\(damaged.stderr)")
            #expect(damaged.stderr.contains("nante terraform state restore --app web"), "\(damaged.stderr)")
            let restored = try await bench.terraform(["state", "restore", "--app", "web", "--yes"])
            #expect(restored.succeeded, "\(restored.stderr)")
            try await mends(bench)
            try await store.delete(key)
            for folder in ["w", "another"] {
                let deleted = try await bench.terraform(["apply"] + Self.web, folder: folder)
                #expect(deleted.code == 4, "\(deleted.stderr)")
                #expect(deleted.stderr.contains("nante terraform state restore --app web"), "\(deleted.stderr)")
            }
            #expect(try await bench.terraform(["state", "restore", "--app", "web", "--yes"]).succeeded)
            try await mends(bench)
        }
    }
}

extension LXCBench {
    /// A call of the lab's Proxmox VE.
    func proxmox(_ endpoint: ProxmoxEndpoint, _ method: String, _ path: String, _ form: String) async throws
        -> JSONValue
    {
        let answer = try await context.http.send(
            HTTPCall(
                method, endpoint.url + "/api2/json" + path,
                headers: [
                    ("Authorization", "PVEAPIToken=\(endpoint.tokenID)=\(endpoint.tokenSecret)"),
                    ("Content-Type", "application/x-www-form-urlencoded"),
                ], body: .data(Data(form.utf8)), trust: endpoint.caFile))
        #expect(answer.isSuccess, "\(answer.text)")
        return try JSONValue.parse(answer.text)["data"] ?? .null
    }
}
