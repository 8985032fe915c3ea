import ArgumentParser
import Console
import Core
import Nexus

/// `nante nexus raw put`.
struct NexusRawPut: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Upload a file and prove that the server has the same bytes.",
        discussion: """
            A file that is there already with the same content is left alone. Other content is replaced only with
            --replace, and where the repository's write policy allows it; else the exit code is 4.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Name of the repository.")
    var repository: String
    @Argument(help: "Path in the repository, such as /go-app/1.2.3/go-app.1.2.3.tar.gz.")
    var path: String
    @Argument(help: "The file to upload.")
    var file: String
    @Flag(help: "Replace other content that is there.")
    var replace = false

    func run(_ context: Context) async throws {
        let (name, place) = (try NexusName(repository), try NexusPath(path))
        let client = try await global.nexus(context, changes: true)
        let transfer = try await client.put(file: context.path(file), name, place, replace: replace)
        try NexusShow.render(transfer, as: format.output, context)
        try StepOutput.set(
            ["url": transfer.url, "sha256": transfer.checksums.sha256, "change": transfer.change.rawValue],
            context: context)
    }
}
