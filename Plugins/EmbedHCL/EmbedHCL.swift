import Foundation
import PackagePlugin

/// Writes the Terraform configuration of `terraform/` into a source file, so that the binary carries it.
@main
struct EmbedHCL: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        let output = context.pluginWorkDirectoryURL
        return [
            .prebuildCommand(
                displayName: "Embedding the Terraform configuration", executable: URL(filePath: "/bin/sh"),
                arguments: [
                    context.package.directoryURL.appending(path: "scripts/embed-hcl").path,
                    context.package.directoryURL.path, output.path,
                ], outputFilesDirectory: output)
        ]
    }
}
