import Core

/// `dist/APP.build.json`: what the last build of an app did, for the steps that follow it.
public struct BuildRecord: Sendable, Hashable {
    /// The app.
    public var app: String
    /// The version; of an unchanged app that of the release that has the same program.
    public var version: String
    /// The full id of the commit that was built.
    public var commit: String
    /// The fingerprint of source and build.
    public var fingerprint: String
    /// Operating system.
    public var os: String
    /// Processor.
    public var arch: String
    /// SHA-256 of the package.
    public var digest: String
    /// The package's file name in the same folder; nil where nothing was built.
    public var file: String?

    /// Nothing was built: a release with the same program is in Nexus.
    public var isUnchanged: Bool { file == nil }

    /// A record.
    public init(
        app: String, version: String, commit: String, fingerprint: String, os: String, arch: String, digest: String,
        file: String?
    ) {
        self.app = app
        self.version = version
        self.commit = commit
        self.fingerprint = fingerprint
        self.os = os
        self.arch = arch
        self.digest = digest
        self.file = file
    }

    /// The name of the file that holds the record of an app.
    public static func name(_ app: String) -> String { "\(app).build.json" }

    /// The record as JSON.
    public var json: JSONValue {
        [
            "format": 1, "app": .string(app), "version": .string(version), "dockerVersion": .string(dockerVersion),
            "commit": .string(commit), "fingerprint": .string(fingerprint), "os": .string(os), "arch": .string(arch),
            "digest": .string(digest), "unchanged": .bool(isUnchanged), "file": file.map { .string($0) } ?? .null,
        ]
    }

    /// The version as a Docker tag.
    public var dockerVersion: String { BuildVersion.docker(version) }

    /// Reads a record; nil for anything else.
    public init?(_ json: JSONValue) {
        guard json["format"]?.int == 1, let app = json["app"]?.string, let version = json["version"]?.string,
            let commit = json["commit"]?.string, let fingerprint = json["fingerprint"]?.string,
            let os = json["os"]?.string, let arch = json["arch"]?.string, let digest = json["digest"]?.string,
            BuildVersion.isSafe(version), Digest.isSHA256(fingerprint), Digest.isSHA256(digest)
        else { return nil }
        self.init(
            app: app, version: version, commit: commit, fingerprint: fingerprint, os: os, arch: arch, digest: digest,
            file: json["file"]?.string)
    }

    /// Reads the record of an app's last build; nil when there is none that can be read.
    public static func load(_ app: String, in folder: String, context: Context) -> BuildRecord? {
        guard let data = try? context.files.read(folder.appending(path: name(app))),
            let json = try? JSONValue.parse(data)
        else { return nil }
        return BuildRecord(json)
    }

    func save(in folder: String, context: Context) throws {
        try context.files.write(json.text(indent: 2) + "\n", to: folder.appending(path: BuildRecord.name(app)))
    }
}
