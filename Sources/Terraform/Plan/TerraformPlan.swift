import Core
import OrderedCollections

/// What terraform would do, read from a kept plan.
///
/// Format: https://developer.hashicorp.com/terraform/internals/json-format (version 1).
public struct TerraformPlan: Sendable, Hashable {
    /// The workspace that it is for.
    public var workspace: String
    /// It takes everything away.
    public var isDestroy: Bool
    /// Every resource of the plan, those that stay as they are included.
    public var resources: [TerraformChange]
    /// Differences between the state and the world that terraform found.
    public var drift: [TerraformChange]
    /// Outputs that change, with the word of their action.
    public var outputs: OrderedDictionary<String, String>
    /// The plan can be applied: there is something to do.
    public var isApplicable: Bool

    /// A plan without any change.
    public init(workspace: String, isDestroy: Bool = false) {
        self.workspace = workspace
        self.isDestroy = isDestroy
        resources = []
        drift = []
        outputs = [:]
        isApplicable = false
    }

    /// A plan without any change, of a run that ended with 0.
    ///
    /// Differences that ask for no change are known by their address and action only.
    init(workspace: String, isDestroy: Bool, events: [TerraformEvent]) {
        self.init(workspace: workspace, isDestroy: isDestroy)
        drift = events.compactMap { event in
            guard case .drift(let address, let action) = event else { return nil }
            return TerraformChange(address: address, action: action)
        }
    }

    /// Reads what `show -json` tells of a kept plan.
    ///
    /// - Throws: a failure when it is no plan.
    public init(workspace: String, isDestroy: Bool = false, json: JSONValue) throws {
        guard let version = json["format_version"]?.string, version.hasPrefix("1."),
            json["planned_values"] != nil || json["resource_changes"] != nil || json["applyable"] != nil
        else {
            throw Failure(.failed, "terraform's plan can't be read", why: "format 1 of a plan is expected")
        }
        self.init(workspace: workspace, isDestroy: isDestroy)
        // Data sources that are read again change nothing.
        resources = (json["resource_changes"]?.array ?? []).compactMap(TerraformChange.init)
            .filter { $0.action != .read }
        drift = (json["resource_drift"]?.array ?? []).compactMap(TerraformChange.init)
            .filter { $0.action != .noop || $0.previousAddress != nil }
        for (name, change) in json["output_changes"]?.object ?? [:] {
            let action = TerraformAction(actions: change["actions"]?.array?.compactMap(\.string) ?? [])
            if let action, action != .noop { outputs[name] = action.rawValue }
        }
        isApplicable = json["applyable"]?.bool ?? true
    }

    /// The resources that something happens to.
    public var changes: [TerraformChange] {
        resources.filter { $0.action != .noop || $0.importing != nil || $0.previousAddress != nil }
    }

    /// What would be destroyed or replaced.
    public var destructive: [TerraformChange] { resources.filter(\.action.isDestructive) }

    /// Nothing at all would change.
    public var isEmpty: Bool { changes.isEmpty && outputs.isEmpty }
}
