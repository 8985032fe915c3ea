import ArgumentParser

/// The command `nante`.
@main
struct Nante: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nante", abstract: "From commit to running application on hardware you own.")
}
