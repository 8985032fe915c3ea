import Core
import Foundation

/// Builds the package of a Go app: the program, its settings, `nante.json` and the deploy scripts in one archive.
public struct GoBuild: Sendable {
    /// The source.
    public var source: AppSource
    /// Where releases with the same program are looked up; nil looks nowhere.
    public var releases: Releases?
    /// The effects.
    public var context: Context

    /// A build.
    public init(_ source: AppSource, releases: Releases?, context: Context) {
        self.source = source
        self.releases = releases
        self.context = context
    }

    /// Builds, or finds the release that has the same program; the record of it is also written to the output folder.
    ///
    /// - Throws: a failure with the last lines of the compiler.
    public func run() async throws -> BuildRecord {
        try OutputFolder.prepare(source.output, context: context)
        let record: BuildRecord
        if let known = try await known() {
            record = known
        } else {
            record = try await build()
        }
        try record.save(in: source.output, context: context)
        return record
    }

    /// The release with the same fingerprint.
    ///
    /// Nexus that can't be asked stops no build.
    private func known() async throws -> BuildRecord? {
        guard let releases else { return nil }
        do {
            let found = try await releases.find(source.app.name, fingerprint: source.fingerprint)
            guard let release = found else { return nil }
            return record(version: release.version, commit: release.commit, digest: release.digest, file: nil)
        } catch let failure as Failure {
            let why = failure.details.first { $0.label == "why" }.map { " (\($0.text))" } ?? ""
            context.terminal.say("\(failure.what)\(why), so it is built whether it is known there or not")
            return nil
        }
    }

    private func build() async throws -> BuildRecord {
        let app = source.app.name
        let version = source.version.text
        let program = source.output.appending(path: ".\(app).program")
        defer { try? context.files.remove(program) }
        let command = GoTool.build(
            source.settings, version: version, commit: source.state.commit, time: source.state.time, output: program,
            folder: source.folder)
        let terminal = context.terminal
        do {
            try await context.processes.check(command, what: "\(app) \(version) does not compile") {
                terminal.say($0.text)
            }
        } catch var failure as Failure {
            failure.details.insert(.init("where", source.folder), at: 0)
            throw failure
        }
        let data = try context.files.read(program)
        try checkInjection(data, version)
        let file = "\(app).\(version).tar.gz"
        let archive = try await pack(data, version: version, file: file)
        return record(version: version, commit: source.state.commit, digest: Digest.sha256(archive), file: file)
    }

    private func record(version: String, commit: String, digest: String, file: String?) -> BuildRecord {
        BuildRecord(
            app: source.app.name, version: version, commit: commit, fingerprint: source.fingerprint,
            os: source.settings.os, arch: source.settings.arch, digest: digest, file: file)
    }

    /// The linker says nothing when the variable of `-X` does not exist, and the program would not know its version.
    private func checkInjection(_ program: Data, _ version: String) throws {
        if program.range(of: Data(version.utf8)) != nil { return }
        throw Failure(
            .failed, "\(source.app.name) does not hold its version",
            where: "apps.\(source.app.name).build.version in nante.yml",
            why: "there is no string variable \(source.settings.variables.version) that the program uses",
            next: ["var version = \"dev\" in package main, answered by /version"])
    }

    /// Writes the archive and gives its bytes.
    private func pack(_ program: Data, version: String, file: String) async throws -> Data {
        let app = source.app.name
        let manifest = PackageManifest(
            app: app, version: version, commit: source.state.commit, digest: Digest.sha256(program),
            fingerprint: source.fingerprint, os: source.settings.os, arch: source.settings.arch,
            compiler: source.settings.compiler)
        var entries = DeployScripts.all.map { TarArchive.Entry($0.name, $0.data, isExecutable: true) }
        entries.append(.init("bin/\(app)", program, isExecutable: true))
        entries.append(.init("nante.json", Data((manifest.json.text(indent: 2) + "\n").utf8)))
        let settings = source.folder.appending(path: "app.env")
        entries.append(.init("app.env", context.files.exists(settings) ? try context.files.read(settings) : Data()))
        let tar = source.output.appending(path: ".\(app).tar")
        defer { try? context.files.remove(tar) }
        try context.files.write(TarArchive.bytes(entries, time: source.state.time), to: tar, mode: 0o644)
        // -n leaves name and time out of the header, so that the same archive is packed to the same bytes.
        let gzip = Command("gzip", ["-n", "-f", "-6", tar], deadline: .seconds(600))
        try await context.processes.check(gzip, what: "the package of \(app) can't be packed")
        let target = source.output.appending(path: file)
        try context.files.move(tar + ".gz", to: target)
        return try context.files.read(target)
    }
}

/// The folder for results: git does not see it, so that a build does not change the work tree that it is made of.
enum OutputFolder {
    static func prepare(_ folder: String, context: Context) throws {
        let ignore = folder.appending(path: ".gitignore")
        if !context.files.exists(ignore) { try context.files.write("*\n", to: ignore) }
    }
}
