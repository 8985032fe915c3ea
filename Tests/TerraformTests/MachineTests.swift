import Core
import Testing

@testable import Terraform

@Suite struct MachineTests {
    @Test func aRequestBecomesTodaysVariables() {
        var request = MachineRequest(app: "web", kind: .lxc)
        request.address = "192.168.20.50"
        request.vmID = 101
        request.suffix = "1a2b"
        request.cores = 2
        request.template = "local:vztmpl/x"
        request.tun = true
        request.others = ["lxc_swap_mb": 0]
        let variables = request.variables
        #expect(
            variables == [
                "app_name": "web", "environment": "dev", "resource_type": "lxc", "vm_target_ip": "192.168.20.50",
                "vm_id": 101, "name_suffix": "1a2b", "vm_cpu_cores": 2, "lxc_template": "local:vztmpl/x",
                "lxc_tun": true, "lxc_swap_mb": 0,
            ])
    }

    @Test func severalMachinesHaveNoSingleAddress() {
        var request = MachineRequest(app: "web", kind: .vm)
        request.address = "192.168.20.50"
        request.instances = ["a": ["ip_address": "192.168.20.51"]]
        #expect(request.variables["vm_target_ip"] == nil)
        #expect(request.variables["instances"]?["a"] != nil)
    }

    @Test(arguments: [
        "", "1web", "web-", "a b", "../x", "default", "web;rm", "${x}", String(repeating: "a", count: 64),
    ])
    func namesThatCantBeAreRefused(name: String) {
        let failure = #expect(throws: Failure.self) { try MachineRequest(app: name, kind: .vm).check() }
        #expect(failure?.exit == .usage)
    }

    @Test func numbersMayBeTextsAsTodaysCallersWriteThem() throws {
        let map = try InstanceMap.parse(
            #"{"pg1": {"ip_address": "192.168.20.80", "cpu_cores": "4", "ram_mb": 4096, "disk_gb": 60}}"#)
        #expect(map["pg1"]?["cpu_cores"] == 4)
        #expect(map["pg1"]?["disk_gb"] == "60")
    }

    @Test(arguments: [
        (#"{"a": {"ip_address": "1.2.3.4"}"#, "line 1"), ("[]", "a list"), (#"{"a": 1}"#, "a is a number"),
        (#"{"a": {"ip": "1.2.3.4"}}"#, "a has an unknown field \"ip\""), (#"{"a": {}}"#, "a has no ip_address"),
        (#"{"a": {"ip_address": 7, "cpu_cores": "many"}}"#, "a.cpu_cores is text"),
        (#"{"a b": {"ip_address": "1.2.3.4"}}"#, "\"a b\" can't be an instance"),
        ("{\n  \"a\": {\n    \"ip_address\": }}", "line 3, column 19"),
        (#"{"a": {"ip_address": "1.2.3.4", "tags": "x"}}"#, "a.tags is text"),
    ])
    func aMalformedMapNamesThePlace(text: String, words: String) {
        let failure = #expect(throws: Failure.self) { try InstanceMap.parse(text) }
        #expect(failure?.exit == .usage)
        #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
    }

    @Test func whatIsKnownIsEnoughToDestroy() throws {
        let state = try TerraformState(
            text: """
                {"version":4,"serial":1,"lineage":"l","resources":[],"outputs":{"inventory":{"value":{
                "a":{"name":"web-a","ip_address":"10.1.0.1","vm_id":101,"resource_type":"lxc","node":"pmx"},
                "b":{"name":"web-b","ip_address":"10.2.0.9","vm_id":102,"resource_type":"vm"}}}}}
                """)
        let known = KnownMachines(state)
        #expect(known["a"]?.vmID == 101)
        let variables = known.variables(app: "web", publicKey: "k")
        #expect(variables["networks"]?["1"]?["gateway"] == "10.1.0.2")
        #expect(variables["instances"]?["b"]?["vlan_tag"] == "2")
        #expect(variables["instances"]?["b"]?["resource_type"] == "vm")
    }

    @Test func theCarriedConfigurationIsPinned() {
        #expect(TerraformProgram.embedded.files.contains { $0.path == "modules/lxc/main.tf" })
        #expect(TerraformProgram.embedded.providerVersion == "0.111.1")
        let changed = TerraformProgram.embedded.adding("main.tf", "")
        #expect(changed.digest != TerraformProgram.embedded.digest)
    }
}
