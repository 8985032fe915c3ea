import ArgumentParser
import Console
import Core
import Nexus

/// `nante nexus raw get`.
struct NexusRawGet: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Download a file and prove that its bytes are the server's.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Name of the repository.")
    var repository: String
    @Argument(help: "Path in the repository.")
    var path: String
    @Argument(help: "Where to write it; left out: its own name in this folder.")
    var file: String?
    @Option(help: "The SHA-256 that it must have.")
    var sha256: String?

    func validate() throws {
        if let sha256, sha256.count != 64 || !sha256.allSatisfy(\.isHexDigit) {
            throw ValidationError("--sha256 takes 64 hexadecimal digits")
        }
    }

    func run(_ context: Context) async throws {
        let (name, place) = (try NexusName(repository), try NexusPath(path))
        let client = try await global.nexus(context, changes: false)
        let target = context.path(file ?? place.segments.last ?? "")
        guard !context.files.isDirectory(target) else { throw Failure(.usage, "\(target) is a folder") }
        guard let transfer = try await client.get(name, place, to: target, sha256: sha256) else {
            throw Failure(
                .failed, "there is no \(place) in \(name)", where: client.endpoint.url,
                next: ["nante nexus raw list \(name)"])
        }
        try NexusShow.render(transfer, as: format.output, context)
    }
}
