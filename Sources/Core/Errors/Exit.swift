/// The ways a command ends, each with the exit code that scripts rely on.
public enum Exit: Sendable, Hashable {
    /// The work is done.
    case done
    /// The work failed, or a check found something.
    case failed
    /// Wrong usage or invalid input.
    case usage
    /// A tool, a service or a credential is missing or out of reach.
    case missing
    /// Refused: protected, against a policy, immutable or not confirmed.
    case refused
    /// Held by another past the deadline.
    case held
    /// A deadline passed.
    case deadline
    /// Interrupted by a signal, 2 (SIGINT) or 15 (SIGTERM).
    case interrupted(signal: Int32)

    /// The process exit code.
    public var code: Int32 {
        switch self {
        case .done: 0
        case .failed: 1
        case .usage: 2
        case .missing: 3
        case .refused: 4
        case .held: 5
        case .deadline: 124
        case .interrupted(let signal): 128 + signal
        }
    }
}
