import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus account`.
struct OctopusAccount: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Accounts that Octopus logs in with.",
        subcommands: [OctopusAccountList.self, OctopusAccountSSH.self])
}

/// `nante octopus account list`.
struct OctopusAccountList: NanteCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List accounts.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions

    func run(_ context: Context) async throws {
        let accounts = try await global.octopus(context).all(Account.self)
        try OctopusShow.list(accounts.map(\.json), format.output, context) {
            Table(
                ["ACCOUNT", "KIND", "USER", "ID"],
                rows: accounts.map { [$0.name, $0.accountType, $0.username ?? "", $0.id] })
        }
    }
}
