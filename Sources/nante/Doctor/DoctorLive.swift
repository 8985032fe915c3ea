import ArgumentParser
import Console
import Core
import Diagnosing
import Foundation
import Synchronization

extension DoctorCommand {
    /// `nante doctor --live`.
    func runLive(_ platform: Platform, _ site: DoctorSite, _ context: Context) async throws {
        let checks = LiveChecks.all(platform, site: site)
        guard !checks.isEmpty else {
            throw Failure(
                .missing, "no service is set", next: ["export PROXMOX_API_URL=… (and the others)", "or --lab"])
        }
        context.terminal.say(platform.line)
        for check in checks { context.terminal.say("  \(check.service): makes and removes \(check.makes)") }
        if !platform.isLab {
            try Confirm.ask("Do that on your servers?", yes: yes, context: context)
        }
        let lock = try FileLock.attempt(
            NanteHome.path(context).appending(path: "doctor.lock"), holder: "nante doctor --live, process \(getpid())")
        guard let lock else { throw Failure(.held, "another nante doctor --live runs on this machine") }
        defer { withExtendedLifetime(lock) {} }
        var doctor = LiveDoctor(checks, context: context)
        doctor.keeps = keep
        let shown = LiveProgress(context, checks.map(\.service))
        let result = await doctor.run { shown.show($0, $1) }
        shown.end(result)
        let hide = LiveNames(platform, hosts: hosts).hide
        let words = platform.isLab ? "the lab" : "real servers"
        let value = result.json(version: Version.text, platform: words, hide: hide)
        if let report {
            let isJSON = report.hasSuffix(".json")
            let text =
                isJSON
                ? value.text(indent: 2) + "\n" : result.markdown(version: Version.text, platform: words, hide: hide)
            let path = context.path(report)
            try context.files.write(Data(context.mask.apply(text).utf8), to: path, mode: 0o644)
            context.terminal.say("report    \(path)")
        }
        try Output.render(value, as: format.output, to: context.terminal, lines: { DoctorLiveText.lines(result) })
        try Task.checkCancellation()
        if !result.isGood { throw ExitCode(Exit.failed.code) }
    }
}

/// Takes the names of this platform out of a text.
struct LiveNames {
    private let names: [(String, String)]

    init(_ platform: Platform, hosts: Bool) {
        var found: [(String, String)] = []
        let addresses: [SettingName] = [.octopusURL, .nexusURL, .proxmoxURL, .stateURL]
        for name in hosts ? [] : addresses {
            guard let url = platform.settings[name] else { continue }
            let word = name.rawValue.split(separator: "_")[0].lowercased()
            found.append((url, "https://\(word)"))
            if let host = URL(string: url)?.host() { found.append((host, word)) }
        }
        let users: [SettingName] = [.proxmoxTokenID, .nexusUser, .stateUser]
        for name in hosts ? [] : users {
            guard let value = platform.settings[name], value.count > 4 else { continue }
            found.append((value, name.rawValue.lowercased()))
        }
        names = found
    }

    func hide(_ text: String) -> String { names.reduce(text) { $0.replacing($1.0, with: $1.1) } }
}

/// The result of a live run for people.
enum DoctorLiveText {
    static func lines(_ report: LiveReport) -> [String] {
        var lines: [String] = []
        for part in report.parts {
            let good = part.steps.count { $0.failure == nil }
            lines.append(
                "\(part.service.padding(to: 13))\(part.failure == nil ? "ok" : "failed"), \(good) of "
                    + "\(part.steps.count) steps, \(part.calls.count) calls  \(part.version)")
            for step in part.steps { if let failure = step.failure { lines.append("  ✗ \(step.title): \(failure)") } }
            if part.steps.allSatisfy({ $0.failure == nil }), let failure = part.failure {
                lines.append("  ✗ \(failure)")
            }
            if !part.notes.isEmpty { lines.append("  \(part.notes.count) odd things in answers (--report FILE)") }
            if !part.leftovers.isEmpty {
                lines.append("  removed from earlier runs: \(part.leftovers.joined(separator: ", "))")
            }
            if let kept = part.kept { lines.append("  left for a look: \(kept)") }
        }
        return lines
    }
}

/// One line of progress a service.
final class LiveProgress: Sendable {
    private let progress: Console.Progress
    private let handles: [String: Int]

    init(_ context: Context, _ services: [String]) {
        let progress = Console.Progress(context)
        self.progress = progress
        handles = Dictionary(services.map { ($0, progress.begin($0)) }) { $1 }
    }

    func show(_ service: String, _ step: String) { if let id = handles[service] { progress.note(id, step) } }

    func end(_ report: LiveReport) {
        for part in report.parts {
            if let id = handles[part.service] { progress.end(id, part.failure == nil ? .done : .failed) }
        }
    }
}
