import Core

/// What terraform tells while it works: a line of its machine-readable interface.
///
/// Types and members: https://developer.hashicorp.com/terraform/internals/machine-readable-ui (version 1.2).
public enum TerraformEvent: Sendable, Hashable {
    /// Which terraform speaks, and the version of its interface.
    case version(terraform: String, interface: String)
    /// A change that is planned.
    case planned(address: String, action: TerraformAction, reason: String?, importing: String?)
    /// A difference between the state and the world.
    case drift(address: String, action: TerraformAction)
    /// Counts, of a plan or of an apply that ended.
    case summary(TerraformSummary)
    /// Work on a resource begins.
    case started(address: String, action: TerraformAction, id: String?)
    /// Work on a resource goes on.
    case progress(address: String, seconds: Int)
    /// Work on a resource ended well.
    case completed(address: String, action: TerraformAction, id: String?, seconds: Int)
    /// Work on a resource failed; the reason follows as a diagnostic.
    case failed(address: String, action: TerraformAction, seconds: Int)
    /// The state of a resource is being asked for.
    case refreshing(address: String, id: String?)
    /// An error or a warning.
    case diagnostic(TerraformDiagnostic)
    /// Outputs; values of sensitive ones are absent.
    case outputs(JSONValue)
    /// A lock held by another is waited for.
    case waitingForLock
    /// A sentence of nante itself, about something that it did.
    case said(String)
    /// Any other line, as its message says.
    case message(String)

    /// Reads a line; one that is not JSON is a message as it stands, an empty one is nil.
    public init?(line: String) {
        guard !line.trimmed.isEmpty else { return nil }
        guard let value = try? JSONValue.parse(line), case .object = value else {
            self = .message(line)
            return
        }
        self = TerraformEvent.typed(value) ?? .message(value["@message"]?.string ?? line)
    }

    private static func typed(_ value: JSONValue) -> TerraformEvent? {
        switch value["type"]?.string {
        case "version":
            return .version(
                terraform: value["terraform"]?.string ?? "", interface: value["ui"]?.string ?? "")
        case "planned_change", "resource_drift": return change(value)
        case "change_summary": return value["changes"].map { .summary(TerraformSummary($0)) }
        case "apply_start", "apply_progress", "apply_complete", "apply_errored", "refresh_start": return work(value)
        case "diagnostic": return value["diagnostic"].flatMap(TerraformDiagnostic.init).map { .diagnostic($0) }
        case "outputs": return value["outputs"].map { .outputs($0) }
        case "state_lock_acquire": return .waitingForLock
        default: return nil
        }
    }

    private static func change(_ value: JSONValue) -> TerraformEvent? {
        guard let change = value["change"], let address = change["resource"]?["addr"]?.string,
            let action = TerraformAction(word: change["action"]?.string ?? "")
        else { return nil }
        if value["type"]?.string == "resource_drift" { return .drift(address: address, action: action) }
        return .planned(
            address: address, action: action, reason: change["reason"]?.string,
            importing: change["importing"]?["id"]?.string)
    }

    private static func work(_ value: JSONValue) -> TerraformEvent? {
        guard let hook = value["hook"], let address = hook["resource"]?["addr"]?.string else { return nil }
        let id = hook["id_value"]?.string
        let seconds = hook["elapsed_seconds"]?.int ?? 0
        if value["type"]?.string == "refresh_start" { return .refreshing(address: address, id: id) }
        guard let action = TerraformAction(word: hook["action"]?.string ?? "") else { return nil }
        switch value["type"]?.string {
        case "apply_start": return .started(address: address, action: action, id: id)
        case "apply_progress": return .progress(address: address, seconds: seconds)
        case "apply_complete": return .completed(address: address, action: action, id: id, seconds: seconds)
        default: return .failed(address: address, action: action, seconds: seconds)
        }
    }
}

/// How many resources a plan or an apply touches.
public struct TerraformSummary: Sendable, Hashable {
    /// Made.
    public var add: Int
    /// Changed in place.
    public var change: Int
    /// Taken into the state.
    public var imported: Int
    /// Destroyed.
    public var remove: Int
    /// "plan", "apply" or "destroy".
    public var operation: String

    /// Reads the `changes` of a line.
    public init(_ value: JSONValue) {
        add = value["add"]?.int ?? 0
        change = value["change"]?.int ?? 0
        imported = value["import"]?.int ?? 0
        remove = value["remove"]?.int ?? 0
        operation = value["operation"]?.string ?? ""
    }
}
