import ArgumentParser
import Console
import Core

extension OutputFormat: ExpressibleByArgument {}

/// Options that every command takes.
struct GlobalOptions: ParsableArguments, Sendable {
    @Option(name: [.customShort("C"), .long], help: "Run as if started in this folder.")
    var directory: String?

    @Flag(help: "Use the lab on this machine even where addresses of servers are set.")
    var lab = false

    /// The context of this run: the real world, in the folder asked for.
    func context() throws -> Context {
        var context = Context.live()
        if let directory {
            let path = context.path(directory)
            guard context.files.isDirectory(path) else {
                throw Failure(.usage, "the folder \(directory) does not exist")
            }
            context.workingDirectory = path
        }
        return context
    }

    /// The manifest where there is one; commands that need it load it themselves.
    func manifestIfAny(_ context: Context) throws -> Manifest? {
        let path = context.path(Manifest.fileName)
        return context.files.exists(path) ? try Manifest.load(context) : nil
    }

    /// The platform that is meant; starts the lab where that is meant and it is not up.
    func platform(_ context: Context, manifest: Manifest? = nil) async throws -> Platform {
        let settings = Platform.settings(
            context: context, manifest: try manifest ?? manifestIfAny(context))
        if Platform.wantsLab(settings, flag: lab) {
            return Platform(lab: try await LabStart.ensure(context), context: context)
        }
        return Platform(settings: settings, context: context)
    }
}

/// The output format of commands that list or show.
struct OutputOptions: ParsableArguments, Sendable {
    @Option(name: .shortAndLong, help: "Format of the data: table, json or yaml.")
    var output: OutputFormat = .table
}
