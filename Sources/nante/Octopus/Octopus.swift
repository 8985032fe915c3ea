import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus`: the deployment server.
struct OctopusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "octopus", abstract: "Projects, targets, releases and deployments in Octopus Deploy.",
        subcommands: [
            OctopusAccount.self, OctopusDashboard.self, OctopusDeployment.self, OctopusEnvironment.self,
            OctopusPackage.self, OctopusProject.self, OctopusRelease.self, OctopusTarget.self, OctopusTask.self,
            OctopusTemplate.self,
        ])
}

extension GlobalOptions {
    /// A client of the platform's Octopus.
    ///
    /// - Parameter changes: the command changes something, so its first line says where.
    func octopus(_ context: Context, changes: Bool = false) async throws -> OctopusClient {
        let platform = try await platform(context)
        if changes { context.terminal.say(platform.line) }
        return try await OctopusClient.connect(try platform.octopus(), context: context)
    }
}

/// How commands show what they did and found.
enum OctopusShow {
    /// One line for people: what happened to what.
    static func change(_ change: ResourceChange, _ what: String, _ context: Context) {
        context.terminal.say("\(what) \(change == .unchanged ? "is unchanged" : "\(change.rawValue)")")
    }

    /// A list as a table, or its data.
    static func list(
        _ items: [JSONValue], _ format: OutputFormat, _ context: Context, table: () -> Table
    ) throws {
        try Output.render(.array(items), as: format, to: context.terminal, table: table)
    }

    /// A date without fraction and offset, for a table.
    static func date(_ text: String?) -> String {
        text.map { String($0.prefix(19)).replacing("T", with: " ") } ?? ""
    }
}

/// Names that an option takes several times, or parted by commas.
enum OctopusList {
    static func split(_ values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",") }.map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }
}
