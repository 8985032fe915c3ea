import Core
import Foundation
import Synchronization

/// Adds events to a run's journal, each as one line of JSON, with the mask applied.
public final class JournalWriter: Sendable {
    /// The version of the lines.
    public static let version = 1

    private let file: any FileAppender
    private let context: Context
    private let number = Mutex(0)
    private let fault = Mutex<(any Error)?>(nil)
    private let listener: @Sendable (JournalEntry) -> Void

    /// A journal in a run's folder; the file is made.
    ///
    /// - Parameter listener: is told every event after it was written, in order.
    public init(
        folder: String, context: Context, listener: @escaping @Sendable (JournalEntry) -> Void = { _ in }
    ) throws {
        file = try context.files.appender(folder.appending(path: "journal.jsonl"))
        self.context = context
        self.listener = listener
    }

    /// Writes an event; those that a resumed run would build on are forced to the disk.
    public func write(_ event: JournalEvent) {
        number.withLock { number in
            number += 1
            let entry = JournalEntry(number: number, time: context.time.now().iso8601, event: event)
            do {
                try file.append(Data((context.mask.apply(entry.line) + "\n").utf8))
                switch event {
                case .jobFinished, .runFinished: try file.sync()
                default: break
                }
            } catch { fault.withLock { $0 = $0 ?? error } }
            listener(entry)
        }
    }

    /// The first error that writing met, such as a full disk; a run must not end well with one.
    public var firstError: (any Error)? { fault.withLock { $0 } }
}

/// A line of a journal.
public struct JournalEntry: Sendable, Hashable {
    /// Its number in the journal, from 1.
    public var number: Int
    /// When it was written, ISO 8601 in UTC.
    public var time: String
    /// What happened.
    public var event: JournalEvent

    /// The entry as one line of JSON without its end.
    public var line: String {
        var value: JSONValue = [
            "v": .number(Double(JournalWriter.version)), "n": .number(Double(number)), "at": .string(time),
            "event": .string(event.name),
        ]
        for (name, member) in event.json.object ?? [:] { value.set(name, member) }
        return value.text()
    }

    /// Reads a line; nil when it is not whole.
    public init?(line: some StringProtocol) {
        guard let json = try? JSONValue.parse(String(line)), let name = json["event"]?.string else { return nil }
        number = json["n"]?.int ?? 0
        time = json["at"]?.string ?? ""
        event = JournalEvent(name: name, json: json)
    }

    /// An entry.
    public init(number: Int, time: String, event: JournalEvent) {
        self.number = number
        self.time = time
        self.event = event
    }
}
