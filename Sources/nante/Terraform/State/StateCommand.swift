import ArgumentParser
import Core
import StateStore

/// `nante terraform state`.
struct StateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "States of Terraform in their store: which there are, their versions, the way back.",
        subcommands: [StateList.self, StateVersionsCommand.self, StateRestore.self])
}

/// Which state is meant.
struct StateChoice: ParsableArguments, Sendable {
    @Option(help: "The application, whose workspace has its name; \"default\" is the workspace without a name.")
    var app: String?
    @Option(help: "Key of the state's object instead, such as env:/web/terraform.tfstate.")
    var key: String?
    @Option(help: "Bucket of the state; the lab keeps those of the http backend in \"http\", with their name as key.")
    var bucket: String = StateEndpoint.usualBucket

    func validate() throws {
        guard (app == nil) != (key == nil) else { throw ValidationError("give either --app or --key") }
        guard !(app ?? key ?? "").isEmpty else { throw ValidationError("the name is empty") }
        guard app?.contains("/") != true else { throw ValidationError("the name of an application has no slash") }
    }

    /// The key of the object.
    var object: String { key ?? app.map(StateKey.object) ?? "" }
    /// The option again, for commands to type.
    var option: String {
        let place = bucket == StateEndpoint.usualBucket ? "" : " --bucket \(bucket)"
        return (app.map { "--app \($0)" } ?? "--key '\(object)'") + place
    }
    /// What to type to take a lock away.
    var unlock: [String] { app.map { ["nante terraform unlock --app \($0)"] } ?? [] }
}

extension GlobalOptions {
    /// A client of the platform's state store; a command that changes something says first where.
    func states(_ context: Context, bucket: String, changes: Bool) async throws -> S3Client {
        let platform = try await platform(context)
        var endpoint = try platform.state()
        endpoint.bucket = bucket
        if changes {
            let name = platform.isLab ? "the lab on this machine" : "your servers"
            context.terminal.say("platform  \(name) (states \(endpoint.url)/\(bucket))")
        }
        return S3Client(endpoint, context: context)
    }
}
