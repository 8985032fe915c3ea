import Console
import Core
import Synchronization
import Terraform

/// Shows what terraform does as a tree of progress.
final class StackReport: Sendable {
    private let progress: Progress
    private let context: Context
    private let open = Mutex<[String: Int]>([:])

    init(_ context: Context) {
        self.context = context
        progress = Progress(context)
    }

    /// Shows an event; what only a log wants is left out.
    @Sendable func show(_ event: TerraformEvent) {
        switch event {
        case .said(let text): progress.say([text])
        case .waitingForLock: progress.say(["waiting for the lock of the state"])
        case .started(let address, let action, _) where action != .read:
            let id = progress.begin("\(StackReport.word(action)) \(StackReport.short(address))")
            open.withLock { $0[address] = id }
        case .progress(let address, let seconds):
            if let id = open.withLock({ $0[address] }) {
                progress.note(id, "since \(seconds) s", keep: seconds % 30 == 0)
            }
        case .completed(let address, _, let id, _): end(address, .done, id.map { "id \($0)" } ?? "")
        case .failed(let address, _, _): end(address, .failed, "")
        case .diagnostic(let diagnostic) where diagnostic.severity == .warning:
            progress.say(["warning: \(diagnostic.text)"])
        default: break
        }
    }

    private func end(_ address: String, _ ending: Progress.Ending, _ remark: String) {
        if let id = open.withLock({ $0.removeValue(forKey: address) }) { progress.end(id, ending, remark) }
    }

    private static func word(_ action: TerraformAction) -> String {
        switch action {
        case .create: "make"
        case .update: "change"
        case .delete: "destroy"
        default: action.rawValue
        }
    }

    /// `lxc web` for `module.lxc["web"].proxmox_virtual_environment_container.this`.
    static func short(_ address: String) -> String {
        guard let found = address.wholeMatch(of: /module\.(vm|lxc)\["([^"]+)"\]\..*/) else { return address }
        return "\(found.1) \(found.2)"
    }
}

/// Shows a plan.
enum PlanShow {
    static func render(_ plan: TerraformPlan, _ format: OutputFormat, _ context: Context) throws {
        for change in plan.drift {
            context.terminal.say(
                "changed outside of terraform: \(StackReport.short(change.address)) \(words(of: change))")
        }
        try Output.render(plan.json, as: format, to: context.terminal) {
            Table(["ACTION", "RESOURCE", "WHAT"], rows: plan.rows)
        }
    }

    static func words(of change: TerraformChange) -> String {
        if change.action == .delete { return "is gone" }
        let known = change.attributes.filter { !$0.isUnknown }.prefix(6).map(\.text)
        return known.isEmpty ? "" : "(\(known.joined(separator: "; ")))"
    }
}
