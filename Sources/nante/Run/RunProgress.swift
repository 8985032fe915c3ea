import Console
import Core
import Synchronization
import Workflows

/// Shows a run as a tree of jobs and steps on a terminal, as plain lines elsewhere.
final class RunProgress: RunView {
    private let progress: Progress
    private let style: Style
    private let verbose: Bool
    private let context: Context
    /// When the tree was last redrawn for a line; a step may print thousands in a second.
    private let drawn = Mutex(Duration.zero)
    private static let pause = Duration.milliseconds(50)
    /// Handles of open pieces by job key, or job key and step.
    private let open = Mutex<[String: Int]>([:])
    private let names = Mutex<[String: String]>([:])

    init(_ context: Context, verbose: Bool) {
        progress = Progress(context)
        style = Style(context.terminal)
        self.verbose = verbose
        self.context = context
    }

    func event(_ entry: JournalEntry) {
        switch entry.event {
        case .jobStarted(let job): begin(job.job, short(job.job, job.name), under: job.job.parentKey("/"))
        case .stepStarted(let step):
            begin("\(step.job)#\(step.step)", step.name, under: step.parent)
        case .stepFinished(let record):
            end("\(record.job)#\(record.step)", record.outcome, record.outcome == .success ? nil : record.message)
        case .jobFinished(let record):
            if open.withLock({ $0[record.job] }) == nil {
                begin(record.job, short(record.job, record.name), under: record.job.parentKey("/"))
            }
            end(record.job, record.result, record.message)
        case .annotation(_, _, let annotation) where annotation.message.hasPrefix("Process completed"): break
        case .annotation(let job, _, let annotation):
            let name = names.withLock { $0[job] } ?? job
            let text = "\(annotation.level.rawValue): \(name): \(annotation.text)"
            progress.say([annotation.level == .error ? style.red(text) : style.yellow(text)])
        case .cancelled(let reason): progress.say([style.yellow("cancelling: \(reason)")])
        case .other("run.waiting", let json):
            let (group, other) = (json["group"]?.string ?? "", json["for"]?.string ?? "")
            progress.say(["waiting for the concurrency group \(group), which \(other) has"])
        case .runStarted, .runFinished, .other: break
        }
    }

    func line(job: String, step: String, text: String) {
        if !verbose {
            let now = context.time.elapsed()
            let isDue = drawn.withLock { drawn in
                guard now - drawn >= RunProgress.pause else { return false }
                drawn = now
                return true
            }
            guard isDue else { return }
        }
        guard let handle = open.withLock({ $0["\(job)#\(step)"] }) else { return }
        progress.note(handle, text, keep: verbose)
    }

    private func begin(_ key: String, _ name: String, under parent: String?) {
        let above = parent.flatMap { parent in open.withLock { $0[parent] } }
        let handle = progress.begin(name, under: above)
        open.withLock { $0[key] = handle }
        names.withLock { $0[key] = name }
    }

    private func end(_ key: String, _ result: Conclusion, _ remark: String?) {
        guard let handle = open.withLock({ $0.removeValue(forKey: key) }) else { return }
        let ending: Progress.Ending =
            switch result {
            case .success: .done
            case .failure: .failed
            case .cancelled: .cancelled
            case .skipped: .skipped
            }
        progress.end(handle, ending, remark ?? "")
    }

    /// The name without that of the job around it, which stands above it already.
    private func short(_ key: String, _ name: String) -> String {
        guard key.contains("/"), let cut = name.range(of: " / ", options: .backwards) else { return name }
        return String(name[cut.upperBound...])
    }
}

extension StepHeader {
    /// The key of what holds the step: the action's step, or the job.
    var parent: String { step.parentKey(".").map { "\(job)#\($0)" } ?? job }
}

extension String {
    /// What stands before the last separator; nil where there is none.
    func parentKey(_ separator: Character) -> String? {
        lastIndex(of: separator).map { String(self[..<$0]) }
    }
}
