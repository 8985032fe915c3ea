/// What a person sees of an apply while it goes on.
public enum ProvisionEvent: Sendable, Hashable {
    /// A step begins.
    case begin(String)
    /// A line of a step.
    case note(String, String)
    /// A step ended well; a remark may follow.
    case done(String, String)
    /// A step failed.
    case failed(String)
    /// A sentence that belongs to no step.
    case say(String)
}
