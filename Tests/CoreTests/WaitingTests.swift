import Core
import Foundation
import Synchronization
import Testing

/// A clock that only moves when somebody sleeps on it.
final class ManualTime: TimeSource {
    private let state = Mutex<(elapsed: Duration, sleeps: [Duration])>((.zero, []))
    func now() -> Date { Date(timeIntervalSince1970: elapsed().seconds) }
    func elapsed() -> Duration { state.withLock { $0.elapsed } }
    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        state.withLock {
            $0.elapsed += duration
            $0.sleeps.append(duration)
        }
    }
    var sleeps: [Duration] { state.withLock { $0.sleeps } }
}

@Suite struct WaitingTests {
    private func frozen(_ body: (Context, ManualTime) async throws -> Void) async throws {
        try await withScratch { context, _ in
            let time = ManualTime()
            var context = context
            context.time = time
            try await body(context, time)
        }
    }

    @Test func theDeadlineTellsItsReason() async throws {
        try await frozen { context, time in
            let failure = await #expect(throws: Failure.self) {
                let none: Int? = nil
                _ = try await Wait.until("app-1 to answer", within: .seconds(20), every: .seconds(9), context: context)
                {
                    none
                }
            }
            #expect(failure == Failure(.deadline, "waited 20 s for app-1 to answer"))
            #expect(time.sleeps.allSatisfy { $0 <= .milliseconds(250) })
        }
    }

    @Test func pausesGrowWithJitterUpToTheLongest() async throws {
        try await frozen { context, time in
            let retry = Retry(attempts: 6, pause: .milliseconds(100), longest: .milliseconds(500))
            struct Flaky: Error {}
            await #expect(throws: Flaky.self) {
                try await retry(context: context, mayRepeat: { _ in true }, call: { throw Flaky() })
            }
            let whole: [Duration] = [100, 200, 400, 500, 500].map { .milliseconds($0) }
            #expect(time.sleeps.count == 5)
            for (sleep, limit) in zip(time.sleeps, whole) { #expect(sleep <= limit && sleep >= limit / 2) }
        }
    }

    @Test func whatMayNotBeRepeatedIsCalledOnce() async throws {
        try await frozen { context, _ in
            struct Final: Error {}
            let calls = Mutex(0)
            await #expect(throws: Final.self) {
                try await Retry()(context: context, mayRepeat: { _ in false }) {
                    calls.withLock { $0 += 1 }
                    throw Final()
                }
            }
            #expect(calls.withLock { $0 } == 1)
        }
    }

    @Test(arguments: [
        ("20s", Duration.seconds(20)), ("250ms", .milliseconds(250)), ("5m", .seconds(300)), ("1h", .seconds(3600)),
        ("1.5s", .milliseconds(1500)), ("3", .seconds(3)), ("5 min", .seconds(300)),
    ])
    func readsDurations(text: String, duration: Duration) { #expect(Duration(short: text) == duration) }

    @Test(arguments: ["", "s", "-1s", "1x", "1e9h", "nan", "1..2s", "１s"])
    func refusesWhatIsNoDuration(text: String) { #expect(Duration(short: text) == nil) }
}
