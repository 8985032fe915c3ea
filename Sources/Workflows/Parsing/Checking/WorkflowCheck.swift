import Core

/// Checks a workflow together with the workflows that it calls.
///
/// Rules and words: actions/runner `ReusableWorkflowsLoader` and `PermissionsHelper`.
public struct WorkflowCheck: Sendable {
    /// What a job without permissions of its own may do; a setting of the repository on GitHub.
    public enum Policy: Sendable {
        /// Read and write everything but what has to be asked for.
        case write
        /// Read contents and packages.
        case limitedRead
    }

    /// Limits of a file.
    public var limits = YAMLLimits()
    /// Most levels of called workflows under the first one.
    public var maximumNesting = 9
    /// Most different files of called workflows.
    public var maximumWorkflows = 50
    /// Most jobs of all files together.
    public var maximumJobs = 10_000
    /// Permissions of jobs that name none.
    public var policy = Policy.write

    private let source: any WorkflowSource

    /// A check that finds called workflows in a source.
    public init(source: any WorkflowSource) { self.source = source }

    /// Reads and checks a workflow and all that it calls.
    ///
    /// - Throws: up to ten faults; a fault of a called file stands at the call.
    public func check(text: String, file: String) throws(SourceFaults) -> Workflow {
        let workflow = try WorkflowParser.parse(text: text, file: file, limits: limits)
        var walk = CallWalk(check: self, source: source, faults: Faults(text: text, file: file))
        walk.enter(workflow, allowed: ScopeLevels(policy: policy), level: 0)
        try walk.faults.check()
        return workflow
    }
}

/// One walk over a workflow and what it calls.
private struct CallWalk {
    let check: WorkflowCheck
    let source: any WorkflowSource
    var faults: Faults
    private var read: [String: Workflow] = [:]
    private var jobs = 0
    private var isStopped = false

    init(check: WorkflowCheck, source: any WorkflowSource, faults: Faults) {
        self.check = check
        self.source = source
        self.faults = faults
    }

    mutating func enter(_ workflow: Workflow, allowed: ScopeLevels, level: Int) {
        jobs += workflow.jobs.count
        if jobs > check.maximumJobs {
            return stop(workflow.file, "The workflow may not contain more than \(check.maximumJobs) jobs")
        }
        let own = workflow.permissions.map(ScopeLevels.init) ?? allowed
        for job in workflow.jobs.values {
            if isStopped { return }
            guard case .call(let call) = job.work else { continue }
            let granted = job.permissions.map(ScopeLevels.init) ?? own
            follow(call, of: job, in: workflow, granted: granted, level: level)
        }
    }

    private mutating func stop(_ file: String, _ message: String) {
        if !isStopped { faults.add(Place(file: file), message) }
        isStopped = true
    }

    private mutating func follow(
        _ call: CallJob, of job: Job, in caller: Workflow, granted: ScopeLevels, level: Int
    ) {
        let file: CalledFile
        do {
            guard let found = try source.workflow(call.uses, calledFrom: caller.file) else {
                if case .local = call.uses {
                    faults.add(call.place, "The workflow '\(call.text)' was not found")
                }
                return
            }
            file = found
        } catch {
            faults.add(call.place, "The workflow '\(call.text)' can't be read: \(error)")
            return
        }
        if level >= check.maximumNesting {
            return stop(caller.file, "Nested reusable workflow depth exceeded \(check.maximumNesting).")
        }
        guard let called = workflow(file, at: call) else { return }
        guard let trigger = called.triggers.call else {
            faults.add(call.place, "The workflow '\(call.text)' can't be called: it has no 'workflow_call' trigger")
            return
        }
        InputCheck.check(call, trigger, &faults)
        checkPermissions(of: called, name: call.text, job: job, granted: granted)
        enter(called, allowed: granted, level: level + 1)
    }

    private mutating func workflow(_ file: CalledFile, at call: CallJob) -> Workflow? {
        if let known = read[file.name] { return known }
        if read.count >= check.maximumWorkflows {
            stop(call.place.file, "The workflow may not call more than \(check.maximumWorkflows) workflows")
            return nil
        }
        do {
            let workflow = try WorkflowParser.parse(text: file.text, file: file.name, limits: check.limits)
            read[file.name] = workflow
            return workflow
        } catch {
            for fault in error.faults {
                let place = fault.line > 0 ? " (Line: \(fault.line), Col: \(fault.column))" : ""
                faults.add(call.place, "Error from called workflow \(file.name)\(place): \(fault.message)")
            }
            return nil
        }
    }

    private mutating func checkPermissions(of called: Workflow, name: String, job: Job, granted: ScopeLevels) {
        func report(_ who: String, _ wanted: ScopeLevels, _ faults: inout Faults) {
            guard let (asked, allowed) = wanted.excess(over: granted) else { return }
            faults.add(
                job.place,
                "Error calling workflow '\(name)'. The \(who) is requesting '\(asked)', "
                    + "but is only allowed '\(allowed)'.")
        }
        if let permissions = called.permissions {
            report("workflow '\(name)'", ScopeLevels(permissions), &faults)
        }
        for nested in called.jobs.values {
            guard let permissions = nested.permissions else { continue }
            report("nested job '\(nested.name?.literal ?? nested.id)'", ScopeLevels(permissions), &faults)
        }
    }
}
