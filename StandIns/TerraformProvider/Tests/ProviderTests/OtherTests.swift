import Foundation
import Testing
import Values

/// Pools, files, data sources and troubles by the real Terraform.
@Suite(.enabled(if: Workspace.terraform != nil, "Terraform is not here")) struct OtherTests {
    @Test func poolsAndFilesComeAndGo() async throws {
        let image = FileManager.default.temporaryDirectory.appending(path: "seed-\(UUID().uuidString).iso")
        try Data("hello".utf8).write(to: image)
        defer { try? FileManager.default.removeItem(at: image) }
        let hcl = """
            resource "proxmox_virtual_environment_pool" "lab" {
              pool_id = "lab"
              comment = "c"
            }
            resource "proxmox_download_file" "template" {
              content_type = "vztmpl"
              datastore_id = "local"
              node_name    = "n1"
              url          = "https://127.0.0.1/debian-12.tar.zst"
              file_name    = "debian-12.tar.zst"
            }
            resource "proxmox_virtual_environment_file" "seed" {
              content_type = "iso"
              datastore_id = "local"
              node_name    = "n1"
              source_file { path = "\(image.path)" }
            }
            """
        try await Workspace.with(hcl) { work in
            try await work.run("apply", "-auto-approve")
            #expect(try await work.attributes("proxmox_download_file")["size"] == .int(1234))
            #expect(work.cluster.state.withLock { $0.files.count } == 2)
            try await work.run("plan", "-detailed-exitcode")
            try await work.run("destroy", "-auto-approve")
            #expect(work.cluster.state.withLock { $0.files.isEmpty && $0.pools.isEmpty })
        }
    }

    @Test func dataSourcesAnswer() async throws {
        let hcl = """
            data "proxmox_version" "this" {}
            data "proxmox_virtual_environment_nodes" "this" {}
            data "proxmox_datastores" "this" { node_name = "n1" }
            data "proxmox_virtual_environment_containers" "this" { tags = ["web"] }
            output "all" {
              value = {
                release    = data.proxmox_version.this.release
                nodes      = data.proxmox_virtual_environment_nodes.this.names
                stores     = data.proxmox_datastores.this.datastores[*].id
                containers = data.proxmox_virtual_environment_containers.this.containers[*].name
              }
            }
            """
        try await Workspace.with(hcl) { work in
            work.cluster.state.withLock {
                $0.guests[100] = .init(kind: "lxc", config: ["hostname": "a", "tags": "web;x"])
                $0.guests[101] = .init(kind: "lxc", config: ["hostname": "b"])
            }
            try await work.run("apply", "-auto-approve")
            let all = try JSON(parsing: await work.run("output", "-json", "all").utf8)
            #expect(all["release"] == "9.1")
            #expect(all["nodes"] == .array(["n1"]))
            #expect(all["stores"] == .array(["local"]))
            #expect(all["containers"] == .array(["a"]))
        }
    }

    @Test func anAnswerInHTMLIsExplained() async throws {
        try await Workspace.with("data \"proxmox_version\" \"this\" {}") { work in
            work.cluster.state.withLock {
                $0.refusals["GET version"] = .init(body: "<html>portal</html>", type: "text/html")
            }
            let page = try await work.run("plan", status: 1)
            #expect(page.contains("an answer that is not JSON: <html>portal</html>"))
            work.cluster.state.withLock { $0.refusals["GET version"] = .init(status: 502, body: "<html>bad</html>") }
            let gateway = try await work.run("plan", status: 1)
            #expect(gateway.contains("received an HTTP 502 response - Reason: the server failed: <html>bad</html>"))
        }
    }

    @Test func rulesPointAtTheirLine() async throws {
        let hcl = """
            resource "proxmox_virtual_environment_container" "this" {
              node_name = "n1"
              vm_id     = 5
              cpu { architecture = "mips" }
              operating_system { template_file_id = "nowhere" }
            }
            """
        try await Workspace.with(hcl) { work in
            let problems = try await work.run("validate", status: 1)
            #expect(problems.contains("\"vm_id\" must be at least 100."))
            #expect(problems.contains("expected architecture to be one of"))
            #expect(problems.contains("\"nowhere\" is not a file identifier"))
        }
    }
}
