import Core
import Foundation

/// Reads the lab's log.
public struct LabLog: Sendable {
    let context: Context
    let path: String

    /// The log of the lab of the environment.
    public init(_ context: Context) {
        self.context = context
        path = LabHome(context).log
    }

    /// Shows the last lines and, when following, each further one until the task is cancelled.
    ///
    /// - Throws: a failure with exit `missing` when the lab never ran.
    public func show(last count: Int, follow: Bool) async throws {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Failure(.missing, "the lab has no log yet", where: path, next: ["nante lab up"])
        }
        defer { try? handle.close() }
        // The tail of a log is enough: it is cut at 8 MiB, and lines are short.
        let end = try handle.seekToEnd()
        let start = end > 4 << 20 ? end - (4 << 20) : 0
        try handle.seek(toOffset: start)
        var splitter = LineSplitter()
        var lines: [String] = []
        func read() throws {
            while let data = try handle.read(upToCount: 1 << 16), !data.isEmpty {
                splitter.feed(data) { lines.append($0) }
            }
        }
        try read()
        if start > 0, !lines.isEmpty { lines.removeFirst() }
        lines.suffix(count).forEach { context.terminal.out($0 + "\n") }
        while follow {
            try await context.time.sleep(for: .milliseconds(100))
            lines.removeAll()
            // A new start may have moved the log away; one that shrank is read from its start.
            if try handle.offset() > (try handle.seekToEndKeeping()) { try handle.seek(toOffset: 0) }
            try read()
            lines.forEach { context.terminal.out($0 + "\n") }
        }
    }
}

extension FileHandle {
    /// The length of the file; the place of reading stays.
    fileprivate func seekToEndKeeping() throws -> UInt64 {
        let place = try offset()
        let end = try seekToEnd()
        try seek(toOffset: min(place, end))
        return end
    }
}
