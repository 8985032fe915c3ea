import Core
import Foundation
import Testing

@testable import Terraform

/// A workspace that came with the repository is not run.
@Suite struct FolderTests {
    private func stack(_ context: Context) throws -> TerraformStack {
        try TerraformStack(
            name: "web", repository: context.workingDirectory, variables: .emptyObject,
            endpoints: TerraformEndpoints(proxmox: nil, state: nil), providers: .builtIn,
            program: TerraformProgram(files: [.init(path: "main.tf", text: "")]), context: context)
    }

    @Test func whatNanteLaidOutIsTaken() async throws {
        try await withScratch { context, _ in
            let stack = try stack(context)
            for file in ["main.tf", "nante.auto.tfvars.json", "journal.jsonl", "old.tf"] {
                try context.files.write("", to: stack.path(file))
            }
            try await stack.checkOrigin()
            try stack.checkFiles(old: ["old.tf"])
        }
    }

    @Test(arguments: ["evil.tf", "main_override.tf.json", "terraform.tfvars", "modules/vm/evil.tf"])
    func otherConfigurationIsRefused(file: String) async throws {
        try await withScratch { context, _ in
            let stack = try stack(context)
            try context.files.write("", to: stack.path(file))
            let failure = #expect(throws: Failure.self) { try stack.checkFiles() }
            #expect(failure?.exit == .refused)
            #expect(failure?.what.contains(file) == true)
        }
    }

    @Test(arguments: ["journal.jsonl", "terraform.pid", "modules"])
    func linksAreRefused(file: String) async throws {
        try await withScratch { context, _ in
            let stack = try stack(context)
            try context.files.makeDirectory(stack.folder)
            try FileManager.default.createSymbolicLink(
                atPath: stack.path(file), withDestinationPath: context.workingDirectory.appending(path: "elsewhere"))
            let failure = await #expect(throws: Failure.self) { try await stack.prepare() }
            #expect(failure?.exit == .refused)
        }
    }

    @Test func aFolderOfTheRepositoryIsRefused() async throws {
        try await withScratch { context, _ in
            let stack = try stack(context)
            try context.files.write("", to: stack.path("prepared.json"))
            for arguments in [["init", "-q"], ["add", "-f", ".nante"]] {
                _ = try await context.processes.check(
                    Command("git", ["-C", context.workingDirectory] + arguments), what: "git")
            }
            let failure = await #expect(throws: Failure.self) { try await stack.prepare() }
            #expect(failure?.what == "the workspace web came with the repository")
        }
    }
}
