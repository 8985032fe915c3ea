import Core
import Hummingbird

/// The documents by which clients find everything else, and the server about itself.
enum RootDocument {
    /// The root of the server.
    static func server(_ server: OctopusServer) -> JSONValue {
        [
            "Application": .string("Octopus Deploy"), "Version": .string(OctopusServer.version),
            "ApiVersion": .string("3.0.0"),
            "InstallationId": .string(server.installation), "IsEarlyAccessProgram": .bool(false),
            "HasLongTermSupport": .bool(true),
            "Links": links(OctopusServer.defaultSpace),
        ]
    }

    /// Templates of all that is served, for a space.
    static func links(_ space: String) -> JSONValue {
        var links: JSONValue = [
            "Self": .string("/api"), "SpaceHome": .string("/api/{spaceId}"),
            "Spaces": .string("/api/spaces{/id}{?skip,ids,take,partialName}"),
            "CurrentUser": .string("/api/users/me"), "Web": .string("/app"),
            "Tasks": .string(
                "/api/tasks{/id}{?skip,active,environment,project,name,states,take,ids,partialName}"),
            "TaskTypes": .string("/api/tasks/tasktypes"), "ServerStatus": .string("/api/serverstatus"),
            "OctopusServerNodes": .string("/api/octopusservernodes{/id}{?skip,take,ids,partialName}"),
            "Events": .string(
                "/api/events{/id}{?skip,regarding,regardingAny,projects,environments,eventCategories,take,ids}"),
        ]
        let base = "/api/\(space)"
        let paged = "{/id}{?skip,take,ids,partialName}"
        for (name, folder) in [
            ("Accounts", "accounts"), ("Environments", "environments"), ("Lifecycles", "lifecycles"),
            ("ProjectGroups", "projectgroups"), ("Projects", "projects"), ("Channels", "channels"),
            ("Machines", "machines"), ("MachinePolicies", "machinepolicies"), ("Feeds", "feeds"),
            ("Releases", "releases"), ("Deployments", "deployments"), ("Interruptions", "interruptions"),
            ("LibraryVariables", "libraryvariablesets"), ("Tenants", "tenants"),
            ("DeploymentProcesses", "deploymentprocesses"), ("Packages", "packages"),
            ("BuildInformation", "build-information"),
        ] {
            links.set(name, .string("\(base)/\(folder)\(paged)"))
        }
        for (name, path) in [
            ("Variables", "variables{/id}{?ids}"), ("VariableNames", "variables/names{?project}"),
            ("DiscoverMachine", "machines/discover{?host,port,type,proxyId}"), ("MachineRoles", "machineroles/all"),
            ("PackageUpload", "packages/raw{?replace,overwriteMode}"), ("BuiltInFeedStats", "feeds/stats"),
            ("Dashboard", "dashboard{?projectId}"),
            ("PackageDeltaSignature", "packages/{packageId}/{version}/delta-signature"),
        ] {
            links.set(name, .string("\(base)/\(path)"))
        }
        return links
    }

    static let routes = [
        OctopusRoute(.get, "users/me") { call in .json(user(call)) },
        OctopusRoute(.get, "users/{id}") { call in
            guard call.argument("id").sameText(OctopusServer.userId) else { throw OctopusFault.notFound }
            return .json(user(call))
        },
        OctopusRoute(.get, "users/{id}/spaces") { call in try await SpaceResources.type.all(call) },
        OctopusRoute(.get, "serverstatus") { _ in
            .json([
                "IsDatabaseEncrypted": .bool(false), "IsMajorMinorUpgrade": .bool(false),
                "IsInMaintenanceMode": .bool(false),
                "MaintenanceExpires": .null, "IsUpgradeAvailable": .bool(false), "MaximumAvailableVersion": .null,
                "Links": .emptyObject,
            ])
        },
        OctopusRoute(.get, "serverstatus/health") { _ in
            .json([
                "IsOperatingNormally": .bool(true), "IsEntireClusterReadOnly": .bool(false),
                "IsEntireClusterDrainingTasks": .bool(false),
                "IsCompliantWithLicense": .bool(true), "Description": .string("The lab operates normally."),
                "Id": .null, "Links": .emptyObject,
            ])
        },
        OctopusRoute(.get, "octopusservernodes") { call in
            let page = try Page(call)
            return .json(
                page.envelope([node], total: 1, itemType: "OctopusServerNode", path: "/api/octopusservernodes"))
        },
        OctopusRoute(.get, "octopusservernodes/all") { _ in .json([node]) },
        OctopusRoute(.get, "octopusservernodes/ping") { _ in .json(.emptyObject) },
        OctopusRoute(.get, "interruptions") { call in
            let page = try Page(call)
            return .json(
                page.envelope([], total: 0, itemType: "Interruption", path: "\(call.base)/interruptions"))
        },
        OctopusRoute(.get, "") { call in
            .json(["Id": .string(call.space), "Links": links(call.space)])
        },
    ]

    private static let node: JSONValue = [
        "Id": .string(OctopusServer.node), "Name": .string("lab"), "MaxConcurrentTasks": .number(Double(TaskQueue.cap)),
        "IsInMaintenanceMode": .bool(false), "Links": .emptyObject,
    ]

    private static func user(_ call: OctopusCall) -> JSONValue {
        [
            "Id": .string(OctopusServer.userId), "Username": .string(OctopusServer.userName),
            "DisplayName": .string(OctopusServer.userName), "IsActive": .bool(true), "IsService": .bool(false),
            "EmailAddress": .null, "CanPasswordBeEdited": .bool(false), "IsRequestor": .bool(true),
            "Identities": .array([]),
            "Links": ["Self": .string("/api/users/\(OctopusServer.userId)")],
        ]
    }
}

/// All routes of the service.
enum OctopusRoutes {
    private static let types = [
        SpaceResources.type, EnvironmentResources.type, LifecycleResources.type, ProjectGroupResources.type,
        ProjectResources.type, ChannelResources.type, VariableResources.type, ProcessResources.type,
        MachineResources.type, MachinePolicyResources.type, AccountResources.type, FeedResources.type,
        ReleaseResources.type, DeploymentResources.type, LibraryVariableSetResources.type, TenantResources.type,
        EventLog.type, BuildInformationResources.type,
    ]
    private static let special = [
        RootDocument.routes, EnvironmentResources.routes, LifecycleResources.routes, ProjectGroupResources.routes,
        ChannelResources.routes, VariableResources.routes, ProcessResources.routes, MachineResources.routes,
        FeedResources.routes, PackageResources.routes, ReleaseResources.routes, DeploymentResources.routes,
        TaskResources.routes, DashboardResources.routes, BuildInformationResources.routes,
        DefectResources.routes,
    ]

    /// The routes, below the space or /api.
    static let all = types.flatMap(\.routes) + special.flatMap { $0 }
}
