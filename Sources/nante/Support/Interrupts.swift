import Core
@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Hands SIGINT and SIGTERM on to a closure; a second one ends the process at once.
final class Interrupts: Sendable {
    private let state: Mutex<Int32?>
    private let sources: [any DispatchSourceSignal]

    /// Listens until the value goes.
    init(_ handler: @escaping @Sendable () -> Void) {
        state = Mutex(nil)
        var sources: [any DispatchSourceSignal] = []
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            sources.append(DispatchSource.makeSignalSource(signal: number, queue: .global()))
        }
        self.sources = sources
        for (source, number) in zip(sources, [SIGINT, SIGTERM]) {
            source.setEventHandler { [weak self] in
                guard let self else { return }
                let first = self.state.withLock { received in
                    defer { received = received ?? number }
                    return received == nil
                }
                if first { return handler() }
                SystemProcessRunner.killAll()
                Foundation.exit(128 + number)
            }
            source.resume()
        }
    }

    deinit { sources.forEach { $0.cancel() } }

    /// The signal that came first, if any.
    var received: Int32? { state.withLock { $0 } }
}
