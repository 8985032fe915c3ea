import Core
import Foundation

/// Whose workspace it is, as an object beside the state: the names of two repositories can make one workspace.
struct MachineOwner: Codable, Sendable, Hashable {
    /// Version of the record.
    var version = 1
    /// The repository, `owner/name` where the owner is known.
    var repository: String
    /// The environment.
    var environment: String

    /// Where the record is.
    static func key(_ workspace: String) -> String { "nante/owners/\(workspace).json" }

    /// Both are the same environment of the same repository; a checkout may not know the repository's owner.
    func isSame(as other: MachineOwner) -> Bool {
        let (mine, theirs) = (repository.lowercased(), other.repository.lowercased())
        guard environment == other.environment, mine.lastPathComponent == theirs.lastPathComponent else { return false }
        return mine == theirs || !mine.contains("/") || !theirs.contains("/")
    }
}

extension TerraformHostMaker {
    private var me: MachineOwner { MachineOwner(repository: site.fullName, environment: site.environment) }
    var ownerKey: String { MachineOwner.key(site.workspace) }

    /// Refuses the workspace of another repository or environment: its machines would be taken for surplus ones.
    func checkOwner() async throws {
        guard let data = try await store.read(ownerKey),
            let owner = try? JSONDecoder().decode(MachineOwner.self, from: data), !owner.isSame(as: me)
        else { return }
        throw Failure(
            .refused, "the workspace \(site.workspace) belongs to \(owner.environment) of \(owner.repository)",
            why: "this is \(me.environment) of \(me.repository), whose name makes the same; nothing was changed",
            next: ["give the repository or the environment another name"])
    }

    /// Writes down whose workspace it is, before anything is made in it.
    func claim() async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if try await !store.create(ownerKey, try encoder.encode(me)) { try await checkOwner() }
    }
}
