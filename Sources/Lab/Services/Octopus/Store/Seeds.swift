import Core
import Foundation
import GRDB

/// What an installation begins with.
enum Seeds {
    /// Makes the default space where there is none.
    static func plant(_ db: Database, now: Date) throws {
        guard try Document.find(db, .space, OctopusServer.defaultSpace) == nil else { return }
        _ = try Counter.next(db, DocumentKind.space.rawValue)
        try Document(
            kind: .space, id: OctopusServer.defaultSpace, space: nil, name: "Default", owner: nil,
            body: [
                "Name": .string("Default"), "Slug": .string("default"), "Description": .null, "IsDefault": .bool(true),
                "IsPrivate": .bool(false),
                "TaskQueueStopped": .bool(false), "SpaceManagersTeams": ["teams-administrators"],
                "SpaceManagersTeamMembers": .array([]), "Icon": .null, "ExtensionSettings": .array([]),
            ]
        ).insert(db)
        try furnish(db, space: OctopusServer.defaultSpace, now: now)
    }

    /// Gives a new space what every space has: a lifecycle, a project group, a machine policy, the built-in feed.
    static func furnish(_ db: Database, space: String, now: Date) throws {
        try add(db, .lifecycle, space, ["Name": .string("Default Lifecycle")], LifecycleResources.type.fields)
        try add(
            db, .projectGroup, space,
            ["Name": .string("Default Project Group"), "Slug": .string("default-project-group")],
            ProjectGroupResources.type.fields)
        try add(
            db, .machinePolicy, space, ["Name": .string("Default Machine Policy"), "IsDefault": .bool(true)],
            MachinePolicyResources.type.fields)
        let isFirst = space == OctopusServer.defaultSpace
        try Document(
            kind: .feed, id: isFirst ? FeedResources.builtIn : try FeedResources.nextID(db), space: space,
            name: "Octopus Server (built-in)", owner: nil,
            body: [
                "Name": .string("Octopus Server (built-in)"), "FeedType": .string("BuiltIn"),
                "PackageAcquisitionLocationOptions": ["Server", "ExecutionTarget"],
            ]
        ).insert(db)
    }

    private static func add(
        _ db: Database, _ kind: DocumentKind, _ space: String, _ given: JSONValue, _ fields: [Field]
    ) throws {
        var reader = ShapeReader()
        let body = reader.read(fields, given)
        let id = "\(kind.rawValue)-\(try Counter.next(db, kind.rawValue))"
        try Document(
            kind: kind, id: id, space: space, name: body["Name"]?.string ?? "", owner: nil, body: body
        ).insert(db)
    }
}
