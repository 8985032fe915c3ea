import Core
import Foundation
import GRDB
import Hummingbird

/// Marks on a release that keep it from being promoted; at most one is open at a time.
enum DefectResources {
    static let routes = [
        OctopusRoute(.get, "releases/{id}/defects") { call in
            let page = try Page(call)
            let (release, all) = try await call.read { db -> (Document, [Document]) in
                let release = try ReleaseResources.type.document(db, call, call.argument("id"))
                return (release, try Document.all(db, .defect, owner: release.id).reversed())
            }
            let items = page.slice(all).map(show)
            let path = "\(call.base)/releases/\(release.id)/defects"
            return .json(page.envelope(items, total: all.count, itemType: "Defect", path: path))
        },
        OctopusRoute(.post, "releases/{id}/defects") { call in
            let given = try await call.body()
            guard let text = given.member("Description")?.string, !text.isEmpty else {
                throw OctopusFault.invalid("A description of the defect is required.")
            }
            let made = try await call.write { db -> Document in
                let release = try ReleaseResources.type.document(db, call, call.argument("id"))
                if try open(db, release) != nil {
                    throw OctopusFault.invalid("The release has an unresolved defect already.")
                }
                let number = try Counter.next(db, DocumentKind.defect.rawValue)
                let defect = Document(
                    kind: .defect, id: "Defects-\(number)", space: release.space, name: "Defects-\(number)",
                    owner: release.id, body: ["Description": .string(text), "Status": "Unresolved"])
                try defect.insert(db)
                return defect
            }
            return .json(show(made))
        },
        OctopusRoute(.post, "releases/{id}/defects/resolve") { call in
            let resolved = try await call.write { db -> Document in
                let release = try ReleaseResources.type.document(db, call, call.argument("id"))
                guard var defect = try open(db, release) else {
                    throw OctopusFault.invalid("The release has no unresolved defect.")
                }
                defect.body.set("Status", "Resolved")
                try defect.update(db)
                return defect
            }
            return .json(show(resolved))
        },
    ]

    /// The open defect of a release; nil where it has none.
    static func open(_ db: Database, _ release: Document) throws -> Document? {
        try Document.all(db, .defect, owner: release.id).last { $0.text("Status") == "Unresolved" }
    }

    @Sendable private static func show(_ defect: Document) -> JSONValue {
        [
            "Id": .string(defect.id), "Description": defect.body.at("Description"), "Status": defect.body.at("Status"),
            "Links": .emptyObject,
        ]
    }
}
