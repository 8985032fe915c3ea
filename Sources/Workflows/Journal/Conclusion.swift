/// How a step, a job or a run ended.
public enum Conclusion: String, Sendable, Hashable, CaseIterable {
    case success, failure, cancelled, skipped
}
