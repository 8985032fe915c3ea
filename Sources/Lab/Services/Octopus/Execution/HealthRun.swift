import Core
import Foundation
import GRDB

/// Checks deployment targets: are they reached, is what scripts need there, what does the policy's script say.
struct HealthRun: Sendable {
    /// A target with what is needed to check it.
    struct Subject: Sendable {
        var machine: DeploymentMachine
        /// Only the connection is checked.
        var isConnectionOnly: Bool
        /// The policy's own script; empty for none.
        var script: String
    }

    /// What was found about a target.
    struct Finding: Sendable {
        var health: String
        var summary: String
        var shellVersion: String?
        var system: String?
        var architecture: String?
    }

    let subjects: [Subject]
    let description: String
    let log: TaskLog
    let targets: TargetSessions
    let context: Core.Context
    /// How long one target may take.
    let limit: Duration
    /// Stores a finding.
    let store: @Sendable (String, Finding) async throws -> Void

    /// Programs that scripts of deployments need on a target.
    static let needed = ["df", "ls", "grep", "mkdir", "tar", "base64", "sha256sum", "flock", "awk", "find"]

    /// Runs all checks, ten at once.
    func run() async throws -> TaskOutcome {
        let root = log.node(description)
        let bad = try await withThrowingTaskGroup(of: String?.self) { group in
            var waiting = subjects[...]
            var bad: [String] = []
            for subject in waiting.prefix(DeploymentRun.parallel) {
                waiting = waiting.dropFirst()
                group.addTask { try await check(subject, root) }
            }
            while let found = try await group.next() {
                if let found { bad.append(found) }
                if let next = waiting.popFirst() { group.addTask { try await check(next, root) } }
            }
            return bad.sorted()
        }
        guard bad.isEmpty else {
            let message = "The health check failed for \(bad.joined(separator: ", "))."
            root.write(.fatal, message)
            root.status(.failed)
            return .failed(message)
        }
        root.status(log.hasWarnings ? .warned : .success)
        return .success(warnings: log.hasWarnings)
    }

    /// Checks one target.
    ///
    /// - Returns: its name when it is not well.
    private func check(_ subject: Subject, _ root: LogNode) async throws -> String? {
        let node = root.child("Check deployment target: \(subject.machine.name)")
        let finding = try await examine(subject, node)
        try await store(subject.machine.id, finding)
        let isWell = ["Healthy", "HasWarnings"].contains(finding.health)
        if isWell { node.write(.info, finding.summary) } else { node.write(.fatal, finding.summary) }
        node.status(isWell ? (finding.health == "Healthy" ? .success : .warned) : .failed)
        return isWell ? nil : subject.machine.name
    }

    private func examine(_ subject: Subject, _ node: LogNode) async throws -> Finding {
        let shell: RemoteShell
        do {
            shell = try await targets.shell(subject.machine)
            let output = ScriptOutput(node: node)
            let facts = LineCollector()
            let script = subject.isConnectionOnly ? "true\n" : probe + BashHelpers.text + "\n" + subject.script
            let ending = try await shell.run(script, deadline: limit) { line in
                if line.text.hasPrefix("nante-fact ") { facts.take(line) } else { output.take(line) }
            }
            return finding(ending, output.told, facts.out, subject)
        } catch let failure as Failure {
            for line in failure.description.split(separator: "\n") { node.write(.error, String(line)) }
            let isKnown = failure.exit == .refused
            return Finding(health: isKnown ? "Unhealthy" : "Unavailable", summary: failure.oneLine)
        }
    }

    private func finding(
        _ ending: RemoteShell.Ending, _ told: ScriptOutput.Told, _ facts: [String], _ subject: Subject
    ) -> Finding {
        var finding = Finding(health: "Healthy", summary: "\(subject.machine.name) is healthy")
        for fact in facts {
            let words = fact.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count == 3 else { continue }
            switch words[1] {
            case "bash": finding.shellVersion = words[2]
            case "system": finding.system = words[2]
            case "architecture": finding.architecture = words[2]
            default: break
            }
        }
        switch ending {
        case .deadline:
            finding.health = "Unhealthy"
            finding.summary = "The health check did not end within \(limit.short)."
        case .exited(let code) where code != 0:
            finding.health = "Unhealthy"
            finding.summary = told.message ?? "The health check script failed with exit code \(code)."
        case .exited where told.hasErrors:
            finding.health = "HasWarnings"
            finding.summary = "The health check wrote errors; see the task's log."
        case .exited: break
        }
        return finding
    }

    private var probe: String {
        """
        for p in \(HealthRun.needed.joined(separator: " ")); do
            command -v "$p" >/dev/null || { echo "$p is not installed" >&2; exit 127; }
        done
        echo "nante-fact bash ${BASH_VERSION:-?}"
        echo "nante-fact architecture $(uname -m)"
        echo "nante-fact system $( . /etc/os-release 2>/dev/null; echo "${PRETTY_NAME:-$(uname -sr)}" )"

        """
    }
}

extension HealthRun.Subject {
    /// The subject of a machine's document, by its policy.
    init(_ db: Database, _ document: Document) throws {
        machine = try DeploymentMachine(db, document)
        let policy = try Document.find(db, .machinePolicy, document.text("MachinePolicyId"))
        let check = policy?.body["MachineHealthCheckPolicy"] ?? .emptyObject
        isConnectionOnly = check["HealthCheckType"]?.string == "OnlyConnectivity"
        let bash = check["BashHealthCheckPolicy"] ?? .emptyObject
        script = bash["RunType"]?.string == "Inline" ? bash["ScriptBody"]?.string ?? "" : ""
    }
}
