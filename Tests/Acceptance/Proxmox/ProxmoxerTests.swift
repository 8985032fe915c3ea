import Core
import Foundation
import Testing

@testable import Lab

/// Where Python has proxmoxer (PyPI), which we did not write.
enum Proxmoxer {
    static var python: String? {
        let given = ProcessInfo.processInfo.environment["NANTE_VENV"]
        let near = FileManager.default.currentDirectoryPath + "/.venv"
        return [given, near].compactMap { $0.map { $0 + "/bin/python" } }.first { python in
            let lib = python.parentPath.parentPath + "/lib"
            let found = (try? FileManager.default.contentsOfDirectory(atPath: lib)) ?? []
            return found.contains {
                FileManager.default.fileExists(atPath: "\(lib)/\($0)/site-packages/proxmoxer")
            }
        }
    }

    /// Makes, lists, reads, stops and removes a container, by token and by password.
    static let script = """
        import json, os, time
        from proxmoxer import ProxmoxAPI, ResourceException
        e = os.environ
        where = dict(host="127.0.0.1", port=int(e["PORT"]), verify_ssl=e["CA"])
        pve = ProxmoxAPI(user="nante@pve", token_name="lab", token_value=e["SECRET"], **where)
        node = pve.nodes("pmx")
        def done(upid, api=pve):
            end = time.time() + 120
            while time.time() < end:
                status = api.nodes("pmx").tasks(upid).status.get()
                if status["status"] == "stopped":
                    assert status["exitstatus"] == "OK", api.nodes("pmx").tasks(upid).log.get()
                    return
            raise Exception("late")
        assert pve.version.get()["release"] == "9.1"
        done(node.lxc.create(vmid=201, hostname="by-proxmoxer", ostemplate=e["TEMPLATE"], storage="zfs-vm",
            memory=256, swap=0, cores=1, rootfs="zfs-vm:4", unprivileged=1, features="nesting=1", start=1,
            net0="name=eth0,bridge=vmbr0,ip=%s/24,gw=%s" % (e["ADDRESS"], e["GATEWAY"])))
        assert [c["name"] for c in node.lxc.get()] == ["by-proxmoxer"]
        assert node.lxc(201).status.current.get()["status"] == "running"
        cards = {c["name"]: c for c in node.lxc(201).interfaces.get()}
        assert cards["eth0"]["ip-addresses"][0]["ip-address"] == e["ADDRESS"]
        assert node.lxc(201).config.get()["memory"] == 256
        node.lxc(201).config.put(memory=320)
        try:
            node.lxc(201).delete()
            raise Exception("a running container was removed")
        except ResourceException as error:
            assert "container is running" in str(error), error
        root = ProxmoxAPI(user="root@pam", password=e["PASSWORD"], **where)
        done(root.nodes("pmx").lxc(201).status.shutdown.post(forceStop=1), root)
        assert node.lxc(201).status.current.get()["status"] == "stopped"
        done(root.nodes("pmx").lxc(201).delete(), root)
        try:
            node.lxc(201).config.get()
            raise Exception("it is still there")
        except ResourceException as error:
            assert "does not exist" in str(error), error
        assert node.storage("local").content.get(content="vztmpl")[0]["volid"] == e["TEMPLATE"]
        print("done")
        """
}

/// The client of others works on the lab as it is, with real containers.
@Suite(.serialized, .enabled(if: LXCBench.obstacle == nil && Proxmoxer.python != nil, "needs root, LXC, proxmoxer"))
struct ProxmoxerTests {
    @Test func aRealContainerIsMadeByProxmoxer() async throws {
        let python = try #require(Proxmoxer.python)
        try await LXCBench.with { bench in
            let up = try await bench.nante("lab", "up")
            #expect(up.succeeded, "\(up.stderr)")
            let record = try #require(try LabRecord.load(bench.context))
            let proxmox = try #require(record.proxmox)
            let keys = try LabKeys.load(home: bench.hosts.home, context: bench.context)
            let network = bench.hosts.network
            let script = bench.hosts.home.path + "/client.py"
            try bench.context.files.write(Proxmoxer.script, to: script)
            let result = try await bench.context.processes.run(
                Command(
                    python, [script],
                    environment: .inherit([
                        "PORT": String(proxmox.url.split(separator: ":").last ?? ""), "CA": proxmox.caFile ?? "",
                        "SECRET": proxmox.tokenSecret, "PASSWORD": keys.proxmoxPassword ?? "",
                        "ADDRESS": network.gateway.dropLast(1) + "77", "GATEWAY": network.gateway,
                        "TEMPLATE": ProxmoxStorages.template,
                    ]), deadline: .seconds(180)))
            #expect(result.stdout == "done\n", "\(result.stderr.suffix(3000))")
            #expect(try bench.hosts.store.names() == [])
        }
    }

    @Test func aLabKilledInTheMiddleOfAMakingLeavesNothingHalf() async throws {
        try await LXCBench.with { bench in
            #expect(try await bench.nante("lab", "up").succeeded)
            let first = try #require(try LabRecord.load(bench.context))
            let network = bench.hosts.network
            func post(_ record: LabRecord) async throws -> HTTPAnswer {
                let form =
                    "vmid=201&hostname=half&ostemplate=\(ProxmoxStorages.template)&storage=zfs-vm&rootfs=zfs-vm:4"
                    + "&unprivileged=1&start=1&memory=256&net0=name%3Deth0,bridge%3Dvmbr0,ip%3D"
                    + "\(network.gateway.dropLast(1))78/24"
                return try await bench.context.http.send(
                    HTTPCall(
                        "POST", (record.proxmox?.url ?? "") + "/api2/json/nodes/pmx/lxc",
                        headers: [
                            ("Authorization", "PVEAPIToken=nante@pve!lab=\(record.proxmox?.tokenSecret ?? "")"),
                            ("Content-Type", "application/x-www-form-urlencoded"),
                        ], body: .data(Data(form.utf8)), trust: record.proxmox?.caFile))
            }
            #expect(try await post(first).status == 200)
            try await Wait.until(
                "the making to begin", within: .seconds(60), every: .milliseconds(5), context: bench.context
            ) {
                bench.context.files.exists(bench.hosts.store.folder(of: "half")) ? true : nil
            }
            kill(first.pid, SIGKILL)
            #expect(try await bench.nante("lab", "up").succeeded)
            let second = try #require(try LabRecord.load(bench.context))
            #expect(second.pid != first.pid)
            #expect(try bench.hosts.store.names() == [])
            // The same wish again is taken, and comes to its end.
            #expect(try await post(second).status == 200)
            try await Wait.until("the container to be made", within: .seconds(60), context: bench.context) {
                try bench.hosts.store.record("half")?.state == .ready ? true : nil
            }
            _ = try await bench.hosts.delete(["half"])
        }
    }
}
