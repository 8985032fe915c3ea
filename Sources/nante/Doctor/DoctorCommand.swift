import ArgumentParser
import Console
import Core
import Diagnosing
import Foundation
import Lab
import Terraform

/// `nante doctor`.
struct DoctorCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say whether all is there that machines need, and how to mend what is not.",
        discussion: """
            Looks at settings, tools, Proxmox, the state store and the network at the same time, and changes nothing. \
            Exits with 1 when something is wrong, with 3 when something is missing or out of reach. With --live it \
            makes every call that nante makes, in a space, a repository, a container and a state of its own, and \
            removes them again.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(name: .shortAndLong, help: "Look for what this environment of nante.yml needs.")
    var environment: String?
    @Flag(help: "Make every call that nante makes, in places of its own, and remove them again.")
    var live = false
    @Flag(help: "With --live: leave what was made for a look; the next run removes it.")
    var keep = false
    @Option(help: "With --live: write a report that can be shared to this file, JSON by its name, else Markdown.")
    var report: String?
    @Flag(help: "With --live: keep the names of hosts in the report.")
    var hosts = false
    @Flag(name: .shortAndLong, help: "With --live: do not ask before something is made on your servers.")
    var yes = false

    func validate() throws {
        guard live || (!keep && report == nil && !hosts && !yes) else {
            throw ValidationError("--keep, --report, --hosts and --yes go with --live")
        }
    }

    func run(_ context: Context) async throws {
        let manifest = try global.manifestIfAny(context)
        if let environment, manifest?.environments.contains(where: { $0.name == environment }) != true {
            let known = (manifest?.environments ?? []).map(\.name).sorted().joined(separator: ", ")
            throw Failure(
                .usage, "there is no environment \(environment)",
                why: manifest == nil ? "there is no \(Manifest.fileName) here" : "there is: \(known)")
        }
        let platform = try await global.platform(context, manifest: manifest)
        // The lab makes its key with the first host; a look must not miss it before.
        if platform.isLab { _ = try? await Hosts.ofThisMachine(context).authorizedKey() }
        let site = try DoctorPlace.site(platform, manifest: manifest, environment: environment, context)
        if live { return try await runLive(platform, site, context) }
        var doctor = Doctor(platform, site: site, context: context)
        doctor.standIn = StandInProvider.find(executable: DoctorPlace.executable, context: context)
        let progress = Console.Progress(context)
        let work = context.terminal.isInteractive ? progress.begin("looking") : nil
        let findings = await Checkup(doctor.checks).run(context) { finding in
            if let work { progress.note(work, "\(finding.group): \(finding.title)") }
        }
        if let work { progress.end(work, .done) }
        try Task.checkCancellation()
        let report = CheckReport(findings)
        try Output.render(
            report.json, as: format.output, to: context.terminal, lines: { DoctorPlace.lines(report, context) })
        if report.exit != .done { throw ExitCode(report.exit.code) }
    }
}

/// How the doctor shows what it found; what it looks for is beside it.
enum DoctorPlace {
    /// The path of the running program.
    static var executable: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    /// The findings for people.
    static func lines(_ report: CheckReport, _ context: Context) -> [String] {
        let style = Style(context.terminal)
        return report.lines { status in
            switch status {
            case .ok: style.green("✓")
            case .warning: style.yellow("!")
            case .failed, .missing: style.red("✗")
            case .skipped: style.dim("–")
            }
        }
    }
}
