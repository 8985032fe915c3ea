import ArgumentParser

/// `nante build`: the packages of apps, and the version that they get.
struct Build: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Build the package of an app.", subcommands: [BuildGo.self, BuildVersionShow.self])
}
