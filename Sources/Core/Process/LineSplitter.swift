/// Cuts a stream of bytes into lines at LF; a CR before it is dropped, and a line of over 1 MiB is cut.
public struct LineSplitter: Sendable {
    private var pending: [UInt8] = []
    /// The longest line in bytes.
    public static let longest = 1 << 20

    /// An empty splitter.
    public init() {}

    /// Takes bytes and hands on each line that they complete.
    public mutating func feed(_ bytes: some Collection<UInt8>, line: (String) -> Void) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0A) {
            pending.append(contentsOf: rest[..<end])
            line(take())
            rest = rest[rest.index(after: end)...]
        }
        pending.append(contentsOf: rest)
        while pending.count > LineSplitter.longest {
            line(String(decoding: pending.prefix(LineSplitter.longest), as: UTF8.self))
            pending.removeFirst(LineSplitter.longest)
        }
    }

    /// The last line where it has no end; nil when nothing is left.
    public mutating func rest() -> String? { pending.isEmpty ? nil : take() }

    private mutating func take() -> String {
        if pending.last == 0x0D { pending.removeLast() }
        defer { pending.removeAll(keepingCapacity: true) }
        return String(decoding: pending, as: UTF8.self)
    }
}
