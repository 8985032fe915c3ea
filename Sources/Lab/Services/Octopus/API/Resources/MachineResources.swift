import Core
import Foundation
import GRDB
import Hummingbird
import SSH

/// Deployment targets.
enum MachineResources {
    private static let styles = [
        "Ssh", "TentaclePassive", "TentacleActive", "Kubernetes", "KubernetesTentacle", "None", "OfflineDrop",
        "AzureWebApp", "AzureCloudService", "AzureServiceFabricCluster", "Ftp", "AwsEcsCluster", "Step",
    ]
    private static let endpoint: [Field] = [
        Field("CommunicationStyle", .choice(styles)), Field("AccountId", .text(nil)), Field("Host", .text(nil)),
        Field("Port", .integer(22)), Field("Fingerprint", .text("")), Field("Uri", .text(nil)),
        Field("ProxyId", .text(nil)), Field("DotNetCorePlatform", .text(nil)), Field("Thumbprint", .text(nil)),
    ]

    static let type = ResourceType(
        kind: .machine,
        fields: [
            Field("EnvironmentIds", .texts), Field("Roles", .texts),
            Field("TenantedDeploymentParticipation", .choice(["Untenanted", "TenantedOrUntenanted", "Tenanted"])),
            Field("TenantIds", .texts), Field("TenantTags", .texts), Field("Name", .required),
            Field("Slug", .text(nil)), Field("Thumbprint", .text(nil)), Field("Uri", .text(nil)),
            Field("IsDisabled", .flag(false)), Field("MachinePolicyId", .text(nil)),
            Field("SkipInitialHealthCheck", .flag(false)), Field("Endpoint", .optional(endpoint)),
        ],
        hasSlug: true,
        filters: [
            "roles": { machine, wanted in
                wanted.contains { role in machine.texts("Roles").contains { $0.sameText(role) } }
            },
            "environmentIds": { machine, wanted in
                wanted.contains { id in machine.texts("EnvironmentIds").contains { $0.sameText(id) } }
            },
            "healthStatuses": { machine, wanted in wanted.contains { $0.sameText(machine.text("HealthStatus")) } },
            "commStyles": { machine, wanted in
                let style = machine.body["Endpoint"]?["CommunicationStyle"]?.string ?? ""
                return wanted.contains { $0.sameText(style) }
            },
            "isDisabled": { machine, wanted in wanted.contains { $0.lowercased() == "\(machine.flag("IsDisabled"))" } },
            "thumbprint": { machine, wanted in wanted.contains { $0.sameText(machine.text("Thumbprint")) } },
            "shellNames": { machine, wanted in wanted.contains { $0.sameText(machine.text("ShellName")) } },
        ],
        prepare: prepare, saved: saved, present: present,
        links: { _, path in [("Connection", "\(path)/connection"), ("TasksTemplate", "\(path)/tasks{?skip,take,type}")]
        },
        afterwards: { _, change in change.call.server.queue.nudge() })

    static let routes = [
        OctopusRoute(.get, "machines/discover", handle: discover),
        OctopusRoute(.get, "machines/{id}/connection", handle: connection),
        OctopusRoute(.get, "machines/{id}/tasks") { call in
            let machine = try await call.read { try type.document($0, call, call.argument("id")) }
            return try await TaskResources.page(call, path: "\(call.base)/machines/\(machine.id)/tasks") { db, task in
                try names(db, task, machine.id)
            }
        },
        OctopusRoute(.get, "machineroles/all") { call in
            .json(JSONValue(try await call.read { try roles($0, space: call.space) }))
        },
        OctopusRoute(.get, "machinepolicies/{id}/machines") { call in
            let policy = try await call.read { try MachinePolicyResources.type.document($0, call, call.argument("id")) }
            return try await page(call, path: "\(call.base)/machinepolicies/\(policy.id)/machines") {
                $0.text("MachinePolicyId").sameText(policy.id)
            }
        },
    ]

    /// All roles of a space's targets, sorted.
    static func roles(_ db: Database, space: String?) throws -> [String] {
        Array(Set(try Document.all(db, .machine, space: space).flatMap { $0.texts("Roles") })).sorted()
    }

    /// A page of the targets that a call and a condition select.
    static func page(
        _ call: OctopusCall, path: String, _ keep: @escaping @Sendable (Document) -> Bool
    ) async throws -> Response {
        let page = try Page(call)
        let (items, total) = try await call.read { db -> ([JSONValue], Int) in
            let all = try type.selected(db, call).filter(keep)
            return (try page.slice(all).map { try type.show(db, $0) }, all.count)
        }
        return .json(page.envelope(items, total: total, itemType: "Machine", path: path))
    }

    // MARK: Saving

    @Sendable private static func prepare(
        _ db: Database, _ document: inout Document, _ change: ResourceType.Change
    ) throws {
        var faults: [String] = []
        if document.texts("EnvironmentIds").isEmpty { faults.append("Please select at least one environment.") }
        if document.texts("Roles").isEmpty { faults.append("Please enter at least one target tag (role).") }
        for id in document.texts("EnvironmentIds")
        where try Document.find(db, .environment, id, space: document.space) == nil {
            faults.append("There is no environment '\(id)'.")
        }
        for role in document.texts("Roles") where role.trimmingSpace.isEmpty || role.contains(",") {
            faults.append("'\(role)' can't be a target tag (role).")
        }
        faults += try checkEndpoint(db, &document)
        let policy = document.text("MachinePolicyId")
        if policy.isEmpty {
            let all = try Document.all(db, .machinePolicy, space: document.space)
            document.body.set("MachinePolicyId", JSONValue(all.first { $0.flag("IsDefault") }?.id))
        } else if try Document.find(db, .machinePolicy, policy, space: document.space) == nil {
            faults.append("There is no machine policy '\(policy)'.")
        }
        guard faults.isEmpty else { throw OctopusFault.invalid(faults) }
        let known = change.previous?.body
        let standard: [(String, JSONValue)] = [
            ("HealthStatus", "Unknown"), ("HasLatestCalamari", true), ("IsInProcess", false),
            ("StatusSummary", "This machine was recently added. Please perform a health check."),
            ("OperatingSystem", "Unknown"), ("ShellName", "Bash"), ("ShellVersion", "Unknown"),
            ("Architecture", "Unknown"),
        ]
        for (name, value) in standard { document.body.set(name, known?[name] ?? value) }
        if let checked = known?["_LastChecked"] { document.body.set("_LastChecked", checked) }
    }

    private static func checkEndpoint(_ db: Database, _ document: inout Document) throws -> [String] {
        guard var endpoint = document.body["Endpoint"], endpoint.object != nil else {
            return ["'Endpoint' must not be empty."]
        }
        guard endpoint["CommunicationStyle"]?.string == "Ssh" else { return [] }
        var faults: [String] = []
        let host = endpoint["Host"]?.string ?? ""
        let port = endpoint["Port"]?.int ?? 22
        if !SSHTarget.isHost(host) { faults.append("'Endpoint.Host' must be a host name or address.") }
        if !(1...65_535).contains(port) { faults.append("'Endpoint.Port' must be between 1 and 65535.") }
        let id = endpoint["AccountId"]?.string ?? ""
        if let account = try Document.find(db, .account, id, space: document.space) {
            if account.text("AccountType") != "SshKeyPair" {
                faults.append("The lab logs in with accounts of the type SshKeyPair only.")
            }
            endpoint.set("AccountId", .string(account.id))
        } else {
            faults.append("There is no account '\(id)'.")
        }
        let uri = "ssh://\(host):\(port)/"
        endpoint.set("Uri", .string(uri))
        document.body.set("Endpoint", endpoint)
        document.body.set("Uri", .string(uri))
        document.body.set("Thumbprint", endpoint.at("Fingerprint"))
        return faults
    }

    @Sendable private static func saved(_ db: Database, _ document: Document, _ change: ResourceType.Change) throws {
        guard change.previous == nil, !document.flag("SkipInitialHealthCheck"), !document.flag("IsDisabled"),
            document.body["Endpoint"]?["CommunicationStyle"]?.string == "Ssh"
        else { return }
        let task = ServerTask(
            number: 0, space: change.call.space, name: "Health",
            description: "Check health of the new deployment target \(document.name)",
            arguments: [
                "Timeout": .string("00:05:00"), "MachineTimeout": .string("00:01:00"),
                "MachineIds": [.string(document.id)],
            ], queued: change.call.now, updated: change.call.now, state: .queued)
        _ = try TaskQueue.add(db, task, now: change.call.now)
    }

    @Sendable private static func present(_ db: Database, _ machine: Document, _ shown: JSONValue) throws -> JSONValue {
        let status =
            switch machine.text("HealthStatus") {
            case _ where machine.flag("IsDisabled"): "Disabled"
            case "Healthy", "HasWarnings": "Online"
            case "Unhealthy", "Unavailable": "Offline"
            default: "Unknown"
            }
        var shown = shown
        shown.set("Status", .string(status))
        guard var endpoint = shown["Endpoint"], endpoint.object != nil else { return shown }
        for name in ["Id", "LastModifiedOn", "LastModifiedBy"] { endpoint.set(name, nil) }
        endpoint.set("CertificateSignatureAlgorithm", nil)
        endpoint.set("TentacleVersionDetails", nil)
        endpoint.set("Links", .emptyObject)
        shown.set("Endpoint", endpoint)
        return shown
    }

    // MARK: Health

    /// The targets that a health task is about.
    static func selected(_ db: Database, _ task: ServerTask) throws -> [Document] {
        let ids = task.arguments.member("MachineIds")?.array?.compactMap(\.string) ?? []
        let environment = task.arguments.member("EnvironmentId")?.string ?? ""
        return try Document.all(db, .machine, space: task.space).filter { machine in
            if machine.flag("IsDisabled") { return false }
            if !ids.isEmpty { return ids.contains { $0.sameText(machine.id) } }
            return environment.isEmpty || machine.texts("EnvironmentIds").contains { $0.sameText(environment) }
        }
    }

    /// Stores what a health check found.
    static func store(_ db: Database, _ id: String, _ finding: HealthRun.Finding, _ now: Date) throws {
        guard var machine = try Document.find(db, .machine, id) else { return }
        machine.body.set("HealthStatus", .string(finding.health))
        machine.body.set("StatusSummary", .string(finding.summary))
        machine.body.set("_LastChecked", .string(now.octopus))
        for (name, value) in [
            ("OperatingSystem", finding.system), ("ShellVersion", finding.shellVersion),
            ("Architecture", finding.architecture),
        ] {
            if let value { machine.body.set(name, .string(value)) }
        }
        try machine.update(db)
    }

    /// A task is about a target.
    static func names(_ db: Database, _ task: ServerTask, _ machine: String) throws -> Bool {
        if let ids = task.arguments.member("MachineIds")?.array {
            return ids.contains { $0.string?.sameText(machine) == true }
        }
        guard let id = task.arguments["DeploymentId"]?.string else { return false }
        return try Document.find(db, .deployment, id)?.texts("DeployedToMachineIds").contains { $0.sameText(machine) }
            ?? false
    }

    // MARK: Calls beside the usual ones

    @Sendable private static func discover(_ call: OctopusCall) async throws -> Response {
        let style = call.query("type") ?? "Ssh"
        guard style.sameText("Ssh") else {
            throw OctopusFault.invalid("The lab discovers SSH targets only, not \(style).")
        }
        guard let host = call.query("host"), SSHTarget.isHost(host) else {
            throw OctopusFault.invalid("'host' must be a host name or address.")
        }
        guard let port = Int(call.query("port") ?? "22"), (1...65_535).contains(port) else {
            throw OctopusFault.invalid("'port' must be between 1 and 65535.")
        }
        let fingerprint: String
        do { fingerprint = try await call.server.connector.fingerprint(host: host, port: port) } catch let failure
            as Failure
        { throw OctopusFault.invalid(failure.oneLine) }
        return .json([
            "Id": .null, "Name": .string(host), "IsDisabled": .bool(false), "HealthStatus": .string("Unknown"),
            "Uri": .string("ssh://\(host):\(port)/"), "Thumbprint": .string(fingerprint),
            "Endpoint": [
                "CommunicationStyle": .string("Ssh"), "AccountId": .null, "Host": .string(host),
                "Port": .number(Double(port)),
                "Fingerprint": .string(fingerprint), "Uri": .string("ssh://\(host):\(port)/"), "ProxyId": .null,
                "DotNetCorePlatform": .null, "Id": .null, "LastModifiedOn": .null, "LastModifiedBy": .null,
                "Links": .emptyObject,
            ],
            "Links": .emptyObject,
        ])
    }

    @Sendable private static func connection(_ call: OctopusCall) async throws -> Response {
        let machine = try await call.read { try type.document($0, call, call.argument("id")) }
        let isWell = ["Healthy", "HasWarnings"].contains(machine.text("HealthStatus"))
        let checked = machine.body["_LastChecked"]?.string
        return .json([
            "Id": .null, "MachineId": .string(machine.id),
            "Status": .string(checked == nil ? "Unknown" : isWell ? "Online" : "Offline"),
            "CurrentTentacleVersion": .null, "LastChecked": JSONValue(checked),
            "Logs": [
                [
                    "Category": .string(isWell ? "Info" : "Error"), "OccurredAt": JSONValue(checked),
                    "MessageText": .string(machine.text("StatusSummary")), "Detail": .null,
                ]
            ],
            "Links": ["Machine": .string("\(call.base)/machines/\(machine.id)")],
        ])
    }
}
