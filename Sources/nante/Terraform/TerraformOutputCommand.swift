import ArgumentParser
import Console
import Core
import OrderedCollections
import Terraform

/// `nante terraform output`.
struct TerraformOutputCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "output", abstract: "Show the outputs of an application's workspace.",
        discussion: """
            Read from the store of states; nothing is locked. A sensitive output is shown only when it is named.

              nante terraform output --app web
              nante terraform output --app web --name vm_target_ip
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var app: AppOption
    @Option(help: "One output: its value alone, text as it is.")
    var name: String?

    func run(_ context: Context) async throws {
        let tools = try await TerraformTools(global, context)
        guard let state = try await tools.storedState(app.app) else {
            throw Failure(
                .failed, "there is no workspace \(app.app)", where: tools.endpoints.state?.url,
                next: ["nante terraform workspaces"])
        }
        let outputs = state.outputs
        if let name {
            guard let value = outputs[name] else {
                let known = outputs.values.keys.joined(separator: ", ")
                throw Failure(
                    .failed, "\(app.app) has no output \(name)", why: known.isEmpty ? "it has none" : "it has \(known)")
            }
            if format.output == .table { return context.terminal.out((value.string ?? value.text()) + "\n") }
            return try Output.render(value, as: format.output, to: context.terminal) { [] }
        }
        let shown = OrderedDictionary(
            uniqueKeysWithValues: outputs.values.map { name, value in
                (name, outputs.sensitive.contains(name) ? JSONValue.string("(sensitive)") : value)
            })
        try Output.render(.object(shown), as: format.output, to: context.terminal) {
            Table(["NAME", "VALUE"], rows: shown.map { [$0.key, $0.value.string ?? $0.value.text()] })
        }
    }
}
