import ArgumentParser
import Building
import Console
import Core

/// `nante build version`: the version that a build of the app would get now.
struct BuildVersionShow: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Show the version that a build gets now (nante's own is shown by nante --version).",
        discussion: """
            The tag vX.Y.Z on the commit gives X.Y.Z. Every other commit has the next patch with branch and distance, \
            such as 1.2.6-main.7+g1a2b3c4; a changed work tree adds .dirty. and eight digits of its tree.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "The app, as nante.yml names it; without it the folder that nante runs in.")
    var app: String?

    func run(_ context: Context) async throws {
        let folder = try app.map { context.path(try Manifest.load(context).app($0).path) } ?? context.workingDirectory
        let state = try await SourceState.read(folder: folder, context: context)
        let version = BuildVersion(of: state)
        try StepOutput.set(["version": version.text, "docker-version": version.docker], context: context)
        let json: JSONValue = [
            "version": .string(version.text), "docker": .string(version.docker), "release": .bool(version.isRelease),
            "commit": .string(state.commit), "branch": state.branch.map { .string($0) } ?? .null,
            "dirty": .bool(state.dirt != nil), "tree": .string(state.tree),
        ]
        try Output.render(json, as: output.output, to: context.terminal) { () -> [String] in [version.text] }
    }
}
