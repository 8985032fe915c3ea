import Core
import Foundation
import Synchronization
import Testing

@Suite struct ProcessTests {
    @Test func capturesBothStreamsAndTheCode() async throws {
        try await withScratch { context, _ in
            let result = try await context.processes.run(Command("sh", ["-c", "echo out; echo err >&2; exit 7"]))
            #expect(result.stdout == "out\n")
            #expect(result.stderr == "err\n")
            #expect(result.ending == .exited(7))
            #expect(result.code == 7)
        }
    }

    @Test func argumentsAreNeverSplitOrExpanded() async throws {
        try await withScratch { context, _ in
            let hostile = ["$(touch x)", "a b", "'", "\"; rm -rf /", "`id`", "*", "", "new\nline"]
            let result = try await context.processes.run(Command("printf", ["%s|"] + hostile))
            #expect(result.stdout == hostile.map { $0 + "|" }.joined())
        }
    }

    @Test func streamsLinesIncludingTheLastWithoutEnd() async throws {
        try await withScratch { context, _ in
            let lines = Mutex<[OutputLine]>([])
            _ = try await context.processes.run(Command("sh", ["-c", "printf 'a\\r\\nb\\n\\nlast'"])) { line in
                lines.withLock { $0.append(line) }
            }
            #expect(lines.withLock { $0.map(\.text) } == ["a", "b", "", "last"])
        }
    }

    @Test func aProgramThatReadsItsInputGetsIt() async throws {
        try await withScratch { context, _ in
            let text = String(repeating: "x", count: 300_000)
            let result = try await context.processes.run(Command("wc", ["-c"], input: text))
            #expect(result.stdout.trimmingCharacters(in: .whitespaces) == "300000\n")
        }
    }

    @Test func aProgramThatDoesNotReadItsInputIsNoFault() async throws {
        try await withScratch { context, _ in
            let text = String(repeating: "x", count: 3_000_000)
            let result = try await context.processes.run(Command("true", [], input: text))
            #expect(result.succeeded)
        }
    }

    @Test func exactEnvironmentIsExact() async throws {
        try await withScratch(environment: ["LEAK": "1"]) { context, _ in
            let result = try await context.processes.run(
                Command("/usr/bin/env", [], environment: .exact(["A": "1", "PATH": "/usr/bin"])))
            #expect(Set(result.lines) == ["A=1", "PATH=/usr/bin"])
        }
    }

    @Test func inheritedVariablesCanBeSetAndRemoved() async throws {
        try await withScratch(environment: ["OLD": "1", "KEEP": "2"]) { context, _ in
            let result = try await context.processes.run(
                Command("sh", ["-c", "echo ${OLD-none} $KEEP $NEW"], environment: .inherit(["OLD": nil, "NEW": "3"])))
            #expect(result.stdout == "none 2 3\n")
        }
    }

    @Test func aMissingProgramIsNamed() async throws {
        try await withScratch { context, _ in
            await #expect(throws: Failure(.missing, "no-such-tool is not installed", why: "no such program in PATH")) {
                try await context.processes.run(Command("no-such-tool"))
            }
        }
    }

    @Test func theDeadlineEndsTheWholeGroup() async throws {
        try await withScratch { context, _ in
            let script = "trap '' INT TERM; (trap '' INT TERM; sleep 300) & echo $! ; echo ready; wait"
            let start = ContinuousClock.now
            let result = try await context.processes.run(Command("bash", ["-c", script], deadline: .milliseconds(300)))
            #expect(result.ending == .deadline)
            #expect(result.code == 124)
            #expect(ContinuousClock.now - start < .seconds(120))
            let child = try #require(Int32(result.lines.first ?? ""))
            try await expectGone(child, context)
        }
    }

    @Test func cancellingEndsTheWholeGroup() async throws {
        try await withScratch { context, _ in
            let pid = Mutex<Int32?>(nil)
            let work = Task {
                try await context.processes.run(Command("bash", ["-c", "sleep 300 & echo $!; wait"])) { line in
                    pid.withLock { $0 = Int32(line.text) }
                }
            }
            let child = try await Wait.until("the child", within: .seconds(60), context: context) {
                pid.withLock { $0 }
            }
            work.cancel()
            await #expect(throws: CancellationError.self) { try await work.value }
            try await expectGone(child, context)
        }
    }

    @Test func outputOnInterruptIsStillRead() async throws {
        try await withScratch { context, _ in
            let script = "trap 'echo saved state; exit 3' INT; echo ready; while :; do sleep 0.05; done"
            let result = try await context.processes.run(Command("bash", ["-c", script], deadline: .milliseconds(400)))
            #expect(result.stdout == "ready\nsaved state\n")
        }
    }

    @Test func muchOutputKeepsTheEnd() async throws {
        try await withScratch { context, _ in
            let result = try await context.processes.run(
                Command("sh", ["-c", "seq 1 200000"], keep: 1000))
            #expect(result.stdout.utf8.count == 1000)
            #expect(result.stdout.hasSuffix("199999\n200000\n"))
        }
    }

    @Test func checkTellsTheLastLines() async throws {
        try await withScratch { context, _ in
            let error = await #expect(throws: Failure.self) {
                try await context.processes.check(
                    Command("sh", ["-c", "echo one >&2; echo two >&2; exit 3"]), what: "the thing did not work")
            }
            #expect(error?.what == "the thing did not work")
            #expect(error?.evidence == ["one", "two"])
            #expect(error?.details == [.init("why", "sh exited with 3")])
        }
    }

    private func expectGone(_ pid: Int32, _ context: Context) async throws {
        _ = try await Wait.until("process \(pid) to be gone", within: .seconds(60), context: context) {
            let state = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
            return state.isEmpty || state.contains(") Z ") ? true : nil
        }
    }
}
