import Core
import Foundation
import Proxmox
import Synchronization
import Testing

@testable import Diagnosing

/// Answers by a closure over method and path.
final class Script: HTTPSender {
    private let answers: @Sendable (HTTPCall, String) throws -> HTTPAnswer
    private let end: Date?
    init(certificateUntil end: Date? = nil, _ answers: @escaping @Sendable (HTTPCall, String) throws -> HTTPAnswer) {
        self.answers = answers
        self.end = end
    }

    func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        try answers(call, URL(string: call.url)?.path() ?? "")
    }
    func download(_ call: HTTPCall, to path: String) async throws -> HTTPAnswer { try await send(call) }
    func certificate(of url: String, timeout: Duration) async -> ServerCertificate? {
        end.map { ServerCertificate(notBefore: .distantPast, notAfter: $0, names: ["pve.test"]) }
    }
}

/// What the doctor says of clusters that are well, and of those that are not.
@Suite struct DoctorTests {
    private static let site = DoctorSite(
        node: "pmx", storage: "zfs-vm", bridge: "vmbr0", template: "local:vztmpl/d.tar.zst", vmTemplate: "tpl",
        networks: [.init(vlan: 10, subnet: "10.1.0.0/24", gateway: "10.1.0.1")])
    private static let secret = "11111111-2222-3333-4444-555555555555"

    /// A cluster that is well.
    private static let well: [String: JSONValue] = [
        "version": ["version": "9.1-1", "release": "9.1", "repoid": "aaaaaaaa"],
        "nodes": [["node": "pmx", "status": "online"]],
        "nodes/pmx/storage": [
            ["storage": "zfs-vm", "type": "zfspool", "content": "images,rootdir", "avail": 99_000_000_000]
        ],
        "nodes/pmx/storage/local/content": [["volid": "local:vztmpl/d.tar.zst", "format": "tzst", "size": 1]],
        "cluster/resources": [["vmid": 9000, "type": "qemu", "name": "tpl", "template": 1, "node": "pmx"]],
        "nodes/pmx/network": [
            ["iface": "vmbr0", "type": "bridge", "active": 1, "bridge_vlan_aware": 1, "bridge_vids": "2-4094"]
        ],
    ]

    private func examine(
        changing: [String: JSONValue] = [:], lacking: [String] = [], status: Int? = nil, until days: Double = 300,
        fault: HTTPFault? = nil, environment more: [String: String] = [:], site: DoctorSite = DoctorTests.site
    ) async -> [String: Finding] {
        let answers = Self.well.merging(changing) { $1 }
        var context = Context.live()
        context.mask = Mask()
        context.environment = more
        context.http = Script(certificateUntil: Date(timeIntervalSinceNow: 86_400 * days)) { call, path in
            if let fault { throw fault }
            guard path.hasPrefix("/api2/json/") else { return HTTPAnswer(status: 404) }
            let name = String(path.dropFirst("/api2/json/".count))
            let login = call.headers.first { $0.name == "Authorization" }?.value
            if login == nil { return HTTPAnswer(status: 401) }
            if let status { return HTTPAnswer(status: status) }
            if name == "access/permissions" {
                let wanted = URLComponents(string: call.url)?.queryItems?.first?.value ?? ""
                let has = Set(ProxmoxRights.needed(site).filter { $0.path == wanted }.map(\.privilege))
                let kept = has.subtracting(lacking).sorted().map { ($0, JSONValue.number(1)) }
                let data = JSONValue.object(["data": .object([wanted: .object(.init(kept) { $1 })])])
                return HTTPAnswer(status: 200, body: Data(data.text().utf8))
            }
            guard let value = answers[name] else { return HTTPAnswer(status: 501) }
            return HTTPAnswer(status: 200, body: Data(JSONValue.object(["data": value]).text().utf8))
        }
        let settings = Settings().adding(
            "environment",
            [
                "PROXMOX_API_URL": "https://pve.test:8006", "PROXMOX_TOKEN_ID": "nante@pve!ci",
                "PROXMOX_TOKEN_SECRET": Self.secret,
            ].merging(more) { $1 })
        let doctor = Doctor(Platform(settings: settings, context: context), site: site, context: context)
        let findings = await Checkup(doctor.settings + doctor.proxmox).run(context)
        for finding in findings { #expect(!finding.json.text().contains(Self.secret)) }
        return Dictionary(findings.map { ($0.id, $0) }) { $1 }
    }

    @Test func aClusterThatIsWellPasses() async {
        let found = await examine()
        #expect(found.values.filter { $0.status != .ok }.map(\.id) == [])
        #expect(found["proxmox.storage"]?.what == "zfs-vm (zfspool) has 92 GiB free")
        #expect(found["proxmox.bridge"]?.what == "vmbr0 is up, carries VLAN 10")
        #expect(found["settings.platform"]?.details.contains { $0.contains("set  (from environment)") } == true)
    }

    @Test func eachFaultHasItsFindingAndItsFix() async {
        func check(
            _ id: String, _ status: Finding.Status, _ words: String, fix: String,
            _ found: [String: Finding], line: Int = #line
        ) {
            let finding = found[id]
            #expect(finding?.status == status, "line \(line): \(finding?.what ?? "none")")
            #expect(finding?.json.text().contains(words) == true, "line \(line): \(finding?.json.text() ?? "")")
            #expect(finding?.fix.joined(separator: " ").contains(fix) == true, "line \(line): \(finding?.fix ?? [])")
        }
        check(
            "proxmox.token", .missing, "does not accept the token", fix: "PROXMOX_TOKEN_ID", await examine(status: 401))
        check(
            "proxmox.rights", .failed, "VM.Clone on /vms", fix: "pveum role add Nante --privs \"VM.Clone\"",
            await examine(lacking: ["VM.Clone"]))
        check(
            "proxmox.reach", .missing, "expired on 2026-01-01", fix: "updatecerts",
            await examine(fault: HTTPFault(.untrusted, "its certificate expired on 2026-01-01")))
        check(
            "proxmox.reach", .missing, "can't be reached", fix: "PROXMOX_API_URL",
            await examine(fault: HTTPFault(.unreachable, "connection refused")))
        check("proxmox.reach", .warning, "that is in 4 days", fix: "renew", await examine(until: 4.5))
        check(
            "proxmox.node", .missing, "is offline", fix: "PROXMOX_NODE",
            await examine(changing: ["nodes": [["node": "pmx", "status": "offline"]]]))
        check(
            "proxmox.node", .failed, "no node pmx", fix: "export PROXMOX_NODE=other",
            await examine(changing: ["nodes": [["node": "other", "status": "online"]]]))
        check(
            "proxmox.storage", .failed, "takes no rootdir", fix: "pvesm set zfs-vm --content images,rootdir",
            await examine(changing: ["nodes/pmx/storage": [["storage": "zfs-vm", "type": "x", "content": "images"]]]))
        check(
            "proxmox.storage", .failed, "no storage zfs-vm", fix: "export PROXMOX_STORAGE=other",
            await examine(changing: ["nodes/pmx/storage": [["storage": "other", "type": "x", "content": "rootdir"]]]))
        check(
            "proxmox.template", .failed, "is not there", fix: "pveam download local d.tar.zst",
            await examine(changing: ["nodes/pmx/storage/local/content": []]))
        check(
            "proxmox.image", .failed, "no VM template tpl", fix: "make one",
            await examine(changing: ["cluster/resources": []]))
        check(
            "proxmox.image", .failed, "is no template", fix: "qm template 9000",
            await examine(changing: ["cluster/resources": [["vmid": 9000, "type": "qemu", "name": "tpl"]]]))
        check(
            "proxmox.bridge", .failed, "does not carry VLAN 10", fix: "--bridge_vlan_aware 1",
            await examine(changing: ["nodes/pmx/network": [["iface": "vmbr0", "type": "bridge", "active": 1]]]))
        check(
            "proxmox.bridge", .failed, "no bridge vmbr0", fix: "SDN.Use",
            await examine(changing: ["nodes/pmx/network": []]))
    }

    @Test func damagedSettingsAreTold() async {
        let address = await examine(environment: ["PROXMOX_API_URL": "pve.test"])
        #expect(address["proxmox.settings"]?.what.contains("PROXMOX_API_URL is not an address") == true)
        #expect(address["proxmox.settings"]?.status == .failed)
        #expect(address["proxmox.token"]?.status == .skipped)
        let absent = await examine(environment: ["PROXMOX_TOKEN_SECRET": ""])
        #expect(absent["proxmox.settings"]?.what.contains("needs PROXMOX_TOKEN_SECRET") == true)
        #expect(absent["proxmox.settings"]?.status == .missing)
    }

    @Test func hostsThatNameTheirOwnPlaceHaveChecksOfTheirOwn() async {
        var site = Self.site
        site.hosts = [
            .init(node: "pmx", storage: "zfs-vm", template: "local:vztmpl/d.tar.zst", vmTemplate: nil),
            .init(node: "pmx", storage: "fast", template: nil, vmTemplate: "tpl"),
            .init(node: "other", storage: "zfs-vm", template: "local:vztmpl/d.tar.zst", vmTemplate: nil),
            .init(node: "pmx", storage: "zfs-vm", template: "local:vztmpl/d.tar.zst", vmTemplate: nil),
        ]
        let found = await examine(
            changing: [
                "nodes/pmx/storage": [
                    ["storage": "zfs-vm", "type": "zfspool", "content": "rootdir", "avail": 99_000_000_000],
                    ["storage": "fast", "type": "dir", "content": "rootdir", "avail": 99_000_000_000],
                ]
            ], site: site)
        #expect(found["proxmox.storage"]?.status == .ok)
        #expect(found["proxmox.storage.fast"]?.what == "the storage fast takes no images")
        #expect(found["proxmox.node.other"]?.what == "there is no node other that the token sees")
        #expect(found["proxmox.storage.zfs-vm@other"]?.status == .skipped)
        #expect(found["proxmox.template.local:vztmpl/d.tar.zst@other"]?.status == .skipped)
        #expect(found["proxmox.bridge"]?.status == .ok && found["proxmox.bridge.other"]?.status == .skipped)
        #expect(found["proxmox.image"]?.status == .ok)
        #expect(
            found["settings.machines"]?.details == [
                "containers of local:vztmpl/d.tar.zst", "virtual machines of tpl",
                "VLAN 10: 10.1.0.0/24, gateway 10.1.0.1",
            ])
        #expect(ProxmoxRights.needed(site).contains(ProxmoxRight("Datastore.AllocateSpace", on: "/storage/fast")))
    }

    @Test func containersAloneNeedFewerRights() {
        var site = Self.site
        site.wantsMachines = false
        let rights = ProxmoxRights.needed(site).map(\.description)
        #expect(!rights.contains("VM.Clone on /vms"))
        #expect(rights.contains("SDN.Use on /sdn/zones/localnetwork/vmbr0/10"))
        #expect(rights.contains("Datastore.Audit on /storage/local"))
    }

    @Test func theConfigurationSaysWhichTerraformItNeeds() { #expect(Doctor.lowestTerraform == [1, 11, 0]) }
}
