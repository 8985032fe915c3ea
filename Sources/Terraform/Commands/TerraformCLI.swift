import Core

/// The commands of terraform as values: arguments and environment, never a secret among the arguments.
///
/// Flags follow terraform 1.11 (https://developer.hashicorp.com/terraform/cli/commands).
public struct TerraformCLI: Sendable, Hashable {
    /// The program.
    public var program: String
    /// The folder of the configuration.
    public var folder: String
    /// What is set in, or removed from, the environment.
    public var environment: [String: String?]
    /// How long a lock held by another is waited for.
    public var lockTimeout: Duration

    /// The file that a plan is kept in.
    public static let planFile = "nante.tfplan"
    /// The longest that a command which changes nothing may take.
    public static let patience = Duration.seconds(300)
    /// How long terraform may go on after it was asked to stop: what it makes now must come to its end.
    public static let grace = Command.Grace(interrupt: .seconds(600), terminate: .seconds(60))

    /// The commands for a folder.
    public init(
        folder: String, environment: [String: String?] = [:], program: String = "terraform",
        lockTimeout: Duration = .seconds(20)
    ) {
        self.folder = folder
        self.environment = environment
        self.program = program
        self.lockTimeout = lockTimeout
    }

    /// A command with any arguments.
    public func command(_ arguments: [String], deadline: Duration? = TerraformCLI.patience) -> Command {
        Command(
            program, arguments, environment: .inherit(environment), workingDirectory: folder, deadline: deadline,
            grace: TerraformCLI.grace, keep: 64 << 20)
    }

    /// Tells the version.
    public func version() -> Command { command(["version", "-json"], deadline: .seconds(20)) }

    /// Prepares the folder: backend and providers.
    ///
    /// - Parameter backend: settings of the backend beside those in the configuration, none of them secret.
    public func initialize(backend: KeyValuePairs<String, String> = [:]) -> Command {
        command(
            ["init", "-input=false", "-no-color", "-json", "-reconfigure"]
                + backend.map { "-backend-config=\($0.key)=\($0.value)" })
    }

    /// Goes to a workspace, and makes it where that is wished.
    public func selectWorkspace(_ name: String, create: Bool) -> Command {
        command(["workspace", "select", "-no-color"] + (create ? ["-or-create"] : []) + [name])
    }

    /// Lists the workspaces.
    public func listWorkspaces() -> Command { command(["workspace", "list", "-no-color"]) }

    /// Removes an empty workspace.
    public func deleteWorkspace(_ name: String) -> Command {
        command(["workspace", "delete", "-no-color", lock, name])
    }

    /// Checks the configuration alone.
    public func validate() -> Command { command(["validate", "-json"]) }

    /// Plans into `planFile`; ends with 2 where something would change.
    public func plan(destroy: Bool = false, refreshOnly: Bool = false, targets: [String] = []) -> Command {
        var arguments = ["plan", "-input=false", "-json", "-detailed-exitcode", lock]
        if destroy { arguments.append("-destroy") }
        if refreshOnly { arguments.append("-refresh-only") }
        arguments += targets.map { "-target=\($0)" }
        return command(arguments + ["-out=\(TerraformCLI.planFile)"], deadline: .seconds(900))
    }

    /// Shows the kept plan as JSON.
    public func showPlan() -> Command { command(["show", "-json", TerraformCLI.planFile]) }

    /// Shows the state as JSON.
    public func showState() -> Command { command(["show", "-json"]) }

    /// Does what the kept plan says; a destroy is a plan as well.
    public func apply() -> Command {
        command(["apply", "-input=false", "-json", lock, TerraformCLI.planFile], deadline: .seconds(7200))
    }

    /// Tells the outputs; sensitive ones as well.
    public func output() -> Command { command(["output", "-json"]) }

    /// Takes an object that exists into the state.
    public func importObject(address: String, id: String) -> Command {
        command(["import", "-input=false", "-no-color", lock, address, id], deadline: .seconds(900))
    }

    /// Lists the addresses in the state.
    public func stateList() -> Command { command(["state", "list"]) }

    /// Forgets addresses; the objects stay.
    public func stateRemove(_ addresses: [String]) -> Command { command(["state", "rm", lock] + addresses) }

    /// Tells the whole state.
    public func statePull() -> Command { command(["state", "pull"]) }

    /// Puts a whole state from a file in the folder.
    ///
    /// - Parameter force: also over one of another lineage or of a higher serial.
    public func statePush(_ file: String, force: Bool = false) -> Command {
        command(["state", "push", lock] + (force ? ["-force"] : []) + [file])
    }

    /// Takes a lock away.
    public func forceUnlock(_ id: String) -> Command { command(["force-unlock", "-force", id]) }

    /// The same command, but a lock held by another is not waited for.
    func withoutWaiting(_ command: Command) -> Command {
        var copy = command
        copy.arguments = command.arguments.map { $0 == lock ? "-lock-timeout=0s" : $0 }
        return copy
    }

    private var lock: String { "-lock-timeout=\(Int(lockTimeout.seconds.rounded()))s" }
}
