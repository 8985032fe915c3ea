import Core
import OrderedCollections

/// Actions that nante does by itself, since their own code is JavaScript and talks to GitHub.
enum NativeAction: Sendable, Hashable {
    case checkout
    /// The action makes sure that a tool is there; here it must be installed already.
    case tool(ToolCheck)

    /// What an action is given.
    struct Call: Sendable {
        let services: RunServices
        let job: StepsJobRun
        /// Its inputs as written.
        let with: OrderedDictionary<String, String>
        /// The variables of the step.
        let environment: [String: String]
        let log: StepLog

        /// An input by its name; empty counts as not given.
        func input(_ name: String) -> String? {
            let value = with.first { $0.key.lowercased() == name }?.value
            return value.flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    /// The action of a repository; nil for one that nante does not know.
    static func named(_ repository: String) -> NativeAction? {
        let name = repository.lowercased()
        return name == "actions/checkout" ? .checkout : ToolCheck.all[name].map(NativeAction.tool)
    }

    /// What can be used, for messages.
    static let list =
        "actions/checkout, \(ToolCheck.all.keys.sorted().joined(separator: ", ")) (the tool must be installed), "
        + "and composite actions by ./, $/ and owner/repo@ref of `library:`"

    /// Does the work of the action.
    func run(_ call: Call) async throws -> StepRun.End {
        switch self {
        case .checkout: try await Checkout(call: call).run()
        case .tool(let tool): try await tool.run(call)
        }
    }
}
