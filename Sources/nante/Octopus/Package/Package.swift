import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus package`.
struct OctopusPackage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package", abstract: "Packages of the built-in feed.",
        subcommands: [OctopusPackageUpload.self, OctopusPackageList.self])
}

/// What happens to a package that is there already.
enum OverwriteChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case fail, ignore, replace

    var mode: OctopusClient.OverwriteMode {
        switch self {
        case .fail: .fail
        case .ignore: .ignore
        case .replace: .overwrite
        }
    }
}

/// `nante octopus package upload`.
struct OctopusPackageUpload: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Upload packages, named ID.VERSION.tar.gz or the like.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "What happens where the feed has that version: fail, ignore or replace.")
    var overwrite: OverwriteChoice = .fail
    @Argument(help: "Files to upload.")
    var files: [String]

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context, changes: true)
        var shown: [JSONValue] = []
        for file in files {
            switch try await client.upload(package: context.path(file), mode: overwrite.mode) {
            case .kept: context.terminal.say("\(file.lastPathComponent) is there already")
            case .uploaded(let package):
                context.terminal.say("\(package.packageId) \(package.version) uploaded")
                shown.append(package.json)
                try StepOutput.set(
                    ["package": package.packageId, "version": package.version], context: context)
            }
        }
        try Output.render(.array(shown), as: format.output, to: context.terminal) { () -> [String] in [] }
    }
}

/// `nante octopus package list`.
struct OctopusPackageList: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List packages, newest first.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "Only versions of this package.")
    var id: String?
    @Option(help: "How many at most.")
    var limit = 100

    func run(_ context: Context) async throws {
        let packages = try await global.octopus(context).packages(id: id, limit: limit)
        try OctopusShow.list(packages.map(\.json), format.output, context) {
            Table(
                ["PACKAGE", "VERSION", "PUSHED"],
                rows: packages.map { [$0.packageId, $0.version, OctopusShow.date($0.published)] })
        }
    }
}
