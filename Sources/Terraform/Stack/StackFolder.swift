import Core
import Foundation

extension TerraformStack {
    /// Refuses a folder that came with the repository, or that leads out of it.
    ///
    /// terraform runs whatever configuration, modules and providers are in it, with the credentials of the servers in
    /// its environment; a repository that brings them along would get both.
    func checkOrigin() async throws {
        let brought = await tracked()
        if let first = brought.first {
            throw Failure(
                .refused, "the workspace \(name) came with the repository", where: first,
                why: "what terraform would run there is not what nante laid out",
                next: ["git rm -r --cached \(first)", "then remove it, and run the same command again"])
        }
        let parent = folder.parentPath
        for place in [parent, folder] + entries(folder) + moduleEntries() where TerraformStack.isLink(place) {
            throw Failure(
                .refused, "\(place) is a link", why: "a workspace is written where it is, and nowhere else",
                next: ["remove it, then run the same command again"])
        }
    }

    /// Refuses configuration that nante did not lay out.
    ///
    /// - Parameter old: files that an earlier nante laid out, which are about to be removed.
    func checkFiles(old: [String] = []) throws {
        let own = Set(program.files.map { path($0.path) } + [path(TerraformStack.variablesFile)] + old.map(path))
        let read = [".tf", ".tf.json", ".tfvars", ".tfvars.json"]
        let foreign = (entries(folder) + moduleEntries()).filter { file in
            !own.contains(file) && read.contains { file.hasSuffix($0) }
        }
        guard let first = foreign.first else { return }
        throw Failure(
            .refused, "\(first) is not of nante", why: "terraform would read it with the rest of the workspace \(name)",
            next: ["remove it, or use the configuration in terraform/ without nante"])
    }

    /// Files below `.nante/terraform/` that are in the repository, or `.nante` itself where it is a link there.
    private func tracked() async -> [String] {
        let repository = folder.parentPath.parentPath.parentPath
        guard context.processes.find("git") != nil else { return [] }
        let command = Command(
            "git", ["-C", repository, "ls-files", "-z", "--", ".nante"], deadline: .seconds(20))
        guard let result = try? await context.processes.run(command), result.succeeded else { return [] }
        return result.stdout.split(separator: "\0").map(String.init).filter {
            $0 == ".nante" || $0 == ".nante/terraform" || $0.hasPrefix(".nante/terraform/")
        }
    }

    private func entries(_ folder: String) -> [String] {
        ((try? context.files.list(folder)) ?? []).sorted().map { folder.appending(path: $0) }
    }

    private func moduleEntries() -> [String] {
        let modules = entries(path("modules"))
        return modules + modules.flatMap(entries)
    }

    private static func isLink(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFLNK
    }
}
