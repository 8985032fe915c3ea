import Core
import Foundation
import Synchronization
import Testing

@testable import Octopus

@Suite struct TaskTests {
    private static func node(
        _ id: String, _ name: String, _ status: ActivityStatus, _ lines: [(LogCategory, String)] = [],
        _ children: [ActivityLog] = []
    ) -> ActivityLog {
        .make {
            ($0.id, $0.name, $0.status, $0.children) = (id, name, status, children)
            $0.logElements = lines.map { line in .make { ($0.category, $0.messageText) = line } }
        }
    }

    private static func details(_ state: TaskState, _ root: ActivityLog) -> TaskDetails {
        .make {
            $0.task.id = "ServerTasks-1"
            $0.task.description = "Deploy go-app release 1.0 to dev"
            $0.task.state = state
            $0.task.isCompleted = state.isFinal
            $0.activityLogs = [root]
        }
    }

    @Test func `only what is new is shown, under the node it belongs to`() {
        var log = TaskLog()
        let first = TaskTests.details(
            .executing,
            TaskTests.node(
                "t", "Deploy", .running, [],
                [
                    TaskTests.node("s", "Step 1: Deploy", .running, [(.info, "a"), (.verbose, "hidden")]),
                    TaskTests.node("p", "Step 2: Notify", .pending),
                ]))
        #expect(log.news(in: first).map(\.text) == ["Deploy", "  Step 1: Deploy", "    a"])
        #expect(log.news(in: first).isEmpty)
        let second = TaskTests.details(
            .failed,
            TaskTests.node(
                "t", "Deploy", .failed, [(.fatal, "it failed")],
                [
                    TaskTests.node(
                        "s", "Step 1: Deploy", .failed, [(.info, "a"), (.verbose, "hidden"), (.error, "b\nc")]),
                    TaskTests.node("p", "Step 2: Notify", .skipped),
                ]))
        #expect(
            log.news(in: second).map(\.text) == [
                "Deploy", "  fatal: it failed", "  Step 1: Deploy", "    error: b\n    c", "  failed: Step 1: Deploy",
                "  Step 2: Notify", "  skipped: Step 2: Notify", "failed: Deploy",
            ])
        var verbose = TaskLog(isVerbose: true)
        #expect(verbose.news(in: first).map(\.text).contains("    hidden"))
    }

    @Test(.enabled(if: Evidence.isThere)) func `a recorded log reads well`() throws {
        let example = try #require(try Evidence.examples().first { $0["path"]?.string?.hasSuffix("/details") == true })
        var log = TaskLog()
        let lines = log.news(in: try TaskDetails(json: example["response"] ?? .null)).map(\.text)
        #expect(lines.contains("      hello"))
        #expect(lines.contains("      fatal: The remote script failed with exit code 1"))
        #expect(lines.contains("  done: Step 1: run hello (0.8 s)"))
        #expect(lines.last == "failed: Deploy test release 0.0.2 to Development (6.2 s)")
    }

    private static func watch(_ states: [TaskState], within limit: Duration = .seconds(60)) async throws
        -> (details: TaskDetails, lines: [String], client: OctopusClient)
    {
        let sender = ScriptedSender { call, before in
            if call.url.hasSuffix("queued-behind") {
                return .json(["Items": [["Id": "ServerTasks-7", "Description": "Deploy b"]]])
            }
            let state = states[min(before, states.count - 1)]
            let status: ActivityStatus = state == .success ? .success : state.isFinal ? .failed : .running
            return .json(TaskTests.details(state, TaskTests.node("t", "Deploy", status, [(.info, "step")])).json)
        }
        let client = OctopusClient.test(sender)
        let lines = Mutex<[String]>([])
        let details = try await TaskWatch(client, within: limit).run("ServerTasks-1") { news in
            lines.withLock { $0 += news.map(\.text) }
        }
        return (details, lines.withLock { $0 }, client)
    }

    @Test func `a task is followed to its end`() async throws {
        let watched = try await TaskTests.watch([.executing, .executing, .success])
        #expect(watched.details.failure() == nil)
        #expect(watched.lines == ["Deploy", "  step", "done: Deploy"])
    }

    @Test func `a queued task says what it waits for`() async throws {
        let queued = Array(repeating: TaskState.queued, count: 20)
        let watched = try await TaskTests.watch(queued + [.success])
        #expect(watched.lines.filter { $0 == "ServerTasks-1 waits for ServerTasks-7 (Deploy b)" }.count == 1)
    }

    @Test func `the deadline ends the waiting, not the task`() async throws {
        let error = await #expect(throws: Failure.self) {
            _ = try await TaskTests.watch([.executing], within: .seconds(5))
        }
        #expect(error?.exit == .deadline)
        #expect(error?.description.contains("the task goes on") == true)
    }

    @Test(arguments: [
        (TaskState.failed, Exit.failed), (.timedOut, .failed), (.canceled, .interrupted(signal: 2)),
    ])
    func `how a task ended is the exit code`(state: TaskState, exit: Exit) async throws {
        let watched = try await TaskTests.watch([state])
        #expect(watched.details.failure()?.exit == exit)
    }

    @Test func `a failure shows where and the last words`() {
        let details = TaskTests.details(
            .failed,
            TaskTests.node(
                "t", "Deploy", .failed, [],
                [
                    TaskTests.node(
                        "s", "Step 1", .failed, [], [TaskTests.node("m", "app-1", .failed, [(.error, "no disk")])])
                ]))
        let failure = details.failure()
        #expect(failure?.description.contains("Deploy › Step 1 › app-1") == true)
        #expect(failure?.evidence == ["no disk"])
    }

    @Test(arguments: [
        ("2024-09-23T15:10:03.262+00:00", 1_727_104_203.262), ("2024-09-23T17:10:03+02:00", 1_727_104_203),
        ("2024-09-23T15:10:03.2620000Z", 1_727_104_203.262),
    ])
    func `dates of all servers are read`(text: String, seconds: Double) throws {
        let date = try #require(Date(octopus: text))
        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.001)
    }
}
