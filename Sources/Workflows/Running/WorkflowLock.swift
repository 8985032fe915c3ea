import Core
import Crypto
import Foundation

/// The concurrency group of a whole workflow: runs of the same repository on this machine take turns.
///
/// A run that waits is not replaced by a newer one, and `cancel-in-progress` ends no run of another process.
enum WorkflowLock {
    /// Waits for the group's turn; nil where the workflow has no group, or the run was cancelled meanwhile.
    static func acquire(
        _ scope: WorkflowScope, _ contexts: JobContexts, _ services: RunServices, _ cancellation: Cancellation
    ) async throws -> FileLock? {
        guard let group = try scope.workflow.concurrency?.group(contexts.evaluator()) else { return nil }
        let digest = Array(SHA256.hash(data: Data(group.name.lowercased().utf8))).hex.prefix(16)
        let path = services.bench.locks.appending(path: "\(digest).lock")
        let holder = "run \(services.facts.id) in \(services.root)"
        var said = false
        while !cancellation.isCancelled {
            if let lock = try FileLock.attempt(path, holder: holder) { return lock }
            if !said, let other = FileLock.holder(path) {
                services.journal.write(.other("run.waiting", ["group": .string(group.name), "for": .string(other)]))
                said = true
            }
            try await services.context.time.sleep(for: .milliseconds(100))
        }
        return nil
    }
}

extension Concurrency {
    /// The group's name and whether it ends what runs; nil where the name is empty.
    func group(_ evaluator: Evaluator) throws -> (name: String, cancels: Bool)? {
        switch try template.resolve(evaluator) {
        case .object(let object):
            guard let group = object["group"]?.text, !group.isEmpty else { return nil }
            return (group, object["cancel-in-progress"]?.isTruthy ?? false)
        case let value: return value.text.isEmpty ? nil : (value.text, false)
        }
    }
}
