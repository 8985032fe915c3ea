import Core

/// Faults of one file and of what it calls, the first ten of them.
struct Faults {
    /// How many are kept.
    static let limit = 10
    /// Characters of a fault as GitHub writes it, place included, before it is cut.
    static let length = 500

    private(set) var all: [SourceFault] = []
    private let lines: [String: [Substring]]

    init(text: String, file: String) {
        lines = [file: text.split(separator: "\n", omittingEmptySubsequences: false)]
    }

    var isEmpty: Bool { all.isEmpty }

    mutating func add(_ place: Place, _ message: String) {
        guard all.count < Self.limit else { return }
        let lead =
            place.line > 0
            ? "\(place.file) (Line: \(place.line), Col: \(place.column)): " : "\(place.file): "
        let room = max(0, Self.length - lead.count)
        let message = message.count > room ? message.prefix(room) + "[...]" : message
        let source = lines[place.file].flatMap { place.line > 0 && place.line <= $0.count ? $0[place.line - 1] : nil }
        let shown = source.flatMap { $0.count <= 300 ? String($0.hasSuffix("\r") ? $0.dropLast() : $0) : nil }
        all.append(
            SourceFault(
                file: place.file, line: place.line, column: place.column, message: message, source: shown))
    }

    /// Throws what was found, if anything.
    func check() throws(SourceFaults) { if !all.isEmpty { throw SourceFaults(all) } }
}
