import Core
import Foundation

/// The source of an app with all that decides what is built of it.
public struct AppSource: Sendable {
    /// The app, as `nante.yml` describes it.
    public var app: Manifest.App
    /// Its folder, absolute.
    public var folder: String
    /// Where results are written, absolute.
    public var output: String
    /// What git says.
    public var state: SourceState
    /// How it is built.
    public var settings: GoTool.Settings

    /// A source.
    public init(
        app: Manifest.App, folder: String, output: String, state: SourceState, settings: GoTool.Settings
    ) {
        self.app = app
        self.folder = folder
        self.output = output
        self.state = state
        self.settings = settings
    }

    /// The version that a build of it gets.
    public var version: BuildVersion { BuildVersion(of: state) }

    /// What the result depends on: equal for two builds that make the same program.
    ///
    /// SHA-256 over the app's tree, build settings, compiler and deploy scripts. The version counts only where it is
    /// that of a tag: an untagged commit that leaves the app's tree alone makes no new program, a tag does.
    public var fingerprint: String {
        var lines = ["nante fingerprint 1", "app \(app.name)", "tree \(state.tree)"]
        lines += ["platform \(settings.os)/\(settings.arch)", "main \(settings.main)", "compiler \(settings.compiler)"]
        lines += ["variables \(settings.variables.version) \(settings.variables.commit)"]
        lines += ["tags \(settings.variables.tags.joined(separator: ","))", "scripts \(DeployScripts.digest)"]
        if version.isRelease { lines.append("version \(version.text)") }
        return Digest.sha256(lines.joined(separator: "\n") + "\n")
    }

    /// Reads the source of an app.
    ///
    /// - Parameters:
    ///   - output: where results are written, relative to the app's folder.
    ///   - os: operating system to build for.
    ///   - arch: processor to build for; nil is this machine's.
    public static func read(
        _ app: Manifest.App, output: String = "dist", os: String = "linux", arch: String? = nil, context: Context
    ) async throws -> AppSource {
        for word in [os, arch ?? os] where !GoTool.isPlatformWord(word) {
            throw Failure(.usage, "\"\(word)\" is no platform of Go", next: ["go tool dist list"])
        }
        let folder = context.path(app.path)
        guard app.kind == .package else {
            throw Failure(.usage, "\(app.name) is a \(app.kind.rawValue), and only a package is built by go")
        }
        guard context.files.exists(folder.appending(path: "go.mod")) else {
            throw Failure(
                .usage, "\(app.name) has no go.mod", where: folder,
                next: ["go mod init", "or set apps.\(app.name).path"])
        }
        guard context.processes.find("go") != nil else { throw GoTool.missing(app.name) }
        let answer = try await context.processes.check(
            GoTool.facts(folder: folder), what: "can't ask go for its version", exit: .missing)
        let facts = answer.lines
        guard facts.count == 2, facts[0].hasPrefix("go") || facts[0].hasPrefix("devel") else {
            throw Failure(.missing, "can't ask go for its version", why: "it answered \(answer.stdout)")
        }
        let state = try await SourceState.read(
            folder: folder, whole: try reachesOut(folder, context), context: context)
        let settings = GoTool.Settings(
            os: os, arch: arch ?? facts[1], main: app.main, variables: app.build, compiler: facts[0])
        return AppSource(
            app: app, folder: folder, output: folder.appending(path: output), state: state, settings: settings)
    }

    /// Reads the source of an app for the platform that its last build was for, this machine's processor where there
    /// was none: a later step must not ask for another program than the one that was built.
    public static func readAsBuilt(
        _ app: Manifest.App, output: String = "dist", context: Context
    ) async throws -> AppSource {
        let folder = context.path(app.path).appending(path: output)
        let last = BuildRecord.load(app.name, in: folder, context: context)
        return try await read(app, output: output, os: last?.os ?? "linux", arch: last?.arch, context: context)
    }

    /// The module uses folders outside of its own: by a replacement with a path that goes up, or by a workspace.
    private static func reachesOut(_ folder: String, _ context: Context) throws -> Bool {
        let module = try context.files.readText(folder.appending(path: "go.mod"))
        let up = module.split(separator: "\n").contains { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            return zip(words, words.dropFirst()).contains { $0 == "=>" && $1.hasPrefix("..") }
        }
        if up { return true }
        var parent = folder
        while parent != "/" && parent != "." {
            if context.files.exists(parent.appending(path: "go.work")) { return true }
            parent = parent.parentPath
        }
        return false
    }
}
