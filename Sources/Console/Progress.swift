import Core
import Foundation
import Synchronization

/// What is going on, as a tree of named pieces of work.
///
/// On a terminal the open pieces are redrawn in place with their time; elsewhere each start, note and end is one
/// plain, stable line.
public final class Progress: Sendable {
    /// How a piece of work ended.
    public enum Ending: String, Sendable, Hashable {
        case done, failed, skipped, cancelled, unchanged
    }

    private struct Piece {
        let id: Int
        let parent: Int?
        let name: String
        let start: Duration
        var last = ""
    }

    private struct State {
        var next = 1
        var open: [Piece] = []
        var drawn = 0
    }

    private let context: Context
    private let style: Style
    private let state = Mutex(State())

    /// Progress on a context's terminal.
    public init(_ context: Context) {
        self.context = context
        style = Style(context.terminal)
    }

    /// Opens a piece of work below another; returns its handle.
    @discardableResult
    public func begin(_ name: String, under parent: Int? = nil) -> Int {
        state.withLock { state in
            let piece = Piece(id: state.next, parent: parent, name: name, start: context.time.elapsed())
            state.next += 1
            state.open.append(piece)
            if context.terminal.isInteractive {
                redraw(&state, above: [])
            } else {
                context.terminal.say("\(path(of: piece, state)) …")
            }
            return piece.id
        }
    }

    /// A line that a piece of work printed; on a terminal only the last stands, elsewhere each when `keep` is set.
    public func note(_ id: Int, _ line: String, keep: Bool = false) {
        state.withLock { state in
            guard let place = state.open.firstIndex(where: { $0.id == id }) else { return }
            state.open[place].last = line
            if context.terminal.isInteractive {
                redraw(&state, above: keep ? ["  " + line] : [])
            } else if keep {
                context.terminal.say("\(path(of: state.open[place], state)): \(line)")
            }
        }
    }

    /// Closes a piece of work.
    public func end(_ id: Int, _ ending: Ending, _ remark: String = "") {
        state.withLock { state in
            guard let place = state.open.firstIndex(where: { $0.id == id }) else { return }
            let piece = state.open[place]
            let time = (context.time.elapsed() - piece.start).short
            let tail = remark.isEmpty ? "" : "  \(remark)"
            let line: String
            if context.terminal.isInteractive {
                line = "\(indent(of: piece, state))\(mark(ending)) \(piece.name)  \(style.dim(time))\(tail)"
            } else {
                line = "\(path(of: piece, state)) \(ending.rawValue) (\(time))\(tail)"
            }
            state.open.remove(at: place)
            if context.terminal.isInteractive { redraw(&state, above: [line]) } else { context.terminal.say(line) }
        }
    }

    /// Lines for people that stay, above what is being redrawn.
    public func say(_ lines: [String]) {
        state.withLock { state in
            if context.terminal.isInteractive {
                redraw(&state, above: lines)
            } else {
                lines.forEach(context.terminal.say)
            }
        }
    }

    private func mark(_ ending: Ending) -> String {
        switch ending {
        case .done: style.green("✓")
        case .failed: style.red("✗")
        case .cancelled: style.yellow("⊘")
        case .skipped, .unchanged: style.dim("–")
        }
    }

    private func ancestors(of piece: Piece, _ state: State) -> [Piece] {
        var line: [Piece] = []
        var parent = piece.parent
        while let id = parent, let found = state.open.first(where: { $0.id == id }) {
            line.insert(found, at: 0)
            parent = found.parent
        }
        return line
    }

    private func path(of piece: Piece, _ state: State) -> String {
        (ancestors(of: piece, state) + [piece]).map(\.name).joined(separator: " › ")
    }

    private func indent(of piece: Piece, _ state: State) -> String {
        String(repeating: "  ", count: ancestors(of: piece, state).count)
    }

    /// Erases the drawn lines, writes those that stay, and draws the open pieces again.
    private func redraw(_ state: inout State, above: [String]) {
        var text = state.drawn > 0 ? "\u{1B}[\(state.drawn)A\u{1B}[J" : ""
        for line in above { text += line + "\n" }
        let shown = state.open.suffix(12)
        for piece in shown {
            let time = (context.time.elapsed() - piece.start).short
            let line = "\(indent(of: piece, state))• \(piece.name)  \(time)  \(piece.last)"
            text += String(line.prefix(max(20, context.terminal.width - 1))) + "\n"
        }
        state.drawn = shown.count
        context.terminal.err(text)
    }
}
