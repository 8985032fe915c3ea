import Testing
import Values

/// A container's life by the real Terraform.
@Suite(.enabled(if: Workspace.terraform != nil, "Terraform is not here")) struct ContainerTests {
    private static func hcl(cores: Int = 1, _ more: String = "") -> String {
        """
        resource "proxmox_virtual_environment_container" "this" {
          node_name    = "n1"
          vm_id        = 201
          description  = "line"
          tags         = ["b", "a"]
          unprivileged = true
          operating_system {
            template_file_id = "local:vztmpl/a.tar.zst"
            type             = "debian"
          }
          cpu { cores = \(cores) }
          disk {
            datastore_id = "local"
            size         = 8
          }
          features { nesting = true }
          network_interface { name = "eth0" }
          initialization {
            hostname = "c1"
            dns { servers = ["10.0.0.1"] }
            ip_config {
              ipv4 {
                address = "10.0.0.5/24"
                gateway = "10.0.0.1"
              }
            }
            user_account { keys = ["ssh-ed25519 AAAA k"] }
          }
          device_passthrough {
            path = "/dev/net/tun"
            mode = "0666"
          }
          \(more)
        }
        """
    }

    @Test func isMadeReadChangedAndRemoved() async throws {
        try await Workspace.with(Self.hcl()) { work in
            try await work.run("apply", "-auto-approve")
            let state = try await work.attributes("proxmox_virtual_environment_container")
            #expect(state["id"] == "201")
            #expect(state["ipv4"] == .object(["eth0": "10.0.0.5"]))
            #expect(state["network_interface"].array.first?["mac_address"] == "BC:24:11:00:00:01")
            try await work.run("plan", "-detailed-exitcode")

            try work.write(Self.hcl(cores: 2))
            try await work.run("plan", "-detailed-exitcode", status: 2)
            try await work.run("apply", "-auto-approve")
            #expect(work.cluster.changes.last == "PUT nodes/n1/lxc/201/config arch=amd64 cores=2 delete=cpulimit")
            try await work.run("plan", "-detailed-exitcode")

            work.cluster.state.withLock { $0.guests[201]?.config["cores"] = "4" }
            let drift = try await work.run("plan", "-detailed-exitcode", status: 2)
            #expect(drift.contains("cores        = 4 -> 2"))
            work.cluster.state.withLock { $0.guests[201] = nil }
            let gone = try await work.run("plan", "-detailed-exitcode", status: 2)
            #expect(gone.contains("1 to add, 0 to change, 0 to destroy"))
            try await work.run("apply", "-auto-approve")
            try await work.run("destroy", "-auto-approve")
            #expect(work.cluster.state.withLock { $0.guests.isEmpty })
            #expect(
                work.cluster.changes.suffix(2) == [
                    "POST nodes/n1/lxc/201/status/shutdown forceStop=1 timeout=55", "DELETE nodes/n1/lxc/201",
                ])
        }
    }

    @Test func aProtectedOneSaysWhyItStays() async throws {
        try await Workspace.with(Self.hcl(cores: 1, "protection = true")) { work in
            try await work.run("apply", "-auto-approve")
            let refusal = try await work.run("destroy", "-auto-approve", status: 1)
            #expect(refusal.contains("protection mode enabled"))
        }
    }

    @Test func manyAtOnceGetIdentifiersOfTheirOwn() async throws {
        let hcl = """
            resource "proxmox_virtual_environment_container" "many" {
              count     = 12
              node_name = "n1"
              operating_system { template_file_id = "local:vztmpl/a.tar.zst" }
            }
            """
        try await Workspace.with(hcl) { work in
            work.cluster.state.withLock { $0.guests[103] = .init(kind: "lxc", config: [:]) }
            try await work.run("apply", "-auto-approve")
            #expect(work.cluster.state.withLock { $0.guests.count } == 13)
            try await work.run("destroy", "-auto-approve")
            #expect(work.cluster.state.withLock { Array($0.guests.keys) } == [103])
        }
    }

    private static let task = "nodes/n1/tasks/UPID:n1:00000001:00000002:00000003:task:1:root@pam!stub:"

    @Test func anInterruptedOneIsKeptAndMadeAnew() async throws {
        try await Workspace.with(Self.hcl()) { work in
            work.cluster.state.withLock {
                $0.refusals["GET \(Self.task)/status"] = .init(body: "{\"data\":{\"status\":\"running\"}}")
            }
            let outcome = try await work.interrupt("apply", "-auto-approve") { !work.cluster.changes.isEmpty }
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("Terraform asked to stop"), "\(outcome.output)")
            work.cluster.state.withLock { $0.refusals = [:] }
            let plan = try await work.run("plan", "-detailed-exitcode", status: 2)
            #expect(plan.contains("is tainted, so must be replaced"))
            try await work.run("apply", "-auto-approve")
            try await work.run("plan", "-detailed-exitcode")
        }
    }

    @Test func aFailedTaskShowsItsLogAndLeavesNothing() async throws {
        try await Workspace.with(Self.hcl()) { work in
            work.cluster.state.withLock {
                let ended = "{\"data\":{\"status\":\"stopped\",\"exitstatus\":\"no space left\"}}"
                $0.refusals["GET \(Self.task)/status"] = .init(body: ended)
                $0.refusals["GET \(Self.task)/log"] = .init(body: "{\"data\":[{\"n\":1,\"t\":\"extracting a\"}]}")
                let missing = "{\"data\":null,\"message\":\"Configuration file 'x' does not exist\"}"
                $0.refusals["GET nodes/n1/lxc/201/status/current"] = .init(status: 500, body: missing)
            }
            let failure = try await work.run("apply", "-auto-approve", status: 1)
            #expect(failure.contains("Creation of container 201 failed: no space left"))
            #expect(failure.contains("extracting a"))
            #expect(try await work.run("state", "list").isEmpty)
        }
    }

    @Test func somebodyElsesIsLeftAlone() async throws {
        try await Workspace.with(Self.hcl()) { work in
            work.cluster.state.withLock { $0.guests[201] = .init(kind: "lxc", config: ["hostname": "other"]) }
            let failure = try await work.run("apply", "-auto-approve", status: 1)
            #expect(failure.contains("201 already exists"))
            #expect(try await work.run("state", "list").isEmpty)
            #expect(work.cluster.state.withLock { $0.guests[201]?.config["hostname"] } == "other")
        }
    }
}
