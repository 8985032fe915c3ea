import Core
import Foundation
import Testing

@testable import Workflows

/// A folder that goes when the value goes.
final class TemporaryFolder: Sendable {
    let path = NSTemporaryDirectory().appending(path: "nante-test-\(SystemRandom().hex(bytes: 6))")
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct JournalTests {
    static let events: [JournalEvent] = [
        .runStarted(
            RunHeader(
                id: "x", workflow: "w.yml", name: "W", event: "push", repository: "o/r", ref: "refs/heads/main",
                sha: "abc", inputs: ["a": "b"], secrets: ["TOKEN"])),
        .jobStarted(JobHeader(job: "build[0]", name: "build (1)", matrix: ["n": 1])),
        .stepStarted(StepHeader(job: "build[0]", step: "1", id: "s", name: "S", log: "logs/a.log")),
        .annotation(job: "build[0]", step: "1", Annotation(.error, "m", file: "f", line: 3)),
        .stepFinished(
            {
                var record = StepRecord(
                    job: "build[0]", step: "1", id: "s", name: "S", outcome: .failure, conclusion: .success,
                    milliseconds: 12, exitCode: 3, message: "no")
                record.outputs = ["o": "1"]
                record.environment = ["E": "2\n3"]
                record.path = ["/p"]
                return record
            }()),
        .jobFinished(
            JobRecord(job: "build[0]", name: "build (1)", result: .success, milliseconds: 20, outputs: ["o": "1"])),
        .cancelled(reason: "why"),
        .runFinished(result: .success, milliseconds: 30),
        .other("later.event", ["x": 1]),
    ]

    @Test func everyEventComesBack() {
        for (number, event) in Self.events.enumerated() {
            let entry = JournalEntry(number: number + 1, time: "t", event: event)
            let back = JournalEntry(line: entry.line)
            #expect(back?.number == number + 1)
            if case .other(let name, _)? = back?.event {
                #expect(name == event.name)
            } else {
                #expect(back?.event == event)
            }
            #expect(!entry.line.contains("\n"))
        }
    }

    @Test func aTornLastLineIsLeftOut() throws {
        let folder = try TemporaryFolder()
        let context = Context.live()
        let store = RunStore(context: context, root: folder.path)
        let id = try store.create()
        let journal = try JournalWriter(folder: store.path(id), context: context)
        Self.events.forEach(journal.write)
        #expect(journal.firstError == nil)
        let file = store.path(id).appending(path: "journal.jsonl")
        try context.files.append(Data(#"{"v":1,"n":10,"event":"run.fini"#.utf8), to: file)
        let report = try store.report(id)
        #expect(try store.entries(id).count == Self.events.count)
        #expect(report.result == .success)
        #expect(report.header?.inputs == ["a": "b"])
        #expect(report.jobs["build[0]"]?.steps["1"]?.record?.exitCode == 3)
        #expect(report.jobs["build[0]"]?.annotations.count == 1)
        #expect(try context.files.readText(folder.path.appending(path: ".nante/.gitignore")) == "*\n")
    }

    @Test func runsAreFoundByShortID() throws {
        let folder = try TemporaryFolder()
        let store = RunStore(context: .live(), root: folder.path)
        #expect(try store.ids().isEmpty)
        let id = try store.create()
        #expect(RunStore.isID(id))
        #expect(try store.find(id) == id)
        #expect(try store.find(String(id.suffix(4))) == id)
        #expect(try store.find("last") == id)
        #expect(throws: Failure.self) { try store.find("../../etc") }
        #expect(throws: Failure.self) { try store.find("zzzz") }
    }

    @Test func secretsDoNotReachTheJournal() throws {
        let folder = try TemporaryFolder()
        let context = Context.live()
        context.mask.add("hunter22")
        let journal = try JournalWriter(folder: folder.path, context: context)
        journal.write(.cancelled(reason: "it was hunter22"))
        let text = try context.files.readText(folder.path.appending(path: "journal.jsonl"))
        #expect(!text.contains("hunter22") && text.contains("***"))
    }
}
