import ArgumentParser
import Core
import Foundation
import Lab
import Workflows

/// `nante lab repo receive`: what the hook of a repository calls.
struct LabRepoReceive: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "receive", abstract: "Run what a push triggers; called by the repository's hook.",
        shouldDisplay: false)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "Name of the repository.")
    var name: String

    func run(_ context: Context) async throws {
        let lines = String(decoding: try FileHandle.standardInput.readToEnd() ?? Data(), as: UTF8.self)
        let receiver = PushReceiver(LabRepos(context), try RepoName(name)) { text, file in
            do {
                let workflow = try WorkflowParser.parse(text: text, file: file)
                return .init(file: file) { ref, changed in
                    workflow.triggers.match(TriggerEvent(name: "push", ref: ref.name, paths: changed))
                }
            } catch {
                return .init(file: file, fault: "\(error)") { _, _ in true }
            }
        }
        if try await receiver.receive(lines) > 0 { throw ExitCode(Exit.failed.code) }
    }
}
