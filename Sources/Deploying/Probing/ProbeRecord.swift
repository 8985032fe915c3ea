import Core

/// What became of a request of the prober.
public enum ProbeOutcome: String, Sendable, Hashable, CaseIterable {
    /// A good answer in time.
    case good
    /// A good answer, late.
    case slowed
    /// No good answer, and the request may be repeated: it is idempotent, was never sent, or was refused whole.
    case failed
    /// No good answer to a request that may not be repeated and that somebody may have acted on.
    case unknown
}

/// When a request was sent, as seen from a deployment.
public enum ProbePhase: String, Sendable, Hashable, CaseIterable {
    case before, during, after, rollback
}

/// One request of the prober.
public struct ProbeRecord: Sendable, Hashable {
    /// Its number, from 0; also in its Idempotency-Key.
    public var number: Int
    /// When it was sent, from the prober's start.
    public var at: Duration
    /// The phase it was sent in.
    public var phase: ProbePhase
    /// What was asked.
    public var request: ProbePlan.Request
    /// It was sent over a connection of its own; else over one that was kept open.
    public var fresh: Bool
    /// The status; nil where no answer came.
    public var status: Int?
    /// Until the whole answer was there, or until it failed.
    public var latency: Duration
    /// What became of it.
    public var outcome: ProbeOutcome
    /// What went wrong, in a few words.
    public var message: String?
}

/// How an attempt ended, before it is judged.
public enum ProbeEnding: Sendable, Hashable {
    /// An answer with its whole body.
    case answered(status: Int)
    /// No connection: nothing was sent.
    case refused(String)
    /// The connection was cut, the answer was broken or did not come in time.
    case cut(String)
}

extension ProbeEnding {
    /// Judges an attempt.
    ///
    /// A gateway answers 502, 503 or 504 also when the application took the request and died, so for a request that
    /// may not be repeated every 5xx leaves the outcome open.
    public func outcome(of request: ProbePlan.Request, after latency: Duration, slow: Duration) -> ProbeOutcome {
        switch self {
        case .answered(let status) where (200..<400).contains(status): latency > slow ? .slowed : .good
        case .answered(let status): request.isIdempotent || status < 500 ? .failed : .unknown
        case .refused: .failed
        case .cut: request.isIdempotent ? .failed : .unknown
        }
    }

    /// The status of an answer.
    public var status: Int? { if case .answered(let status) = self { status } else { nil } }

    /// What went wrong; nil for a good answer.
    public var message: String? {
        switch self {
        case .answered(let status): (200..<400).contains(status) ? nil : "status \(status)"
        case .refused(let text), .cut(let text): text
        }
    }
}
