import Core
import Foundation

/// The files of the built-in feed, each under the name of its SHA-256.
struct PackageFiles: Sendable {
    /// The folder.
    let blobs: BlobFolder
    let context: Core.Context

    init(folder: String, context: Core.Context) {
        blobs = BlobFolder(path: folder)
        self.context = context
    }

    /// The path of a package's file.
    func path(_ package: StoredPackage) -> String { blobs.path(sha256: package.sha256) }

    /// The file is there in full length.
    func exists(_ package: StoredPackage) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path(package))
        return (attributes?[.size] as? NSNumber)?.intValue == package.size
    }

    /// Removes what no package refers to: cut uploads, files of deleted packages.
    ///
    /// Called before the first request.
    func sweep(keeping hashes: Set<String>) throws {
        try blobs.sweep()
        for part in try context.files.list(blobs.path) where part.count == 2 {
            for name in try context.files.list(blobs.path.appending(path: part)) where !hashes.contains(name) {
                blobs.remove(sha256: name)
            }
        }
    }
}
