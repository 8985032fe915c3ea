import Synchronization

/// A wish to end early that spreads from a run to its jobs and on to their steps.
///
/// It is not the cancellation of a task: steps with `if: always()` still run after it.
final class Cancellation: Sendable {
    /// Why something is to end early.
    enum Cause: Sendable, Hashable {
        /// A person or a signal ended the run.
        case user(String)
        /// Another leg of the same matrix failed.
        case failFast
        /// It took longer than it may.
        case timeout(String)
        /// Another of the same concurrency group took its place.
        case superseded(String)

        /// The cause as the end of a sentence.
        var words: String {
            switch self {
            case .user(let text): text
            case .failFast: "another leg of the matrix failed (fail-fast)"
            case .timeout(let text): text
            case .superseded(let group): "a newer one of the concurrency group \(group) came"
            }
        }
    }

    private struct State {
        var cause: Cause?
        var next = 0
        var handlers: [Int: @Sendable (Cause) -> Void] = [:]
    }

    private let state = Mutex(State())
    private let parent: Cancellation?
    private let place: Mutex<Int?> = Mutex(nil)

    /// A wish that comes by itself or from a parent.
    init(parent: Cancellation? = nil) {
        self.parent = parent
        guard let parent else { return }
        let place = parent.onCancel { [weak self] cause in self?.cancel(cause) }
        self.place.withLock { $0 = place }
    }

    deinit {
        if let place = place.withLock({ $0 }) { parent?.forget(place) }
    }

    /// The first cause that came; nil while there is none.
    var cause: Cause? { state.withLock { $0.cause } }
    /// The wish was uttered.
    var isCancelled: Bool { cause != nil }

    /// Utters the wish; only the first counts.
    func cancel(_ cause: Cause) {
        let handlers = state.withLock { state -> [@Sendable (Cause) -> Void] in
            guard state.cause == nil else { return [] }
            state.cause = cause
            defer { state.handlers = [:] }
            return state.handlers.sorted { $0.key < $1.key }.map(\.value)
        }
        for handler in handlers { handler(cause) }
    }

    /// Calls a handler when the wish is uttered, at once if it was; the number is for `forget`.
    func onCancel(_ handler: @escaping @Sendable (Cause) -> Void) -> Int {
        let (place, cause) = state.withLock { state -> (Int, Cause?) in
            state.next += 1
            if state.cause == nil { state.handlers[state.next] = handler }
            return (state.next, state.cause)
        }
        if let cause { handler(cause) }
        return place
    }

    /// Calls the handler no more.
    func forget(_ place: Int) {
        state.withLock { state in _ = state.handlers.removeValue(forKey: place) }
    }
}
