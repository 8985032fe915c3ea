import Core

/// `nante.json` in the root of a package: what the package is and what it was built from.
public struct PackageManifest: Sendable, Hashable {
    /// The app.
    public var app: String
    /// Its version.
    public var version: String
    /// The full id of the commit.
    public var commit: String
    /// SHA-256 of the program, lower-case hexadecimal.
    public var digest: String
    /// The fingerprint of source and build.
    public var fingerprint: String
    /// Operating system that it runs on, in Go's words.
    public var os: String
    /// Processor that it runs on, in Go's words.
    public var arch: String
    /// The compiler, such as `go1.19.8`.
    public var compiler: String

    /// A manifest.
    public init(
        app: String, version: String, commit: String, digest: String, fingerprint: String, os: String, arch: String,
        compiler: String
    ) {
        self.app = app
        self.version = version
        self.commit = commit
        self.digest = digest
        self.fingerprint = fingerprint
        self.os = os
        self.arch = arch
        self.compiler = compiler
    }

    /// The manifest as JSON, one member a line: the deploy scripts read it with sed.
    public var json: JSONValue {
        [
            "app": .string(app), "version": .string(version), "commit": .string(commit), "digest": .string(digest),
            "fingerprint": .string(fingerprint), "os": .string(os), "arch": .string(arch),
            "compiler": .string(compiler),
        ]
    }
}
