import Core
import Foundation
import Testing

@testable import Lab

/// Who may call, and what.
@Suite struct ProxmoxAccessTests {
    @Test func strangersAreTurnedAway() async throws {
        try await ProxmoxRig.with { rig in
            #expect(rig.lab.url("proxmox").hasPrefix("https://"))
            for (name, value, expected) in [
                ("Accept", "*/*", "No ticket"),
                ("Authorization", "PVEAPIToken=nante@pve!lab=wrong", "invalid token value!"),
                ("Authorization", "PVEAPIToken=nante@pve!x=y", "no such token 'x' for user 'nante@pve'"),
                ("Authorization", "PVEAPIToken=nobody@pve!x=y", "no such user ('nobody@pve')"),
                ("Cookie", "PVEAuthCookie=PVE:root@pam:0::AAAA", "permission denied - invalid PVE ticket"),
            ] {
                let answer = try await rig.call("GET", "/nodes", headers: [(name: name, value: value)])
                let message = try JSONValue.parse(answer.body)["message"]?.string
                #expect(answer.status == 401 && message == expected + "\n")
            }
        }
    }

    @Test func aPasswordGivesATicketThatWritesOnlyWithItsToken() async throws {
        try await ProxmoxRig.with { rig in
            let wrong = try await rig.refusal("POST", "/access/ticket", ["username": "root@pam", "password": "no"])
            #expect(wrong == "401 authentication failure")
            let password = rig.lab.keys.proxmoxPassword ?? ""
            let given = try await rig.data(
                "POST", "/access/ticket", ["username": "root@pam", "password": password])
            let ticket = try #require(given["ticket"]?.string)
            let forgery = try #require(given["CSRFPreventionToken"]?.string)
            let cookie = (name: "Cookie", value: "PVEAuthCookie=" + ProxmoxRig.escape(ticket))
            #expect(try await rig.call("GET", "/nodes", headers: [cookie]).status == 200)
            #expect(try await rig.call("POST", "/pools", ["poolid": "a"], headers: [cookie]).status == 401)
            let both = [cookie, (name: "CSRFPreventionToken", value: forgery)]
            #expect(try await rig.call("POST", "/pools", ["poolid": "a"], headers: both).status == 200)
            let again = try await rig.data("POST", "/access/ticket", ["username": "root@pam", "password": ticket])
            #expect(again["username"]?.string == "root@pam")
            // Root itself may do what no token may.
            var form = ProxmoxRig.form(201, "a", "10.87.0.51").map { ($0.key, $0.value) }.filter { $0.0 != "features" }
            form += [("features", "nesting=1,keyctl=1"), ("dev0", "/dev/net/tun")]
            let text = form.map { "\($0.0)=\(ProxmoxRig.escape($0.1))" }.joined(separator: "&")
            let answer = try await rig.lab.context.http.send(
                HTTPCall(
                    "POST", rig.lab.url("proxmox") + "/api2/json/nodes/pmx/lxc",
                    headers: both + [("Content-Type", "application/x-www-form-urlencoded")],
                    body: .data(Data(text.utf8)), trust: rig.lab.home.authority))
            #expect(answer.status == 200, "\(answer.text)")
        }
    }

    @Test func aTokenWithFewRightsIsToldWhichOneIsMissing() async throws {
        try await ProxmoxRig.with { rig in
            let made = try await rig.data("POST", "/access/users/nante@pve/token/few", ["privsep": "1"])
            let token = "nante@pve!few=\(made["value"]?.string ?? "")"
            func grant(_ path: String, _ role: String) async throws {
                _ = try await rig.data("PUT", "/access/acl", ["path": path, "roles": role, "tokens": "nante@pve!few"])
            }
            let form = ProxmoxRig.form(201, "a", "10.87.0.51")
            func tried() async throws -> String { try await rig.refusal("POST", "/nodes/pmx/lxc", form, token: token) }
            #expect(try await tried() == "403 Permission check failed (/vms/201, VM.Allocate)")
            try await grant("/vms", "PVEVMAdmin")
            #expect(try await tried() == "403 Permission check failed (/storage/zfs-vm, Datastore.AllocateSpace)")
            try await grant("/storage/zfs-vm", "PVEDatastoreUser")
            #expect(
                try await tried()
                    == "403 Permission check failed (/storage/local, Datastore.Audit|Datastore.AllocateSpace)")
            try await grant("/storage/local", "PVEDatastoreUser")
            #expect(try await tried() == "403 Permission check failed (/sdn/zones/localnetwork/vmbr0, SDN.Use)")
            try await grant("/sdn/zones", "PVESDNUser")
            #expect(try await rig.task("POST", "/nodes/pmx/lxc", form, token: token) == "OK")
            #expect(
                try await rig.refusal("GET", "/nodes/pmx/status", token: token)
                    == "403 Permission check failed (/nodes/pmx, Sys.Audit)")
            let rights = try await rig.data("GET", "/access/permissions", ["path": "/vms/201"], token: token)
            #expect(rights["/vms/201"]?["VM.Allocate"]?.int == 1 && rights["/vms/201"]?["Sys.Audit"] == nil)
            // It is not its user: it makes itself no token with more.
            let own = "/access/users/nante@pve/token"
            for (method, path) in [("GET", own), ("POST", own + "/more"), ("DELETE", own + "/few")] {
                #expect(
                    try await rig.refusal(method, path, token: token)
                        == "403 Permission check failed (/access/groups, User.Modify)")
            }
            _ = try await rig.data("DELETE", "/access/users/nante@pve/token/few")
            #expect(try await rig.call("GET", "/nodes", token: token).status == 401)
        }
    }

    @Test func whatIsNotServedSaysSo() async throws {
        try await ProxmoxRig.with { rig in
            let answer = try await rig.call("GET", "/cluster/ha/groups")
            #expect(answer.status == 501)
            let body = try JSONValue.parse(answer.body)
            #expect(body["data"] == .null && body["message"]?.string?.contains("/cluster/ha/groups") == true)
        }
    }
}
