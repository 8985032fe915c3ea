import ArgumentParser
import Core
import Foundation
import Octopus

/// `nante octopus account ssh`.
struct OctopusAccountSSH: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh", abstract: "Make an account that logs in by an SSH key; a second run changes nothing.",
        discussion: """
            The key is read from a file or from the environment (SSH_PRIVATE_KEY), never from the command line. The
            server never gives a key back, so an existing one is kept unless --replace-key is given.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Name of the account.")
    var name: String
    @Option(help: "The user that logs in; SSH_USER where it is left out.")
    var username: String?
    @Option(help: "File of the private key; SSH_PRIVATE_KEY or SSH_PRIVATE_KEY_FILE where it is left out.")
    var keyFile: String?
    @Flag(help: "Replace the key of an account that is there.")
    var replaceKey = false

    func run(_ context: Context) async throws {
        let platform = try await global.platform(context)
        context.terminal.say(platform.line)
        let client = try await OctopusClient.connect(try platform.octopus(), context: context)
        let access = try keyFile == nil ? platform.ssh() : nil
        let path = keyFile.map { context.path($0) } ?? access?.keyFile ?? ""
        guard context.files.exists(path) else { throw Failure(.usage, "the key file \(path) does not exist") }
        let key = try context.files.read(path)
        context.mask.add(String(decoding: key, as: UTF8.self))
        let user = username ?? platform.settings[.sshUser] ?? access?.user ?? "deploy"
        let (account, change) = try await client.ensureSSHAccount(
            name, username: user, key: key, replacesKey: replaceKey)
        OctopusShow.change(change, "account \(account.name)", context)
        if format.output != .table { context.terminal.out(account.json.text(indent: 2) + "\n") }
        try StepOutput.set(["account-id": account.id, "change": change.rawValue], context: context)
    }
}
