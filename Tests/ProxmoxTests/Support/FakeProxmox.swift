import Core
import Foundation
import Synchronization

@testable import Proxmox

/// A node `pmx` with a container and a VM, answering as PVE 9 does, strict about what it is asked.
final class FakeProxmox: HTTPSender {
    private let state = Mutex((containers: [Int: String](), polls: 0))

    func download(_ call: HTTPCall, to path: String) async throws -> HTTPAnswer { try await send(call) }

    func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        let authorization = call.headers.first { $0.name == "Authorization" }?.value
        guard authorization == "PVEAPIToken=nante@pve!ci=\(ProxmoxEndpoint.secret)" else {
            return HTTPAnswer(status: 401)
        }
        let parts = call.path.split(separator: "/").map { String($0).removingPercentEncoding ?? "" }
        if call.method != "GET" { return change(call, parts) }
        if let fixed = FakeProxmox.fixed[call.path] { return .data(fixed) }
        switch parts.first {
        case "cluster": return nextID(call)
        case "access": return .data(["/vms": ["VM.Allocate": 1, "VM.Audit": 1]])
        case "nodes" where parts.count >= 5 && parts[2] == "tasks":
            if parts[4] == "log" { return .data([["n": 1, "t": "TASK OK"]]) }
            let polls = state.withLock { state in
                state.polls += 1
                return state.polls
            }
            let task = TaskID(parts[3])
            var status: JSONValue = [
                "upid": .string(parts[3]), "node": "pmx", "pid": 1, "pstart": 1, "starttime": 1,
                "type": .string(task?.type ?? ""), "id": .string(task?.subject ?? ""), "user": "nante@pve!ci",
                "status": .string(polls % 3 == 0 ? "stopped" : "running"),
            ]
            if polls % 3 == 0, case .object(var members) = status {
                members["exitstatus"] = "OK"
                status = .object(members)
            }
            return .data(status)
        case "nodes" where parts.count >= 5 && parts[2] == "lxc": return made(Int(parts[3]) ?? 0, parts[4])
        default: return .refusal(501, "Method 'GET \(call.path)' not implemented")
        }
    }

    private func nextID(_ call: HTTPCall) -> HTTPAnswer {
        guard call.place.hasSuffix("vmid=101") else { return .data("102") }
        return .refusal(
            400, "Parameter verification failed.", errors: ["vmid": "VM 101 already exists"])
    }

    private func made(_ id: Int, _ what: String) -> HTTPAnswer {
        guard let status = state.withLock({ $0.containers[id] }) else {
            return .refusal(500, "Configuration file 'nodes/pmx/lxc/\(id).conf' does not exist")
        }
        switch what {
        case "status":
            return .data(["status": .string(status), "vmid": .number(Double(id)), "ha": ["managed": 0], "type": "lxc"])
        case "interfaces": return .data([])
        default: return .data(["digest": "d", "arch": "amd64", "hostname": "made"])
        }
    }

    private func change(_ call: HTTPCall, _ parts: [String]) -> HTTPAnswer {
        func task(_ type: String, _ id: Int) -> HTTPAnswer {
            .data(.string("UPID:pmx:0000ABCD:00001234:6924A1B2:\(type):\(id):nante@pve!ci:"))
        }
        state.withLock { $0.polls = 0 }
        switch (call.method, parts.count) {
        case ("POST", 3):
            guard let id = call.form.firstMatch(of: /vmid=(\d+)/).flatMap({ Int($0.1) }) else {
                return .refusal(400, "Parameter verification failed.", errors: ["vmid": "property is missing"])
            }
            state.withLock { $0.containers[id] = "stopped" }
            return task("vzcreate", id)
        case ("POST", 6):
            let id = Int(parts[3]) ?? 0
            state.withLock { $0.containers[id] = parts[5] == "start" ? "running" : "stopped" }
            return task("vz\(parts[5])", id)
        case ("DELETE", 4):
            let id = Int(parts[3]) ?? 0
            guard state.withLock({ $0.containers.removeValue(forKey: id) }) != nil else {
                return .refusal(500, "Configuration file 'nodes/pmx/lxc/\(id).conf' does not exist")
            }
            return task("vzdestroy", id)
        default: return .refusal(501, "not implemented")
        }
    }

    private static let fixed: [String: JSONValue] = [
        "/version": ["version": "9.1-1", "release": "9.1", "repoid": "9a1b2c3d"],
        "/nodes": [["node": "pmx", "status": "online", "maxcpu": 4, "cpu": 0.1, "mem": 100, "maxmem": 200]],
        "/nodes/pmx/status": [
            "pveversion": "pve-manager/9.1.1/42db4a6cf33dac83", "uptime": 5, "boot-info": ["mode": "efi"], "cpu": 0,
            "cpuinfo": [
                "cpus": 4, "cores": 4, "sockets": 1, "model": "x",
            ], "current-kernel": ["machine": "x86_64", "release": "6.14", "sysname": "Linux", "version": "1"],
            "loadavg": ["0", "0", "0"], "memory": ["available": 1, "free": 1, "total": 1, "used": 1],
            "rootfs": ["avail": 1, "free": 1, "total": 1, "used": 1],
        ],
        "/nodes/pmx/storage": [
            [
                "storage": "local", "type": "dir", "content": "vztmpl,iso", "active": 1, "enabled": 1, "shared": 0,
                "avail": 1000, "total": 2000, "used": 1000,
            ]
        ],
        "/nodes/pmx/storage/local/content": [
            [
                "volid": "local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst", "content": "vztmpl",
                "format": "tzst", "size": 100,
            ]
        ],
        "/nodes/pmx/network": [
            [
                "iface": "vmbr0", "type": "bridge", "active": 1, "bridge_vlan_aware": 1, "bridge_vids": "2-4094",
                "bridge_ports": "eno1", "cidr": "10.0.0.1/24",
            ]
        ],
        "/pools": [["poolid": "apps", "comment": "c"]],
        "/cluster/resources": [
            ["id": "lxc/101", "vmid": 101, "type": "lxc", "name": "web", "node": "pmx", "status": "running"],
            ["id": "qemu/9000", "vmid": 9000, "type": "qemu", "name": "tpl", "node": "pmx", "template": 1],
        ],
        "/nodes/pmx/lxc/101/config": [
            "digest": "d", "hostname": "web", "net0": "name=eth0,bridge=vmbr0,ip=10.0.0.5/24,gw=10.0.0.1",
        ],
        "/nodes/pmx/lxc/101/status/current": [
            "status": "running", "vmid": 101, "ha": ["managed": 0], "name": "web", "type": "lxc", "uptime": 5,
        ],
        "/nodes/pmx/lxc/101/interfaces": [
            [
                "name": "eth0", "hwaddr": "bc:24:11:00:00:01", "hardware-address": "bc:24:11:00:00:01",
                "ip-addresses": [["ip-address": "10.0.0.5", "prefix": 24, "ip-address-type": "inet"]],
            ]
        ],
        "/nodes/pmx/qemu/9000/config": ["digest": "d", "name": "tpl", "ipconfig0": "ip=dhcp"],
        "/nodes/pmx/qemu/9000/status/current": ["status": "stopped", "vmid": 9000, "ha": ["managed": 0]],
        "/nodes/pmx/qemu/9000/agent/network-get-interfaces": ["result": []],
    ]
}
