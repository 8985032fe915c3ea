import Core
import Crypto
import Foundation

/// The folders that the jobs of a run work in, outside of the repository, so that no tool in an empty workspace
/// finds the user's own repository above it.
///
/// The same job gets the same path in every run, so that build caches that know paths stay warm; runs of the same
/// repository at the same time get paths of their own.
final class Workbench: Sendable {
    /// The folder of this run's jobs.
    let folder: String
    /// Tools that actions keep between runs.
    let tools: String
    /// Locks of concurrency groups.
    let locks: String
    private let lock: FileLock
    private let context: Context
    /// The last part of the repository's name.
    private let name: String
    /// How many runs of one repository may go on at the same time.
    private static let slots = 64

    init(repository: String, root: String, context: Context) throws {
        let home = context.environment["HOME"] ?? "/tmp"
        let cache = context.environment["XDG_CACHE_HOME"] ?? home.appending(path: ".cache")
        let base = context.environment["NANTE_WORK"] ?? cache.appending(path: "nante/work")
        let digest = Array(SHA256.hash(data: Data(root.utf8))).hex.prefix(8)
        name = Workbench.safe(repository.split(separator: "/").last.map(String.init) ?? "repository")
        let own = base.appending(path: "\(name)-\(digest)")
        for slot in 0..<Workbench.slots {
            let path = own.appending(path: "\(slot)")
            guard let lock = try FileLock.attempt(path + ".lock", holder: "nante \(getpid())") else { continue }
            self.lock = lock
            self.context = context
            folder = path
            locks = own.appending(path: "locks")
            tools = base.parentPath.appending(path: "tools")
            try context.files.remove(path)
            try context.files.makeDirectory(path)
            return
        }
        throw Failure(.held, "\(Workbench.slots) runs of \(repository) are going on", where: own)
    }

    /// The folders of a job: its workspace, its files for commands, and the folder that holds both.
    func job(_ key: String, workspace: String?) throws -> JobFolders {
        let own = folder.appending(path: Workbench.safe(key))
        let folders = JobFolders(
            own: own, workspace: workspace ?? own.appending(path: name), temporary: own.appending(path: "_temp"))
        try context.files.remove(own)
        try context.files.makeDirectory(folders.workspace)
        try context.files.makeDirectory(folders.temporary)
        return folders
    }

    /// Removes all that the run's jobs left.
    func clear() { try? context.files.remove(folder) }

    /// A text as the name of a file or folder.
    static func safe(_ text: String) -> String {
        let plain = text.unicodeScalars.map { scalar in
            let isLetter = scalar.isASCII && scalar.properties.isAlphabetic
            return isLetter || "0123456789-_.".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
        }
        let name = String(String(plain).prefix(80))
        return name.allSatisfy { $0 == "." } ? "_" : name
    }
}

/// The folders of a job.
struct JobFolders: Sendable {
    /// Holds the others; RUNNER_WORKSPACE.
    let own: String
    /// GITHUB_WORKSPACE.
    let workspace: String
    /// RUNNER_TEMP.
    let temporary: String
}
