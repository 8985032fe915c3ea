import Foundation
import Synchronization

/// Where data and messages for people go; the mask is applied by it.
public protocol Terminal: Sendable {
    /// Writes data for programs to standard output, as it is: the caller ends its lines.
    func out(_ text: String)
    /// Writes a message for people to standard error, as it is: the caller ends its lines.
    func err(_ text: String)
    /// Standard error is a terminal: progress may be redrawn and coloured.
    var isInteractive: Bool { get }
    /// Colour may be used on standard error (a terminal, no NO_COLOR).
    var hasColour: Bool { get }
    /// Columns, 80 where unknown.
    var width: Int { get }
    /// Reads one line from standard input without its end; nil at the end or where no terminal is attached.
    func readLine() -> String?
}

extension Terminal {
    /// Writes a line for people to standard error.
    public func say(_ line: String) { err(line + "\n") }
}

/// The terminal of this process; every text passes the mask.
public final class SystemTerminal: Terminal {
    private let mask: Mask
    private let lock = Mutex(())
    /// Standard error is a terminal.
    public let isInteractive: Bool
    /// Colour may be used.
    public let hasColour: Bool
    /// Columns.
    public let width: Int

    /// The process's own streams.
    public init(environment: [String: String], mask: Mask) {
        self.mask = mask
        let terminal = isatty(2) == 1 && environment["TERM"] != "dumb"
        isInteractive = terminal && environment["CI"] == nil
        hasColour = terminal && (environment["NO_COLOR"] ?? "").isEmpty
        var size = winsize()
        width = ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// Writes to standard output.
    public func out(_ text: String) { write(1, text) }
    /// Writes to standard error.
    public func err(_ text: String) { write(2, text) }
    /// Reads a line when standard input is a terminal.
    public func readLine() -> String? { isatty(0) == 1 ? Swift.readLine() : nil }

    private func write(_ descriptor: Int32, _ text: String) {
        let bytes = Array(mask.apply(text).utf8)
        lock.withLock { _ in
            var start = 0
            while start < bytes.count {
                let count = bytes[start...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return }
                start += count
            }
        }
    }
}

/// A terminal that keeps what it is given; for tests and for capturing.
public final class MemoryTerminal: Terminal {
    private let text = Mutex((out: "", err: ""))
    private let mask: Mask
    /// Never a terminal.
    public let isInteractive = false
    /// Never coloured.
    public let hasColour = false
    /// Always 80.
    public let width = 80

    /// An empty one.
    public init(mask: Mask = Mask()) { self.mask = mask }

    /// All that was written to standard output.
    public var output: String { text.withLock { $0.out } }
    /// All that was written to standard error.
    public var messages: String { text.withLock { $0.err } }

    /// Keeps data.
    public func out(_ text: String) { self.text.withLock { $0.out += mask.apply(text) } }
    /// Keeps messages.
    public func err(_ text: String) { self.text.withLock { $0.err += mask.apply(text) } }
    /// No input.
    public func readLine() -> String? { nil }
}
