import Core
import Foundation
import OrderedCollections
import Synchronization

/// Takes what a step prints: carries out its commands, hides secrets, writes the log and tells the view.
final class StepLog: Sendable {
    /// What the commands of a step asked for.
    struct Effects: Sendable {
        var outputs: OrderedDictionary<String, String> = [:]
        var state: OrderedDictionary<String, String> = [:]
        var environment: OrderedDictionary<String, String> = [:]
        var path: [String] = []
        var annotations: [Annotation] = []
        var faults: [String] = []
        /// The last lines.
        var tail: [String] = []
    }

    private struct State {
        var reader: CommandReader
        var effects = Effects()
        var file: (any FileAppender)?
        var counts: [Annotation.Level: Int] = [:]
    }

    private let state: Mutex<State>
    private let path: String
    private let context: Context
    private let show: @Sendable (String) -> Void
    /// How many last lines are kept.
    static let tailLength = 20

    /// A log that is made when its first line comes.
    init(
        path: String, context: Context, allowsOldCommands: Bool, show: @escaping @Sendable (String) -> Void
    ) {
        self.path = path
        self.context = context
        self.show = show
        state = Mutex(State(reader: CommandReader(allowsOldCommands: allowsOldCommands)))
    }

    /// What the commands asked for until now.
    var effects: Effects { state.withLock { $0.effects } }

    /// Takes a line that the step's program printed.
    func take(_ line: OutputLine) {
        state.withLock { state in
            for meaning in state.reader.read(line.text) { carry(meaning, &state) }
        }
    }

    /// Writes a line of nante's own.
    func say(_ text: String) { state.withLock { write(text, &$0) } }

    /// Puts an annotation on the step, and its text into the log.
    func annotate(_ annotation: Annotation) { state.withLock { add(annotation, &$0) } }

    private func carry(_ meaning: CommandReader.Meaning, _ state: inout State) {
        switch meaning {
        case .text(let text): write(text, &state)
        case .annotation(let annotation): add(annotation, &state)
        case .debug(let text): write("##[debug]\(text)", &state)
        case .group(let title): write("##[group]\(title)", &state)
        case .endGroup: write("##[endgroup]", &state)
        case .mask(let secret): context.mask.add(secret)
        case .output(let name, let value): state.effects.outputs[name] = value
        case .state(let name, let value): state.effects.state[name] = value
        case .variable(let name, let value): state.effects.environment[name] = value
        case .folder(let folder): state.effects.path.append(folder)
        case .fault(let text):
            state.effects.faults.append(text)
            add(Annotation(.error, text), &state)
        }
    }

    private func add(_ annotation: Annotation, _ state: inout State) {
        write("##[\(annotation.level.rawValue)]\(annotation.text)", &state)
        guard state.counts[annotation.level, default: 0] < Annotation.limit else { return }
        state.counts[annotation.level, default: 0] += 1
        var hidden = annotation
        hidden.message = context.mask.apply(annotation.message)
        state.effects.annotations.append(hidden)
    }

    private func write(_ text: String, _ state: inout State) {
        // A value that came from outside may hold several lines; none of them may reach the log unmasked.
        let masked = context.mask.apply(text)
        state.effects.tail.append(masked)
        if state.effects.tail.count > 2 * StepLog.tailLength {
            state.effects.tail.removeFirst(StepLog.tailLength)
        }
        if state.file == nil { state.file = try? context.files.appender(path) }
        try? state.file?.append(Data((masked + "\n").utf8))
        show(masked)
    }
}
