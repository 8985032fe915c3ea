import ArgumentParser
import Building
import Console
import Core
import Nexus
import Octopus

/// `nante publish`: the package of an app, to Nexus and from there to the feed of Octopus.
struct Publish: NanteCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish the package of an app to Nexus, and from there to the feed of Octopus.",
        discussion: """
            Every step may be repeated; what is there already is left alone. A version that is there with other \
            content is refused (exit 4).
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The app, as nante.yml names it.")
    var app: String

    @Option(help: "Folder that the package was built in, below the app's folder.")
    var outputDir = "dist"

    func run(_ context: Context) async throws {
        let manifest = try Manifest.load(context)
        let source = try await AppSource.readAsBuilt(try manifest.app(app), output: outputDir, context: context)
        let platform = try await global.platform(context, manifest: manifest)
        context.terminal.say(platform.line)
        let store = try NexusStore(try platform.nexus(), context: context)
        let feed = OctopusFeed(try await OctopusClient.connect(try platform.octopus(), context: context))
        let outcome = try await Publisher(source, store: store, feed: feed, context: context).run()
        if outcome.isUnchanged { context.terminal.say("unchanged, \(outcome.version) is published already") }
        try StepOutput.set(
            [
                "version": outcome.version, "digest": outcome.digest, "url": outcome.address,
                "unchanged": outcome.isUnchanged ? "true" : "false",
            ], context: context)
        let json: JSONValue = [
            "app": .string(app), "version": .string(outcome.version), "digest": .string(outcome.digest),
            "url": .string(outcome.address), "newInNexus": .bool(outcome.isNewInStore),
            "newInOctopus": .bool(outcome.isNewInFeed), "unchanged": .bool(outcome.isUnchanged),
        ]
        try Output.render(json, as: output.output, to: context.terminal) {
            Table(
                ["APP", "VERSION", "NEXUS", "OCTOPUS", "SHA-256"],
                rows: [
                    [
                        app, outcome.version, outcome.isNewInStore ? "published" : "unchanged",
                        outcome.isNewInFeed ? "published" : "unchanged", outcome.digest,
                    ]
                ])
        }
    }
}
