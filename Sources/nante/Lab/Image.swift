import ArgumentParser
import Core
import Lab

/// `nante lab image`.
struct LabImageCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Make the base image of hosts where it is missing, and print its folder.",
        discussion: "It is made with the first host anyway; NANTE_IMAGES names a folder that several labs share.")
    @OptionGroup var global: GlobalOptions
    @Option(help: "lxc, for system containers, or vm, for virtual machines.")
    var kind = HostKind.lxc

    func run(_ context: Context) async throws {
        let folder = try await LabImage.ensure(context, kind: kind.rawValue) { context.terminal.say($0) }
        context.terminal.out(folder + "\n")
    }
}
