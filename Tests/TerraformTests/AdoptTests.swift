import Core
import Foundation
import Testing

@testable import Terraform

/// States of today's library, from Tests/Fixtures/today-state.
@Suite struct AdoptTests {
    private func state(_ name: String) throws -> TerraformState {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appending(path: "Fixtures/today-state/\(name).json")
        return try TerraformState(text: try String(contentsOf: file, encoding: .utf8))
    }

    @Test func theOldLayoutBecomesASingleMachine() throws {
        let today = try TodayState(try state("old-vm"), app: "shop")
        let machine = try #require(today.machines.first)
        #expect(today.machines.count == 1)
        #expect(machine.oldAddress == "proxmox_vm_qemu.generic_vm")
        #expect(machine.newAddress == "module.vm[\"default\"].proxmox_virtual_environment_vm.this")
        #expect(machine.importID == "pmx/101")
        let variables = today.variables(publicKey: "k")
        #expect(variables["vm_target_ip"] == "192.168.20.50")
        #expect(variables["hostnames"] == ["default": "shop-vm"])
        #expect(variables["vm_id"] == 101)
        #expect(variables["vm_disk_gb"] == "20G")
        #expect(variables["vm_cpu_cores"] == 2)
        #expect(variables["vlan_tag"] == "20")
        #expect(variables["networks"]?["20"]?["subnet"] == "192.168.20.0/24")
        #expect(variables["networks"]?["20"]?["gateway"] == "192.168.20.1")
        #expect(variables["instances"] == nil)
        #expect(today.forgotten.contains("random_id.vm_suffix"))
        #expect(today.imports.contains("id = \"pmx/101\""))
    }

    /// What stands in a state never becomes more than a name in the configuration.
    @Test func aStateWritesNoConfiguration() throws {
        let text = try state("old-vm").document.text()
        #expect(text.contains("pmx"))
        for evil in ["p${file(1)}", "p\\\"\\n}", "%{x}"] {
            let state = try TerraformState(text: text.replacing("pmx", with: evil))
            let failure = #expect(throws: Failure.self) { try TodayState(state, app: "shop") }
            #expect(failure?.exit == .refused)
        }
    }

    @Test func aKeyedContainerKeepsWhatItIs() throws {
        let today = try TodayState(try state("new-lxc"), app: "cache")
        let variables = today.variables(publicKey: "k")
        #expect(today.machines.map(\.newAddress) == [TerraformResources.address(.lxc, key: "default")])
        #expect(variables["environment"] == "dev")
        #expect(variables["lxc_nesting"] == true)
        #expect(variables["lxc_unprivileged"] == true)
        #expect(variables["lxc_swap_mb"] == 512)
        #expect(variables["dns_domain"] == "example.ts.net")
        #expect(variables["vm_ram_mb"] == 2048)
        #expect(variables["networks"]?["20"]?["dns"] == ["8.8.8.8"])
        #expect(today.forgotten.contains("tailscale_tailnet_key.vm_auth_key[0]"))
    }

    @Test(arguments: [("new-vm-instances", "postgres", 3), ("new-lxc-instances", "dns", 2)])
    func severalKeepTheirKeys(name: String, app: String, count: Int) throws {
        let today = try TodayState(try state(name), app: app)
        let instances = try #require(today.variables(publicKey: "k")["instances"]?.object)
        #expect(instances.count == count)
        for machine in today.machines {
            #expect(instances[machine.key]?["ip_address"]?.string == machine.address)
            #expect(instances[machine.key]?["name"]?.string == machine.name)
            #expect(machine.name.hasSuffix(machine.key))
        }
        #expect(throws: Never.self) { try InstanceMap.parse(JSONValue.object(instances).text()) }
    }

    @Test func whatIsUnknownIsNotForgotten() throws {
        let text = """
            {"version":4,"serial":1,"lineage":"l","resources":[
            {"mode":"managed","type":"proxmox_vm_qemu","name":"generic_vm","instances":[{"attributes":{}}]},
            {"mode":"managed","type":"aws_instance","name":"x","instances":[{"attributes":{}}]}]}
            """
        let failure = #expect(throws: Failure.self) { try TodayState(try TerraformState(text: text), app: "a") }
        #expect(failure?.exit == .refused)
        #expect(failure?.description.contains("aws_instance.x") == true)
    }

    @Test func whatIsMissingIsNamed() throws {
        let text = """
            {"version":4,"serial":1,"lineage":"l","resources":[
            {"mode":"managed","type":"proxmox_lxc","name":"container",
            "instances":[{"attributes":{"id":"pmx/lxc/7","hostname":"a"}}]}]}
            """
        let failure = #expect(throws: Failure.self) { try TodayState(try TerraformState(text: text), app: "a") }
        #expect(failure?.description.contains("address") == true)
    }

    @Test func theNewStateFollowsTheOldOne() throws {
        let old = try state("old-vm")
        let trial = try TerraformState(
            text: """
                {"version":4,"serial":9,"lineage":"trial","resources":[
                {"mode":"managed","type":"t","name":"n","instances":[{"attributes":{}}]}]}
                """)
        let adopted = try Adoption.adopted(from: trial, over: old)
        #expect(adopted["serial"]?.int == old.serial + 1)
        #expect(adopted["lineage"]?.string == old.lineage)
        #expect(throws: Failure.self) { try Adoption.adopted(from: TerraformState(text: ""), over: old) }
    }

    @Test func aPlanThatDestroysIsRefused() throws {
        let today = try TodayState(try state("new-lxc"), app: "cache")
        let json = try JSONValue.parse(
            """
            {"format_version":"1.2","planned_values":{},"resource_changes":[{"address":
            "module.lxc[\\"default\\"].proxmox_virtual_environment_container.this",
            "type":"proxmox_virtual_environment_container","change":{"actions":["delete","create"],
            "before":{"unprivileged":true},"after":{"unprivileged":false},"replace_paths":[["unprivileged"]]}}]}
            """)
        let refusal = Adoption.refusal(of: try TerraformPlan(workspace: "cache", json: json), for: today)
        #expect(refusal?.exit == .refused)
        #expect(refusal?.description.contains("can't be changed in place: unprivileged") == true)
        #expect(refusal?.next == ["--var lxc_unprivileged=true|false"])
        #expect(Adoption.refusal(of: TerraformPlan(workspace: "cache"), for: today) == nil)
    }

    @Test func networksOfAddresses() {
        #expect(Subnet.text(of: "192.168.20.50", prefix: 24) == "192.168.20.0/24")
        #expect(Subnet.text(of: "10.9.130.7", prefix: 23) == "10.9.130.0/23")
        #expect(Subnet.text(of: "10.9.131.7", prefix: 23) == "10.9.130.0/23")
    }
}
