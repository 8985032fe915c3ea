import Core
import Foundation
import Git

/// actions/checkout on this machine: the commit of the run, from the repository that is here.
///
/// The checkout is a repository of its own with the whole history and all tags, whatever `fetch-depth` says, and
/// with the same `origin`; what a job does to it does not reach the user's repository.
struct Checkout: Sendable {
    let call: NativeAction.Call

    /// Inputs that are understood, or mean nothing here.
    static let inputs: Set<String> = [
        "repository", "ref", "path", "token", "persist-credentials", "clean", "fetch-depth", "fetch-tags",
        "show-progress", "set-safe-directory", "ssh-key", "ssh-known-hosts", "ssh-strict", "ssh-user", "submodules",
        "lfs", "sparse-checkout", "sparse-checkout-cone-mode", "filter", "github-server-url",
    ]

    private var services: RunServices { call.services }

    func run() async throws -> StepRun.End {
        for name in call.with.keys where !Checkout.inputs.contains(name.lowercased()) {
            call.log.annotate(Annotation(.warning, "Unexpected input '\(name)' of actions/checkout"))
        }
        for name in ["lfs", "submodules"] where ["true", "recursive"].contains(call.input(name) ?? "") {
            throw Failure(.usage, "actions/checkout: \(name) is not supported yet")
        }
        let target = try target()
        let repository = call.input("repository") ?? services.facts.repository
        guard GitName.isRepository(repository) else {
            throw Failure(.usage, "actions/checkout: \(JSONValue.string(repository).text()) is no owner/name")
        }
        if repository.lowercased() == services.facts.repository.lowercased() { return try await own(target) }
        let origin = try await services.finder.find(repository, ref: call.input("ref") ?? "HEAD")
        let folder = try await origin.folder()
        let source = Repository(context: services.context, folder: folder)
        if let ref = call.input("ref"), let sha = try await source.commit(ref) {
            try await place(source, sha, branch: nil, at: target)
            return end(sha, ref)
        }
        call.log.say("\(repository) is taken as it is in \(folder)")
        try copy(folder, to: target)
        return end(origin.sha, origin.ref)
    }

    /// The folder that is filled: below the workspace, never outside.
    private func target() throws -> String {
        guard let path = call.input("path"), path != "." else { return call.job.folders.workspace }
        let parts = path.split(separator: "/")
        guard !path.hasPrefix("/"), !parts.contains("..") else {
            throw Failure(.usage, "actions/checkout: path must be below the workspace, not \(path)")
        }
        return call.job.folders.workspace.appending(path: Origin.clean(path))
    }

    private func own(_ target: String) async throws -> StepRun.End {
        let facts = services.facts
        let wanted = call.input("ref")
        if services.request.workspace == .current, target == services.root {
            if let wanted, wanted != facts.ref, wanted != facts.sha, wanted != facts.refName {
                throw Failure(
                    .usage, "actions/checkout of \(wanted) would change your work tree",
                    why: "the run uses it itself (--workspace current)")
            }
            call.log.say("the work tree itself is the workspace (--workspace current)")
            return end(facts.sha, facts.ref)
        }
        guard case .commit(let source, let head) = services.own.tree else {
            call.log.say("\(services.root) is in no git repository and is copied as it is")
            try copy(services.root, to: target)
            return end(facts.sha, facts.ref)
        }
        guard let wanted, wanted != facts.ref, wanted != facts.sha else {
            let branch = facts.refType == "branch" && facts.ref.hasPrefix("refs/heads/") ? facts.refName : nil
            try await place(source, head, branch: branch, at: target)
            return end(head, facts.ref)
        }
        for name in ["refs/heads/\(wanted)", "refs/remotes/origin/\(wanted)", "refs/tags/\(wanted)", wanted]
        where GitName.isRef(name) || GitName.isCommit(name) {
            guard let sha = try await source.commit(name) else { continue }
            // HEAD's branch at the commit of the run, with what is not committed where the run has that too.
            let isHead = name == facts.ref
            let isBranch = name.hasPrefix("refs/heads/") || name.hasPrefix("refs/remotes/")
            try await place(source, isHead ? head : sha, branch: isBranch ? wanted : nil, at: target)
            return end(isHead ? head : sha, wanted)
        }
        throw Failure(
            .usage, "actions/checkout: there is no branch, tag or commit \(JSONValue.string(wanted).text()) here",
            next: ["git fetch"])
    }

    private func place(_ source: Repository, _ sha: String, branch: String?, at target: String) async throws {
        try empty(target)
        try await source.borrow(into: target, commit: sha, branch: branch, origin: services.originURL)
        call.log.say("checked out \(branch.map { "\($0) at " } ?? "")\(sha.prefix(12))")
    }

    /// Empties the folder but keeps it: a step may stand in it.
    private func empty(_ target: String) throws {
        let files = services.context.files
        guard files.exists(target) else { return }
        for name in try files.list(target) { try files.remove(target.appending(path: name)) }
    }

    private func copy(_ source: String, to target: String) throws {
        try empty(target)
        let files = services.context.files
        try files.makeDirectory(target)
        for name in try files.list(source) where name != ".nante" {
            try FileManager.default.copyItem(
                atPath: source.appending(path: name), toPath: target.appending(path: name))
        }
    }

    private func end(_ sha: String, _ ref: String) -> StepRun.End {
        var end = StepRun.End(conclusion: .success)
        end.outputs = ["commit": sha, "ref": ref]
        return end
    }
}
