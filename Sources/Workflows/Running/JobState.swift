import OrderedCollections
import Synchronization

/// What a step left for later steps of the same job or action.
struct StepResult: Sendable {
    var outcome: Conclusion
    var conclusion: Conclusion
    var outputs: OrderedDictionary<String, String>

    /// The step's member of the `steps` context.
    var value: ExpressionValue {
        .object([
            ("outputs", .object(outputs.map { ($0.key, .string($0.value)) })),
            ("outcome", .string(outcome.rawValue)), ("conclusion", .string(conclusion.rawValue)),
        ])
    }
}

/// The status of a job or of a composite action, read by status functions while steps run.
final class Status: Sendable {
    private let state = Mutex(Conclusion.success)

    /// The status: success, failure or cancelled.
    var value: Conclusion { state.withLock { $0 } }

    /// Takes a step's conclusion: cancelled is worse than failure, failure worse than success.
    func merge(_ conclusion: Conclusion) {
        state.withLock { state in
            if conclusion == .cancelled || (conclusion == .failure && state == .success) { state = conclusion }
        }
    }
}

/// Steps that see each other: those of a job, or those of one call of a composite action.
final class StepScope: Sendable {
    /// The call of a composite action.
    struct Call: Sendable {
        /// The action's inputs.
        var inputs: ExpressionValue
        /// The `env` of the step that called, and of those around it.
        var outer: OrderedDictionary<String, String>
        /// The folder with the action's files.
        var folder: String
        /// Where the action comes from, for `$/` in its steps.
        var origin: Origin
        /// How deep actions are nested, from 1.
        var depth: Int
    }

    /// The call; nil for the steps of a job.
    let call: Call?
    /// The status of the job, or of the call.
    let status: Status
    /// The `steps` context.
    private let state = Mutex<OrderedDictionary<String, StepResult>>([:])

    init(call: Call? = nil, status: Status) {
        self.call = call
        self.status = status
    }

    /// Keeps what a step left.
    func keep(_ id: String, _ result: StepResult) { state.withLock { $0[id] = result } }

    /// The `steps` context.
    var steps: ExpressionValue {
        .object(state.withLock { $0 }.map { ($0.key, $0.value.value) })
    }
}

/// What steps of a job change for the ones that follow.
final class JobVariables: Sendable {
    private let state: Mutex<(environment: OrderedDictionary<String, String>, path: [String])>

    init(_ environment: OrderedDictionary<String, String>) { state = Mutex((environment, [])) }

    /// The `env` of workflow and job with what was written to GITHUB_ENV.
    var environment: OrderedDictionary<String, String> { state.withLock { $0.environment } }
    /// Folders in front of PATH, newest first.
    var path: [String] { state.withLock { $0.path } }

    func set(_ values: OrderedDictionary<String, String>, path folders: [String]) {
        state.withLock { state in
            state.environment.merge(values) { $1 }
            for folder in folders {
                state.path.removeAll { $0 == folder }
                state.path.insert(folder, at: 0)
            }
        }
    }
}
