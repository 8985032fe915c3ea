import ArgumentParser
import Console
import Core
import Nexus

extension NexusRawRepository.WritePolicy: ExpressibleByArgument {
    /// The value as it is typed: "allow-once" beside the server's own "allow_once".
    public init?(argument: String) { self.init(rawValue: argument.replacing("-", with: "_")) }
}

/// `nante nexus raw ensure`.
struct NexusRawEnsure: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "ensure", abstract: "Make sure that a raw hosted repository exists.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Name of the repository.")
    var name: String
    @Option(help: "Whether a file may be replaced: allow, allow_once or deny.")
    var writePolicy = NexusRawRepository.WritePolicy.allowOnce

    func run(_ context: Context) async throws {
        let name = try NexusName(name)
        let client = try await global.nexus(context, changes: true)
        let change = try await client.ensureRawRepository(name, writePolicy: writePolicy)
        try NexusShow.render(change, "\(name)", as: format.output, context)
    }
}
