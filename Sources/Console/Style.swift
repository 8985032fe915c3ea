import Core

/// Colour for people, only where the terminal has it.
public struct Style: Sendable {
    private let on: Bool

    /// The style that fits a terminal.
    public init(_ terminal: any Terminal) { on = terminal.hasColour }

    /// Good news.
    public func green(_ text: String) -> String { paint(text, 32) }
    /// Bad news.
    public func red(_ text: String) -> String { paint(text, 31) }
    /// A warning.
    public func yellow(_ text: String) -> String { paint(text, 33) }
    /// Less important.
    public func dim(_ text: String) -> String { paint(text, 2) }
    /// More important.
    public func bold(_ text: String) -> String { paint(text, 1) }

    private func paint(_ text: String, _ code: Int) -> String { on ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}
