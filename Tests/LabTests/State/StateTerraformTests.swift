import Core
import Foundation
import GRDB
import Testing

@testable import Lab
@testable import StateStore

/// The real terraform, with what is built into it only.
@Suite(.enabled(if: StatePrograms.isInstalled("terraform"))) struct StateTerraformTests {
    /// A folder with a configuration, and terraform in it.
    private struct Bench {
        let rig: StateRig
        let folder: String
        let environment: [String: String]

        init(_ rig: StateRig, backend: String) throws {
            self.rig = rig
            folder = rig.lab.home.path.appending(path: "tf")
            let (url, user) = (rig.lab.url("state"), rig.lab.keys.stateUser ?? "")
            let password = rig.lab.keys.statePassword ?? ""
            environment = [
                "PATH": rig.context.environment["PATH"] ?? "", "HOME": folder, "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_ACCESS_KEY_ID": user, "AWS_SECRET_ACCESS_KEY": password, "TF_HTTP_USERNAME": user,
                "TF_HTTP_PASSWORD": password, "TF_HTTP_ADDRESS": url + "/http/web",
                "TF_HTTP_LOCK_ADDRESS": url + "/http/web", "TF_HTTP_UNLOCK_ADDRESS": url + "/http/web",
                "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1",
            ]
            let text = """
                terraform {
                \(backend.replacing("URL", with: url))
                }
                variable "names" {
                  type    = list(string)
                  default = ["a"]
                }
                resource "terraform_data" "it" {
                  for_each = toset(var.names)
                  input    = "in-the-open-${each.key}"
                }
                """
            try rig.context.files.write(text, to: folder.appending(path: "main.tf"))
        }

        func callAsFunction(_ arguments: String..., input: String? = nil) async throws -> CommandResult {
            try await rig.context.processes.run(
                Command(
                    "terraform", arguments, environment: .exact(environment), workingDirectory: folder,
                    input: input, deadline: .seconds(120)))
        }

        func apply(_ names: String) async throws {
            let result = try await self("apply", "-auto-approve", "-no-color", "-var", "names=\(names)")
            #expect(result.succeeded, "\(result.stdout.suffix(500)) \(result.stderr.suffix(1500))")
        }
    }

    private static let s3 = """
          backend "s3" {
            bucket = "terraform-state"
            key = "terraform.tfstate"
            region = "us-east-1"
            use_path_style = true
            use_lockfile = true
            skip_credentials_validation = true
            skip_metadata_api_check = true
            skip_region_validation = true
            skip_requesting_account_id = true
            endpoints = { s3 = "URL" }
          }
        """

    @Test func theS3BackendWithLockFile() async throws {
        try await StateRig.with { rig in
            let terraform = try Bench(rig, backend: Self.s3)
            #expect(try await terraform("init", "-no-color").succeeded)
            #expect(try await terraform("workspace", "new", "web").succeeded)
            try await terraform.apply("[\"a\"]")
            try await terraform.apply("[\"a\",\"b\"]")
            let key = StateKey.object(workspace: "web")
            let before = try StateDocument(try #require(try await rig.client.get(key)).body)
            #expect(before.addresses == ["terraform_data.it[\"a\"]", "terraform_data.it[\"b\"]"])

            let locks = StateLocks(rig.client)
            let held = StateLock(
                id: "8697c5e2-0e40-540d-0fb0-1b6f3a00e62a", who: "anna@build-1", created: "2026-11-24T09:00:00Z")
            try await locks.take(key, held, next: [])
            let second = try await terraform("apply", "-auto-approve", "-no-color")
            #expect(!second.succeeded)
            #expect(second.stderr.contains("anna@build-1"), "\(second.stderr)")
            #expect(try await terraform("force-unlock", "-force", held.id).succeeded)
            #expect(try await locks.find(key) == nil)

            let pulled = try await terraform("state", "pull").stdout
            #expect(try StateDocument(Data(pulled.utf8)).serial == before.serial)
            #expect(try await terraform("state", "push", "-", input: pulled).succeeded)

            try await deletedAndDamaged(rig, terraform, key)
            #expect(try await terraform("workspace", "list").stdout.contains("web"))
            #expect(try await terraform("workspace", "select", "default").succeeded)
            #expect(try await terraform("workspace", "delete", "-force", "web").succeeded)
            #expect(try await rig.client.list().isEmpty)
        }
    }

    private func restore(_ rig: StateRig, _ terraform: Bench, _ key: String) async throws {
        let versions = StateVersions(rig.client, context: rig.context)
        let way = try await versions.plan(key, version: nil, next: [])
        _ = try await versions.restore(way, who: "me", next: [])
        let plan = try await terraform("plan", "-no-color", "-detailed-exitcode", "-var", "names=[\"a\",\"b\"]")
        #expect(plan.succeeded, "\(plan.stdout.suffix(1000)) \(plan.stderr.suffix(1000))")
    }

    private func deletedAndDamaged(_ rig: StateRig, _ terraform: Bench, _ key: String) async throws {
        try await rig.client.delete(key)
        try await restore(rig, terraform, key)
        try await rig.lab.environment.database.write {
            try $0.execute(
                sql: "UPDATE state_piece SET sealed = zeroblob(60) WHERE id = (SELECT MAX(id) FROM state_piece)")
        }
        let damaged = try await terraform("plan", "-no-color")
        #expect(!damaged.succeeded)
        #expect(damaged.stderr.contains("ObjectDamaged"), "\(damaged.stderr)")
        try await restore(rig, terraform, key)
    }

    @Test func theHTTPBackend() async throws {
        try await StateRig.with { rig in
            let terraform = try Bench(rig, backend: "  backend \"http\" {}")
            #expect(try await terraform("init", "-no-color").succeeded)
            try await terraform.apply("[\"a\"]")
            let lock = StateLock(id: "8697c5e2-0e40-540d-0fb0-1b6f3a00e62a", who: "anna@build-1").json.text()
            #expect(try await rig.backend("LOCK", "/web", lock).status == 200)
            let second = try await terraform("apply", "-auto-approve", "-no-color")
            #expect(!second.succeeded)
            // It names the lock that is in the way; its "Lock Info" is its own attempt's.
            #expect(second.stderr.contains("ID=8697c5e2-0e40-540d-0fb0-1b6f3a00e62a"), "\(second.stderr)")
            #expect(
                try await terraform("force-unlock", "-force", "8697c5e2-0e40-540d-0fb0-1b6f3a00e62a").succeeded)
            try await terraform.apply("[\"a\",\"b\"]")
            let pulled = try await terraform("state", "pull").stdout
            #expect(try StateDocument(Data(pulled.utf8)).addresses.count == 2)
            #expect(try await terraform("state", "push", "-", input: pulled).succeeded)
            let store = rig.client(bucket: "http")
            let versions = StateVersions(store, context: rig.context)
            #expect(try await rig.backend("DELETE", "/web").status == 200)
            _ = try await versions.restore(try await versions.plan("web", version: nil, next: []), who: "me", next: [])
            let plan = try await terraform("plan", "-no-color", "-detailed-exitcode", "-var", "names=[\"a\",\"b\"]")
            #expect(plan.succeeded, "\(plan.stdout.suffix(1000))")
        }
    }
}
