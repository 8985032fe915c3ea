import ArgumentParser
import Core
import StateStore
import Terraform

/// `nante terraform unlock`.
struct TerraformUnlockCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Take away the lock of an application's state that a dead run left.",
        discussion: """
            Says who holds it, and since when, and asks; refused while a run of this folder lives. A lock that a \
            dead run of this folder left is released by the next plan or apply by itself.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var app: AppOption
    @Argument(help: "Id of the lock; a lock with another one is left alone.")
    var id: String?
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run(_ context: Context) async throws {
        let tools = try await TerraformTools(global, context)
        context.terminal.say(tools.line)
        let locks = StateLocks(try tools.store())
        let key = StateKey.object(workspace: app.app)
        guard let lock = try await locks.find(key) else { return context.terminal.say("\(app.app): is not locked") }
        context.terminal.say("\(app.app): locked by \(lock.holder) (lock \(lock.id.isEmpty ? "without id" : lock.id))")
        if let id, id != lock.id {
            throw Failure(
                .refused, "nothing was changed", why: "the lock is \(lock.id), not \(id)",
                next: ["nante terraform unlock --app \(app.app) \(lock.id)"])
        }
        if let worker = TerraformStack.worker(app.app, repository: context.workingDirectory, context: context) {
            throw Failure(
                .held, "nothing was changed", why: "\(worker) lives and works on \(app.app) in this folder",
                next: ["wait for it"])
        }
        try Confirm.ask("Take it away? A run that still lives would lose its changes.", yes: yes, context: context)
        _ = try await locks.remove(key, id: lock.id)
        context.terminal.say("\(app.app): unlocked")
    }
}
