import Core
import OrderedCollections

/// One workflow that runs: the run's own, or one that a job of another called.
struct WorkflowScope: Sendable {
    /// The file.
    let loaded: LoadedWorkflow
    /// The `inputs` context.
    let inputs: ExpressionValue
    /// The `secrets` context.
    let secrets: OrderedDictionary<String, String>
    /// What stands before the keys of its jobs, such as `deploy/`.
    let key: String
    /// What stands before the names of its jobs, such as `deploy / `.
    let name: String
    /// The wish to end the run, or the job that called.
    let cancellation: Cancellation

    var workflow: Workflow { loaded.workflow }
}

/// How a job ended, for those that need it.
struct JobOutcome: Sendable {
    var result: Conclusion
    var outputs: OrderedDictionary<String, String> = [:]

    /// The job's member of the `needs` or `jobs` context.
    var value: ExpressionValue {
        .object([
            ("result", .string(result.rawValue)),
            ("outputs", .object(outputs.map { ($0.key, .string($0.value)) })),
        ])
    }
}

/// The contexts of a workflow's jobs, as far as they are known before a job's steps run.
struct JobContexts: Sendable {
    var github: ExpressionValue
    var inputs: ExpressionValue
    var variables: ExpressionValue
    var secrets: ExpressionValue
    var needs: ExpressionValue = .object([])
    var matrix: ExpressionValue = .null
    var strategy: ExpressionValue = .null

    /// The contexts by name.
    var members: [(String, ExpressionValue)] {
        [
            ("github", github), ("inputs", inputs), ("vars", variables), ("secrets", secrets), ("needs", needs),
            ("matrix", matrix), ("strategy", strategy),
        ]
    }

    /// An evaluator over them and some more.
    func evaluator(
        _ more: [(String, ExpressionValue)] = [], functions: [String: ExpressionFunction] = [:]
    ) -> Evaluator {
        Evaluator(contexts: ExpressionObject(members + more), functions: functions)
    }
}

extension ExpressionValue {
    /// An object of texts; on Linux and macOS the names of `env` keep their case.
    static func texts(_ values: OrderedDictionary<String, String>, caseSensitive: Bool = false) -> ExpressionValue {
        .object(ExpressionObject(values.map { ($0.key, .string($0.value)) }, caseSensitive: caseSensitive))
    }
}
