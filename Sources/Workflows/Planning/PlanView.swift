import Core

/// A workflow's jobs as a person wants to see them before a run.
public struct PlanView: Sendable {
    /// One job.
    public struct Row: Sendable {
        /// The job's id.
        public var job: String
        /// The ids it needs.
        public var needs: [String]
        /// Round in which it can start: 0 for jobs without needs, else one more than the latest of its needs.
        public var stage: Int
        /// What it does: the number of steps, or the workflow that it calls.
        public var work: String
        /// Names of its legs; nil where they are known only at run time.
        public var legs: [String]?
    }

    /// The jobs in an order where needs come first.
    public var rows: [Row]

    /// The view of a workflow; contexts that are not known before the run are null.
    public init(_ workflow: Workflow) {
        let plan = Plan(workflow)
        var stages: [String: Int] = [:]
        rows = []
        for id in plan.order {
            guard let job = workflow.jobs[id] else { continue }
            let stage = (job.needs.compactMap { stages[$0] }.max() ?? -1) + 1
            stages[id] = stage
            let work: String
            switch job.work {
            case .steps(let steps): work = steps.steps.count == 1 ? "1 step" : "\(steps.steps.count) steps"
            case .call(let call): work = call.text
            }
            rows.append(Row(job: id, needs: job.needs, stage: stage, work: work, legs: Self.legs(job)))
        }
    }

    private static func legs(_ job: Job) -> [String]? {
        guard let strategy = job.strategy else { return [job.id] }
        let evaluator = Evaluator(contexts: ExpressionObject([]))
        if strategy.template.hasExpression { return nil }
        return (try? strategy.plan(evaluator))?.legs.map { $0.name(of: job.id) }
    }

    /// The rows as JSON.
    public var json: JSONValue {
        .object([
            "jobs": .array(
                rows.map { row in
                    .object([
                        "job": .string(row.job), "needs": .array(row.needs.map(JSONValue.string)),
                        "stage": .number(Double(row.stage)), "work": .string(row.work),
                        "legs": row.legs.map { .array($0.map(JSONValue.string)) } ?? .null,
                    ])
                })
        ])
    }
}
