import Core
import Foundation

/// The provider that a command uses: the real one where it can be had, on the lab else the stand-in.
public struct ChosenProvider: Sendable {
    /// Where it comes from.
    public let source: ProviderSource
    /// The stand-in, which the command stops at its end.
    public let standIn: StandInProvider?

    /// How long the answer "can't be reached" is believed.
    static let memory: TimeInterval = 600

    /// Finds the provider, and starts the stand-in where that is what is left.
    ///
    /// - Parameters:
    ///   - folder: the workspace's folder; a provider that is installed there is used without asking anybody.
    ///   - variables: what is asked for, which decides how the stand-in logs in; null means those of the last time.
    ///   - endpoints: a provider that terraform does not start by itself is told them here.
    ///   - isLab: the stand-in may be used: never against real servers.
    ///   - executable: the path of the running nante, beside which the stand-in is looked for.
    ///   - say: gets a sentence for people.
    public static func choose(
        program: TerraformProgram = .embedded, folder: String, variables: JSONValue = .null,
        endpoints: TerraformEndpoints, isLab: Bool, executable: String, context: Context, say: (String) -> Void
    ) async throws -> ChosenProvider {
        guard let version = program.providerVersion else { return ChosenProvider(source: .builtIn, standIn: nil) }
        // Whoever runs a provider for terraform by himself means it, as in terraform's own documentation of debugging.
        if let attached = context.environment["TF_REATTACH_PROVIDERS"], !attached.isEmpty {
            say("the provider that TF_REATTACH_PROVIDERS names is used")
            return ChosenProvider(source: .standIn(reattach: attached), standIn: nil)
        }
        let installed = folder.appending(
            path: ".terraform/providers/registry.terraform.io/bpg/proxmox/\(version)")
        if context.files.exists(installed) { return ChosenProvider(source: .registry, standIn: nil) }
        let answer = await remembered(version, isLab: isLab, context)
        if answer.isReachable {
            say(answer.text)
            return ChosenProvider(source: .registry, standIn: nil)
        }
        guard isLab else {
            throw Failure(
                .missing, "the provider bpg/proxmox \(version) can't be had", why: answer.text,
                next: [
                    "set TF_CLI_CONFIG_FILE to a configuration with a mirror", "or --lab for the lab on this machine",
                ])
        }
        guard let path = StandInProvider.find(executable: executable, context: context) else {
            throw Failure(
                .missing, "the provider bpg/proxmox \(version) can't be had",
                why: "\(answer.text), and \(StandInProvider.program) is not beside nante",
                next: ["swift build --package-path StandIns/TerraformProvider", "or set NANTE_TERRAFORM_PROVIDER"])
        }
        say("\(answer.text): the stand-in provider is used, for the lab only")
        let proxmox = endpoints.fitting(variables, folder: folder, context: context).proxmox
        let standIn = try await StandInProvider.start(path, proxmox: proxmox, context: context)
        return ChosenProvider(source: .standIn(reattach: standIn.attachment), standIn: standIn)
    }

    /// Ends the stand-in.
    public func stop() async { await standIn?.stop() }

    /// The answer of the registry; on the lab one that it can't be reached holds for some minutes.
    private static func remembered(
        _ version: String, isLab: Bool, _ context: Context
    ) async -> ProviderCheck.Answer {
        let check = ProviderCheck(context)
        if let found = check.installed(version: version) { return found }
        let file = NanteHome.path(context).appending(path: "provider-registry.json")
        let now = context.time.now().timeIntervalSince1970
        if isLab, let text = try? context.files.readText(file), let known = try? JSONValue.parse(text),
            let time = known["time"]?.number, let reason = known["text"]?.string, (0..<memory).contains(now - time)
        {
            return ProviderCheck.Answer(isReachable: false, text: reason)
        }
        let answer = await check.answer(version: version)
        if isLab, !answer.isReachable {
            let record: JSONValue = ["version": 1, "time": .number(now), "text": .string(answer.text)]
            try? context.files.write(record.text() + "\n", to: file, mode: 0o600)
        }
        return answer
    }
}
