import Core

/// A workflow with all that its jobs call, read before anything runs.
final class LoadedWorkflow: Sendable {
    /// The workflow.
    let workflow: Workflow
    /// Its file, from the top of its repository.
    let path: String
    /// The repository that it comes from.
    let origin: Origin
    /// The workflow that a job calls, by the job's id.
    let calls: [String: LoadedWorkflow]

    init(workflow: Workflow, path: String, origin: Origin, calls: [String: LoadedWorkflow]) {
        self.workflow = workflow
        self.path = path
        self.origin = origin
        self.calls = calls
    }
}

/// Reads a workflow and those that it calls.
struct WorkflowLoader {
    let context: Context
    let finder: OriginFinder
    /// Called workflows nest at most so deep, the run's own included.
    static let depth = 10
    /// At most so many files of called workflows.
    static let files = 50

    /// Reads the workflow at a path of an origin.
    ///
    /// - Throws: `SourceFaults` for what is wrong in a file, a failure for a file that is not there.
    func load(_ path: String, from origin: Origin) async throws -> LoadedWorkflow {
        var seen = SeenFiles()
        let loaded = try await load(path, origin, chain: [], seen: &seen)
        // Inputs, secrets and permissions of every call are checked together, as `nante workflow check` does it.
        let file = loaded.workflow.file
        _ = try WorkflowCheck(source: seen).check(text: seen.texts[file] ?? "", file: file)
        return loaded
    }

    private func load(
        _ path: String, _ origin: Origin, chain: [String], seen: inout SeenFiles
    ) async throws -> LoadedWorkflow {
        let path = Origin.clean(path)
        guard let text = try await origin.text(path, context) else {
            throw Failure(.usage, "there is no \(path) in \(origin.repository)@\(origin.ref)")
        }
        let name = chain.isEmpty ? path : shown(path, origin)
        let key = "\(origin.repository)/\(path)@\(origin.sha.isEmpty ? origin.ref : origin.sha)"
        seen.keys.insert(key)
        seen.texts[name] = text
        let workflow = try WorkflowParser.parse(text: text, file: name)
        var calls: [String: LoadedWorkflow] = [:]
        for job in workflow.jobs.values {
            guard case .call(let call) = job.work else { continue }
            if chain.contains(key) { throw fault(call.place, "\(name) calls itself", text) }
            guard chain.count + 1 < WorkflowLoader.depth else {
                throw fault(call.place, "workflows nest more than \(WorkflowLoader.depth) deep", text)
            }
            let callee: LoadedWorkflow
            do {
                let (inner, source) = try await resolve(call.uses, origin)
                callee = try await load(inner, source, chain: chain + [key], seen: &seen)
            } catch let failure as Failure where failure.exit == .usage {
                throw fault(call.place, failure.what, text)
            }
            guard seen.keys.count <= WorkflowLoader.files + 1 else {
                throw fault(call.place, "more than \(WorkflowLoader.files) workflows are called", text)
            }
            calls[job.id] = callee
            seen.calls[SeenFiles.Call(caller: name, uses: call.uses)] = callee.workflow.file
        }
        return LoadedWorkflow(workflow: workflow, path: path, origin: origin, calls: calls)
    }

    /// The name of a file for messages: where a person finds it.
    private func shown(_ path: String, _ origin: Origin) -> String {
        if case .folder(let folder) = origin.tree { return folder.appending(path: path) }
        return origin.sha == finder.own.sha ? path : "\(origin.repository)/\(path)@\(origin.ref)"
    }

    private func resolve(_ reference: WorkflowReference, _ origin: Origin) async throws -> (String, Origin) {
        switch reference {
        case .local(let path): return (path, origin)
        case .remote(let owner, let repository, let path, let ref):
            return (path, try await finder.find("\(owner)/\(repository)", ref: ref))
        }
    }

    private func fault(_ place: Place, _ message: String, _ text: String) -> SourceFaults {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = lines.indices.contains(place.line - 1) ? String(lines[place.line - 1]) : nil
        return SourceFaults([
            SourceFault(file: place.file, line: place.line, column: place.column, message: message, source: line)
        ])
    }
}

/// The files that were read, for the check of all calls.
private struct SeenFiles: WorkflowSource {
    struct Call: Hashable {
        let caller: String
        let uses: WorkflowReference
    }
    var keys: Set<String> = []
    var texts: [String: String] = [:]
    var calls: [Call: String] = [:]

    func workflow(_ reference: WorkflowReference, calledFrom caller: String) throws -> CalledFile? {
        guard let name = calls[Call(caller: caller, uses: reference)], let text = texts[name] else { return nil }
        return CalledFile(name: name, text: text)
    }
}
