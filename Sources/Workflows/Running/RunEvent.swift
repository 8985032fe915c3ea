import Core
import OrderedCollections

/// The event that a run is for, with its payload and inputs.
struct RunEvent: Sendable {
    var name: String
    var payload: JSONValue
    /// The `inputs` context.
    var inputs: ExpressionValue
    /// The full ref: the payload's where it names one.
    var ref: String

    /// Chooses the event and makes what is not given.
    ///
    /// - Throws: a failure when the workflow is not started by the event, or an input is wrong.
    static func make(
        _ request: RunRequest, _ workflow: Workflow, _ place: RunPlace, path: String
    ) throws -> RunEvent {
        let name = try choose(request.event, workflow)
        let (values, texts) = try CallInputs.dispatch(declared(workflow, name), given: request.inputs)
        let ref = reference(name, request.payload, place.ref)
        let zeros = String(repeating: "0", count: 40)
        let made = EventPayload.make(
            event: name, repository: place.name, ref: ref, sha: place.head?.sha ?? zeros, before: zeros,
            message: place.head?.subject ?? "", author: place.head?.author ?? "nante", inputs: texts, workflow: path)
        var payload = request.payload ?? made
        for member in ["repository", "sender"] where payload[member] == nil { payload.set(member, made[member]) }
        return RunEvent(name: name, payload: payload, inputs: values, ref: ref)
    }

    private static func choose(_ wanted: String?, _ workflow: Workflow) throws -> String {
        let events = workflow.triggers.events
        if let wanted {
            guard events.keys.contains(where: { $0.lowercased() == wanted.lowercased() }) else {
                throw Failure(
                    .usage, "\(workflow.file) is not started by \(wanted)",
                    why: "it is started by \(events.keys.joined(separator: ", "))")
            }
            return wanted.lowercased()
        }
        for usual in ["push", "workflow_dispatch"] where events[usual] != nil { return usual }
        return events.keys.first ?? "push"
    }

    /// The inputs that a person may give; a called workflow that is run by itself takes its own.
    private static func declared(
        _ workflow: Workflow, _ event: String
    ) -> OrderedDictionary<String, (type: InputType, required: Bool, fallback: Template?, options: [String])> {
        switch event {
        case "workflow_dispatch":
            (workflow.triggers.dispatch?.inputs ?? [:]).mapValues { ($0.type, $0.required, $0.fallback, $0.options) }
        case "workflow_call":
            (workflow.triggers.call?.inputs ?? [:]).mapValues { ($0.type, $0.required, $0.fallback, []) }
        default: [:]
        }
    }

    private static func reference(_ event: String, _ payload: JSONValue?, _ head: String) -> String {
        if event == "pull_request", let payload,
            let number = payload["number"]?.int ?? payload["pull_request"]?["number"]?.int
        {
            return "refs/pull/\(number)/merge"
        }
        if let ref = payload?["ref"]?.string, !ref.isEmpty {
            return ref.hasPrefix("refs/") ? ref : "refs/heads/\(ref)"
        }
        return head
    }
}
