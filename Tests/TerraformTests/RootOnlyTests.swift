import Core
import Terraform
import Testing

/// What Proxmox VE lets only root with its password do.
@Suite struct RootOnlyTests {
    private static let root = ProxmoxEndpoint(
        url: "https://pve:8006", tokenID: "a@pve!t", tokenSecret: "token-secret", caFile: nil, username: "root@pam",
        password: "root-password")

    @Test(arguments: [
        (#"{"resource_type": "lxc"}"#, [String]()), (#"{"resource_type": "lxc", "lxc_nesting": true}"#, []),
        (#"{"resource_type": "lxc", "lxc_unprivileged": false}"#, []),
        (#"{"resource_type": "vm", "lxc_tun": true}"#, []), (#"{"lxc_tun": true}"#, []),
        (#"{"resource_type": "lxc", "lxc_tun": true}"#, ["lxc_tun"]),
        (#"{"resource_type": "lxc", "lxc_tun": "true", "lxc_fuse": true}"#, ["lxc_fuse", "lxc_tun"]),
        (#"{"resource_type": "lxc", "lxc_features_docker": true}"#, ["lxc_features_docker"]),
        (#"{"resource_type": "lxc", "lxc_keyctl": true}"#, ["lxc_keyctl"]),
        (#"{"resource_type": "lxc", "lxc_keyctl": true, "lxc_unprivileged": false}"#, []),
        (
            #"{"resource_type": "lxc", "lxc_nesting": true, "lxc_unprivileged": false}"#,
            ["lxc_nesting with lxc_unprivileged=false"]
        ),
        (
            #"""
            {"resource_type": "vm", "lxc_tun": true, "instances": {
             "a": {"ip_address": "10.0.0.1"}, "b": {"ip_address": "10.0.0.2", "resource_type": "lxc"},
             "c": {"ip_address": "10.0.0.3", "resource_type": "lxc", "lxc_tun": false}}}
            """#, ["b: lxc_tun"]
        ), ("null", []),
    ])
    func theVariablesTell(text: String, options: [String]) throws {
        #expect(RootOnly.options(try JSONValue.parse(text)) == options)
    }

    private static func plan(_ actions: String, before: String, after: String) throws -> TerraformPlan {
        try TerraformPlan(
            workspace: "web",
            json: try JSONValue.parse(
                #"""
                {"format_version": "1.2", "planned_values": {}, "resource_changes": [{
                 "address": "module.lxc[\"web\"].proxmox_virtual_environment_container.this", "mode": "managed",
                 "type": "proxmox_virtual_environment_container",
                 "change": {"actions": [\#(actions)], "before": \#(before), "after": \#(after)}}]}
                """#))
    }

    @Test func aPlanTellsOnlyWhatItChanges() throws {
        let plain = #"{"unprivileged": true, "features": [{"nesting": true, "keyctl": false, "fuse": false}]}"#
        let docker = #"{"unprivileged": true, "features": [{"nesting": true, "keyctl": true, "mount": null}]}"#
        let tun = #"{"unprivileged": true, "device_passthrough": [{"path": "/dev/net/tun", "mode": "0666"}]}"#
        let privileged = #"{"unprivileged": false, "features": [{"nesting": true}]}"#
        let cases: [(String, String, String, [String])] = [
            (#""create""#, "null", plain, []), (#""create""#, "null", docker, ["web: keyctl"]),
            (#""create""#, "null", tun, ["web: device /dev/net/tun"]),
            (#""create""#, "null", privileged, ["web: nesting of a privileged container"]),
            (#""update""#, docker, docker, []), (#""no-op""#, tun, tun, []),
            (#""update""#, plain, docker, ["web: keyctl"]), (#""update""#, docker, plain, ["web: keyctl"]),
            (#""update""#, tun, plain, ["web: devices"]),
            (#""delete", "create""#, docker, docker, ["web: keyctl"]), (#""delete""#, tun, "null", []),
        ]
        for (actions, before, after, options) in cases {
            let found = RootOnly.options(try Self.plan(actions, before: before, after: after))
            #expect(found == options, "\(actions) \(before) \(after)")
        }
    }

    @Test func theProviderGetsOneLogin() {
        let all = TerraformEndpoints(proxmox: Self.root, state: nil)
        let usual = TerraformEnvironment.variables(
            of: ["PROXMOX_VE_PASSWORD": "x", "PROXMOX_VE_USERNAME": "y"],
            proxmox: all.fitting(["resource_type": "lxc"]).proxmox, state: nil)
        #expect(usual["PROXMOX_VE_API_TOKEN"] == "a@pve!t=token-secret")
        #expect(usual["PROXMOX_VE_PASSWORD"] == .some(nil) && usual["PROXMOX_VE_USERNAME"] == .some(nil))
        let asked: JSONValue = ["resource_type": "lxc", "lxc_tun": true]
        let root = TerraformEnvironment.variables(of: [:], proxmox: all.fitting(asked).proxmox, state: nil)
        #expect(root["PROXMOX_VE_API_TOKEN"] == .some(nil))
        #expect(root["PROXMOX_VE_USERNAME"] == "root@pam" && root["PROXMOX_VE_PASSWORD"] == "root-password")
        var had = all
        had.isRootWanted = true
        #expect(had.fitting(.null).proxmox?.password == "root-password")
        var other = all
        other.proxmox?.username = "anna@pve"
        #expect(other.fitting(asked).proxmox?.password == nil)
        let failure = RootOnly.refusal(["lxc_tun"], other.proxmox)
        #expect(failure.exit == .missing)
        #expect(failure.description.contains("PROXMOX_USERNAME is anna@pve"))
        #expect(!failure.description.contains("root-password"))
    }

    @Test func aStateTellsWhatItsMachinesHave() throws {
        func state(_ attributes: String) throws -> TerraformState {
            try TerraformState(
                text: #"""
                    {"version": 4, "resources": [{"mode": "managed", "name": "this", "module": "module.lxc[\"web\"]",
                     "type": "proxmox_virtual_environment_container", "provider": "p",
                     "instances": [{"attributes": \#(attributes)}]}]}
                    """#)
        }
        let nesting = try state(#"{"unprivileged": true, "features": [{"nesting": true}]}"#)
        let device = try state(#"{"unprivileged": true, "device_passthrough": [{"path": "/dev/fuse"}]}"#)
        #expect(!RootOnly.isIn(nesting))
        #expect(RootOnly.isIn(device))
    }
}
