import Core

/// One thing that is looked at: what it needs before, and how it is done.
public struct Check: Sendable {
    /// Such as "proxmox.token"; unique, the same in every release.
    public let id: String
    /// What it belongs to, such as "Proxmox".
    public let group: String
    /// What is looked at, such as "token".
    public let title: String
    /// Checks that must have gone well before; each stands before this one.
    public let needs: [String]
    /// The longest it may take.
    public let limit: Duration
    let work: @Sendable () async throws -> CheckOutcome

    /// A check.
    ///
    /// - Parameter work: what it throws becomes a finding too.
    public init(
        _ id: String, _ group: String, _ title: String, needs: [String] = [], limit: Duration = .seconds(20),
        work: @escaping @Sendable () async throws -> CheckOutcome
    ) {
        self.id = id
        self.group = group
        self.title = title
        self.needs = needs
        self.limit = limit
        self.work = work
    }
}

/// Checks that are made together: all at once, but each after those that it needs.
public struct Checkup: Sendable {
    /// The checks, in the order shown.
    public let checks: [Check]

    /// A set of checks.
    public init(_ checks: [Check]) { self.checks = checks }

    /// Makes all checks; an interrupt leaves the rest out.
    ///
    /// - Parameter tell: is told each finding as soon as it is there, in no order.
    /// - Returns: the findings in the order of the checks.
    public func run(
        _ context: Context, tell: @escaping @Sendable (Finding) -> Void = { _ in }
    ) async -> [Finding] {
        var running: [String: Task<Finding, Never>] = [:]
        var tasks: [Task<Finding, Never>] = []
        for check in checks {
            let before = check.needs.map { running[$0] }
            let task = Task {
                let finding = await Checkup.finding(check, after: before, context)
                tell(finding)
                return finding
            }
            running[check.id] = task
            tasks.append(task)
        }
        let all = tasks
        return await withTaskCancellationHandler {
            var findings: [Finding] = []
            for task in all { findings.append(await task.value) }
            return findings
        } onCancel: {
            all.forEach { $0.cancel() }
        }
    }

    private static func finding(
        _ check: Check, after tasks: [Task<Finding, Never>?], _ context: Context
    ) async -> Finding {
        let start = context.time.elapsed()
        var outcome: CheckOutcome?
        for (name, task) in zip(check.needs, tasks) where outcome == nil {
            guard let task else {
                outcome = CheckOutcome(.failed, "it needs \(name), which is not made before it")
                continue
            }
            let earlier = await task.value
            if ![.ok, .warning].contains(earlier.status) {
                outcome = CheckOutcome(.skipped, "not looked at, since \(earlier.title) is not well")
            }
        }
        let found: CheckOutcome
        if let outcome { found = outcome } else { found = await Checkup.outcome(check, context) }
        return Finding(
            id: check.id, group: check.group, title: check.title, status: found.status, what: found.what,
            details: found.details, fix: found.fix, took: context.time.elapsed() - start)
    }

    private static func outcome(_ check: Check, _ context: Context) async -> CheckOutcome {
        do {
            return try await Wait.deadline("the check of \(check.title)", check.limit, context: context) {
                try await check.work()
            }
        } catch {
            return CheckOutcome(error)
        }
    }
}

/// A value that several checks need and that is fetched once.
actor Once<Value: Sendable> {
    private var task: Task<Value, any Error>?
    private let make: @Sendable () async throws -> Value

    init(_ make: @escaping @Sendable () async throws -> Value) { self.make = make }

    /// The value, or the error of the one attempt.
    func value() async throws -> Value {
        if let task { return try await task.value }
        let task = Task { [make] in try await make() }
        self.task = task
        return try await task.value
    }
}
