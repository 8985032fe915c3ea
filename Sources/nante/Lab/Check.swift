import ArgumentParser
import Console
import Core
import Lab

/// `nante lab check`.
struct LabCheck: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say what this machine lacks for the lab.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions

    func run(_ context: Context) async throws {
        let needs = LabNeeds.check(context)
        try Output.render(LabNeeds.value(needs), as: format.output, to: context.terminal) {
            Table(
                ["NEED", "STATE", "FOR", "HOW TO GET IT"],
                rows: needs.map { [$0.name, $0.met ? "ok" : "missing", $0.purpose, $0.met ? "" : $0.remedy] })
        }
        let missing = needs.filter { !$0.met }
        guard !missing.isEmpty else { return }
        let packages = missing.compactMap(\.package)
        throw Failure(
            .missing, "this machine lacks \(missing.map(\.name).joined(separator: ", ")) for the lab",
            next: packages.isEmpty ? [] : ["apt-get install \(packages.joined(separator: " "))"])
    }
}
