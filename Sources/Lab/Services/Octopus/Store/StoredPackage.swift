import Core
import Foundation
import GRDB

/// A package of the built-in feed.
struct StoredPackage: Sendable, Hashable {
    var space: String
    var package: String
    var version: String
    /// With its dot: ".tar.gz", ".zip".
    var fileExtension: String
    var size: Int
    /// Hexadecimal, lower case; also the name of its file.
    var sha256: String
    /// Hexadecimal, lower case; what the API gives as `Hash`.
    var sha1: String
    var published: Date

    /// The id in the API.
    var id: String { "packages-\(package).\(version)" }
    /// The name of the file that was uploaded.
    var fileName: String { "\(package).\(version)\(fileExtension)" }
}

extension StoredPackage {
    init(row: Row) {
        let published: String = row["published"]
        self.init(
            space: row["space"], package: row["package"], version: row["version"], fileExtension: row["extension"],
            size: row["size"], sha256: row["sha256"], sha1: row["sha1"],
            published: Date(iso8601: published) ?? .distantPast)
    }

    /// The package of an id and version, in any case of letters.
    static func find(_ db: Database, space: String, package: String, version: String) throws -> StoredPackage? {
        let sql = "SELECT * FROM octopus_package WHERE space = ? AND package = ? AND version = ?"
        return try Row.fetchOne(db, sql: sql, arguments: [space, package, version]).map(StoredPackage.init(row:))
    }

    /// The versions of a package, newest first; all packages where no id is given.
    static func all(_ db: Database, space: String, package: String? = nil) throws -> [StoredPackage] {
        let sql = "SELECT * FROM octopus_package WHERE space = ? AND (? IS NULL OR package = ?) ORDER BY number"
        let rows = try Row.fetchAll(db, sql: sql, arguments: [space, package, package])
        return rows.map(StoredPackage.init(row:)).sorted { left, right in
            if left.package.lowercased() != right.package.lowercased() {
                return left.package.lowercased() < right.package.lowercased()
            }
            return PackageVersion(left.version) > PackageVersion(right.version)
        }
    }

    /// Stores the package; one of the same id and version is replaced.
    func save(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO octopus_package (space, package, version, extension, size, sha256, sha1, published)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (space, package, version) DO UPDATE SET
                    extension = excluded.extension, size = excluded.size, sha256 = excluded.sha256,
                    sha1 = excluded.sha1, published = excluded.published
                """,
            arguments: [space, package, version, fileExtension, size, sha256, sha1, published.iso8601])
    }

    /// Removes the package; its file goes with the next sweep when nothing else has the same content.
    func delete(_ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM octopus_package WHERE space = ? AND package = ? AND version = ?",
            arguments: [space, package, version])
    }
}

/// The order of versions: up to four numbers, then prerelease labels as in SemVer 2.0 section 11; metadata counts last.
struct PackageVersion: Comparable {
    private let numbers: [Int]
    private let labels: [String]
    private let metadata: String

    init(_ text: String) {
        let parts = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        metadata = parts.count > 1 ? String(parts[1]) : ""
        let core = (parts.first ?? "").split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        numbers = (core.first ?? "").split(separator: ".").map { Int($0) ?? 0 }
        labels = core.count > 1 ? core[1].split(separator: ".").map(String.init) : []
    }

    /// It has prerelease labels.
    var isPreRelease: Bool { !labels.isEmpty }

    static func < (left: PackageVersion, right: PackageVersion) -> Bool {
        for place in 0..<max(left.numbers.count, right.numbers.count) {
            let (one, other) = (left.number(place), right.number(place))
            if one != other { return one < other }
        }
        if left.labels.isEmpty != right.labels.isEmpty { return !left.labels.isEmpty }
        for (one, other) in zip(left.labels, right.labels) where one.lowercased() != other.lowercased() {
            switch (Int(one), Int(other)) {
            case (let one?, let other?): return one < other
            case (_?, nil): return true
            case (nil, _?): return false
            case (nil, nil): return one.lowercased() < other.lowercased()
            }
        }
        if left.labels.count != right.labels.count { return left.labels.count < right.labels.count }
        return left.metadata < right.metadata
    }

    private func number(_ place: Int) -> Int { place < numbers.count ? numbers[place] : 0 }
}

/// The name of a package file: id, version, extension.
struct PackageName: Sendable, Hashable {
    var package: String
    var version: String
    var fileExtension: String

    private static let extensions = [
        ".tar.gz", ".tar.bz2", ".tgz", ".tar", ".nupkg", ".zip", ".jar", ".war", ".ear", ".rar",
    ]

    /// Reads "go-app.1.2.6-main.7+g1a2b3c4.tar.gz"; nil when it is no package name.
    ///
    /// The id is words with `. _ -` between them; the version starts at the first part that makes the rest one:
    /// one to four numbers, then maybe a prerelease and metadata (the grammar of go-octopusdeploy).
    init?(file: String) {
        let lower = file.lowercased()
        guard let ending = PackageName.extensions.first(where: { lower.hasSuffix($0) }) else { return nil }
        let stem = String(file.dropLast(ending.count))
        guard let match = stem.wholeMatch(of: PackageName.grammar) else { return nil }
        package = String(match.1)
        version = String(match.2)
        fileExtension = ending
    }

    /// The text can be the id of a package.
    static func isPackage(_ text: String) -> Bool { text.wholeMatch(of: idGrammar) != nil && text.utf8.count <= 200 }

    /// The text can be a version.
    static func isVersion(_ text: String) -> Bool { text.wholeMatch(of: versionGrammar) != nil }

    // These are never changed; a regular expression is only not marked Sendable.
    nonisolated(unsafe) private static let idGrammar = #/[A-Za-z0-9_]+(?:[_.\-][A-Za-z0-9_]+)*/#
    // As above.
    nonisolated(unsafe) private static let versionGrammar =
        #/\d{1,9}(?:\.\d{1,9}){0,3}(?:-[A-Za-z0-9\-.]+)?(?:\+[A-Za-z0-9\-.]+)?/#
    // As above.
    nonisolated(unsafe) private static let grammar =
        #/
            ([A-Za-z0-9_]+(?:[_.\-][A-Za-z0-9_]+)*?)\.
            (\d{1,9}(?:\.\d{1,9}){0,3}(?:-[A-Za-z0-9\-.]+)?(?:\+[A-Za-z0-9\-.]+)?)
        /#
}
