import Core
import Foundation
import Lab
import StateStore
import Terraform

/// What the commands of `nante terraform` have in common: the platform, its endpoints, and workspaces.
struct TerraformTools: Sendable {
    let context: Context
    let platform: Platform
    var endpoints: TerraformEndpoints

    init(_ global: GlobalOptions, _ context: Context) async throws {
        self.context = context
        platform = try await global.platform(context)
        endpoints = try TerraformEndpoints(platform)
    }

    /// The first line of a command that changes something.
    var line: String {
        let proxmox = endpoints.proxmox?.url ?? "not set"
        let state = endpoints.state?.url ?? "not set"
        return "platform  \(platform.isLab ? "the lab on this machine" : "your servers")"
            + " (Proxmox VE \(proxmox), states \(state))"
    }

    /// The store of states.
    func store() throws -> S3Client { S3Client(try platform.state(), context: context) }

    /// The state of an application as it is stored; nil where there is none.
    func storedState(_ app: String) async throws -> TerraformState? {
        guard let object = try await store().get(StateKey.object(workspace: app)) else { return nil }
        do { return try TerraformState(text: String(decoding: object.body, as: UTF8.self)) } catch var failure
            as Failure
        {
            failure.next = restoration(app)
            throw failure
        }
    }

    /// Fails where the state of an application was deleted while it had machines: they would be made a second time.
    ///
    /// A store that keeps no versions can't tell, and nothing fails.
    func refuseDeleted(_ app: String) async throws {
        let key = StateKey.object(workspace: app)
        guard let versions = try? await StateVersions(try store(), context: context).list(key, reading: 2),
            versions.first?.version.isDeletion == true,
            let last = versions.lazy.compactMap(\.document).first, !last.addresses.isEmpty
        else { return }
        throw Failure(
            .refused, "the state of \(app) was deleted", where: endpoints.state?.url,
            why: "its machines would be made a second time: it had \(last.addresses.joined(separator: ", "))",
            next: restoration(app))
    }

    private func restoration(_ app: String) -> [String] {
        ["nante terraform state versions --app \(app)", "nante terraform state restore --app \(app)"]
    }

    /// Runs a body with a workspace and its provider.
    ///
    /// - Parameter variables: the variables; null leaves those of the last time.
    func withStack<Result: Sendable>(
        _ name: String, variables: JSONValue, program: TerraformProgram = .embedded,
        _ body: (TerraformStack) async throws -> Result
    ) async throws -> Result {
        let tools = await knowing(name)
        return try await tools.withProvider(name, variables: variables, program: program) { provider in
            try await body(
                try tools.stack(
                    name, variables: variables, endpoints: tools.endpoints, provider: provider, program: program))
        }
    }

    /// The tools that know whether a machine of the workspace has what only root may set.
    func knowing(_ name: String) async -> TerraformTools {
        var copy = self
        copy.endpoints = await RootLogin.knowing(endpoints, workspace: name, platform: platform, context)
        return copy
    }

    /// Runs a body with the provider, and ends the stand-in afterwards.
    func withProvider<Result: Sendable>(
        _ name: String, variables: JSONValue, program: TerraformProgram = .embedded,
        _ body: (ChosenProvider) async throws -> Result
    ) async throws -> Result {
        let provider = try await ChosenProvider.choose(
            program: program, folder: TerraformStack.folder(name, repository: context.workingDirectory),
            variables: variables, endpoints: endpoints, isLab: platform.isLab,
            executable: Bundle.main.executablePath ?? CommandLine.arguments[0],
            context: context, say: context.terminal.say)
        do {
            let result = try await body(provider)
            await provider.stop()
            return result
        } catch {
            await provider.stop()
            throw error
        }
    }

    /// A workspace.
    func stack(
        _ name: String, variables: JSONValue, endpoints: TerraformEndpoints, provider: ChosenProvider,
        program: TerraformProgram = .embedded
    ) throws -> TerraformStack {
        try TerraformStack(
            name: name, repository: context.workingDirectory, variables: variables, endpoints: endpoints,
            providers: provider.source, program: program, context: context, report: StackReport(context).show)
    }

    /// Public keys for machines: the setting, the lab's own, or the file beside the private key.
    func publicKey() async throws -> String {
        if let key = platform.settings[.sshPublicKey] { return key }
        if platform.isLab { return try await Hosts.ofThisMachine(context).authorizedKey() }
        if let file = platform.settings[.sshKeyFile],
            let key = try? context.files.readText(context.path(file) + ".pub")
        {
            return key
        }
        throw Failure(
            .missing, "machines need ANS_SSH_PUBLIC_KEY, which is not set", why: "nobody could log into them",
            next: ["export ANS_SSH_PUBLIC_KEY=\"$(cat ~/.ssh/id_ed25519.pub)\""])
    }

    /// The variables of the last plan in this folder; where there was none, enough of them to look and to destroy.
    func knownVariables(_ app: String) async throws -> JSONValue {
        let folder = TerraformStack.folder(app, repository: context.workingDirectory)
        if let text = try? context.files.readText(folder.appending(path: "nante.auto.tfvars.json")),
            let last = try? JSONValue.parse(text)
        {
            return last
        }
        guard let state = try await storedState(app) else {
            throw Failure(
                .failed, "there is no workspace \(app)", where: endpoints.state?.url,
                next: ["nante terraform workspaces", "nante terraform plan --app \(app) --kind lxc"])
        }
        let known = KnownMachines(state)
        guard !known.machines.isEmpty || state.resources.isEmpty else {
            throw Failure(
                .failed, "the workspace \(app) was not made by nante", why: "its state has no output \"inventory\"",
                next: ["nante terraform adopt --app \(app)"])
        }
        return known.variables(app: app, publicKey: try await publicKey())
    }
}
