/// Something that happened and may start workflows.
public struct TriggerEvent: Sendable, Hashable {
    /// Its name, such as `push`.
    public var name: String
    /// The full ref: `refs/heads/…` or `refs/tags/…` of a push; the base branch of a pull request.
    public var ref: String
    /// The activity, such as `opened`; nil where the event has none.
    public var activity: String?
    /// Paths of the files that changed; nil where unknown, then filters on paths let everything through.
    public var paths: [String]?

    /// An event.
    public init(name: String, ref: String, activity: String? = nil, paths: [String]? = nil) {
        self.name = name
        self.ref = ref
        self.activity = activity
        self.paths = paths
    }
}

extension Triggers {
    /// The event starts the workflow: it is named, and every filter that it has lets the event through.
    public func match(_ event: TriggerEvent) -> Bool { events[event.name]?.matches(event) ?? false }
}

extension Trigger {
    /// Activities that count where `types` is left out.
    private static let usualActivities: [String: [String]] = [
        "pull_request": ["opened", "synchronize", "reopened"],
        "pull_request_target": ["opened", "synchronize", "reopened"],
    ]

    /// Every filter lets the event through.
    func matches(_ event: TriggerEvent) -> Bool {
        if let activity = event.activity, let types = types ?? Self.usualActivities[name], !types.contains(activity) {
            return false
        }
        return matches(ref: event.ref) && matches(paths: event.paths)
    }

    private func matches(ref: String) -> Bool {
        let tag = ref.hasPrefix("refs/tags/") ? String(ref.dropFirst("refs/tags/".count)) : nil
        let branch = ref.hasPrefix("refs/heads/") ? String(ref.dropFirst("refs/heads/".count)) : ref
        let hasBranches = filters["branches"] != nil || filters["branches-ignore"] != nil
        let hasTags = filters["tags"] != nil || filters["tags-ignore"] != nil
        if let tag { return hasTags ? passes(tag, "tags") : !hasBranches }
        return hasBranches ? passes(branch, "branches") : !hasTags
    }

    private func passes(_ text: String, _ filter: String) -> Bool {
        if let patterns = filters[filter], !FilterPattern.select(text, by: patterns) { return false }
        if let patterns = filters[filter + "-ignore"], FilterPattern.select(text, by: patterns) { return false }
        return true
    }

    private func matches(paths: [String]?) -> Bool {
        guard let paths else { return true }
        if let patterns = filters["paths"] { return paths.contains { FilterPattern.select($0, by: patterns) } }
        if let patterns = filters["paths-ignore"] {
            return paths.contains { !FilterPattern.select($0, by: patterns) }
        }
        return true
    }
}
