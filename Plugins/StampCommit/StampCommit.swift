import Foundation
import PackagePlugin

/// Writes the commit of the build into a source file, so that `nante --version` tells it.
@main
struct StampCommit: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        let output = context.pluginWorkDirectoryURL
        return [
            .prebuildCommand(
                displayName: "Stamping the commit", executable: URL(filePath: "/bin/sh"),
                arguments: [
                    context.package.directoryURL.appending(path: "scripts/stamp").path,
                    context.package.directoryURL.path, output.path,
                ], outputFilesDirectory: output)
        ]
    }
}
