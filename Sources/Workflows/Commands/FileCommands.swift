import Core
import Foundation

/// The files that a step writes its outputs, variables and state to (GITHUB_OUTPUT, GITHUB_ENV, GITHUB_STATE).
///
/// Rules: actions/runner, src/Runner.Worker/FileCommandManager.cs.
public enum FileCommands {
    /// What a file of names and values holds.
    public struct Pairs: Sendable, Hashable {
        /// The pairs in their order up to the first fault; a name may stand twice, the later one counts.
        public var pairs: [Pair] = []
        /// What is wrong with the file; nil when it was read to its end.
        public var error: String?
    }

    /// A name with its value.
    public struct Pair: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The value.
        public var value: String
    }

    /// Reads lines `NAME=VALUE` and blocks `NAME<<MARK`, lines, `MARK`.
    public static func pairs(_ data: Data) -> Pairs {
        var lines = Lines(data)
        var out = Pairs()
        while let line = lines.next() {
            if line.isEmpty { continue }
            let equals = line.firstIndex(of: 0x3D) ?? line.endIndex
            let block = firstDoubleLess(line) ?? line.endIndex
            if block < equals {
                let name = text(line[..<block])
                let mark = line[(block + 2)...]
                guard !name.isEmpty, !mark.isEmpty else {
                    out.error = "Invalid format '\(text(line))'. Name must not be empty and delimiter must not be empty"
                    return out
                }
                switch lines.block(until: mark) {
                case .success(let value): out.pairs.append(Pair(name: name, value: text(value)))
                case .failure(let fault):
                    out.error = fault.message
                    return out
                }
            } else if equals < line.endIndex {
                guard equals > line.startIndex else {
                    out.error = "Invalid format '\(text(line))'. Name must not be empty"
                    return out
                }
                out.pairs.append(Pair(name: text(line[..<equals]), value: text(line[(equals + 1)...])))
            } else {
                out.error = "Invalid format '\(text(line))'"
                return out
            }
        }
        return out
    }

    /// Reads GITHUB_PATH: a folder a line, empty lines left out.
    public static func folders(_ data: Data) -> [String] {
        var lines = Lines(data)
        var out: [String] = []
        while let line = lines.next() { if !line.isEmpty { out.append(text(line)) } }
        return out
    }

    /// Names that GITHUB_ENV may not set.
    public static let blockedVariables: Set<String> = ["NODE_OPTIONS"]

    /// Splits the pairs of GITHUB_ENV into those that count and messages about those that don't.
    public static func variables(_ pairs: [Pair]) -> (kept: [Pair], issues: [String]) {
        let blocked = pairs.filter { blockedVariables.contains($0.name.uppercased()) }
        let kept = pairs.filter { !blockedVariables.contains($0.name.uppercased()) }
        return (kept, blocked.map { "Can't store \($0.name) output parameter using '$GITHUB_ENV' command." })
    }

    /// The largest step summary in bytes.
    public static let summaryLimit = 1 << 20

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func firstDoubleLess(_ line: ArraySlice<UInt8>) -> Int? {
        line.indices.dropLast().first { line[$0] == 0x3C && line[$0 + 1] == 0x3C }
    }
}

/// Walks the lines of a file; only LF ends one, a CR before it stays.
private struct Lines {
    struct Fault: Error { let message: String }
    let bytes: [UInt8]
    var index = 0
    /// The last line that was handed out had an end.
    var ended = true

    init(_ data: Data) {
        bytes = Array(data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data)
    }

    mutating func next() -> ArraySlice<UInt8>? {
        guard index < bytes.count else { return nil }
        let start = index
        guard let end = bytes[index...].firstIndex(of: 0x0A) else {
            index = bytes.count
            ended = false
            return bytes[start...]
        }
        index = end + 1
        ended = true
        return bytes[start..<end]
    }

    /// The bytes up to a line that equals the mark, without the last line's end.
    mutating func block(until mark: ArraySlice<UInt8>) -> Result<ArraySlice<UInt8>, Fault> {
        let start = index
        var end = index
        while let line = next() {
            if line.elementsEqual(mark) { return .success(bytes[start..<max(start, end)]) }
            if !ended { return .failure(Fault(message: "Invalid value. EOF marker missing new line.")) }
            end = index - 1
        }
        let name = String(decoding: mark, as: UTF8.self)
        return .failure(Fault(message: "Invalid value. Matching delimiter not found '\(name)'"))
    }
}
