import Core
import Workflows

/// Writes a run as a stream of events to standard output: the journal's lines, and lines of steps between them.
struct RunEvents: RunView {
    private let context: Context

    init(_ context: Context) { self.context = context }

    func event(_ entry: JournalEntry) { context.terminal.out(entry.line + "\n") }

    func line(job: String, step: String, text: String) {
        let value: JSONValue = [
            "event": "log", "job": .string(job), "step": .string(step), "text": .string(text),
        ]
        context.terminal.out(value.text() + "\n")
    }
}
