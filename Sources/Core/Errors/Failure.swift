/// A failure that explains itself: what, where, why, the evidence, and what to type next.
public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    /// How the command ends because of it.
    public var exit: Exit
    /// One sentence: what did not work.
    public var what: String
    /// Labelled lines under it, such as ("where", "app-1, slot green"), in the order shown.
    public var details: [Detail]
    /// Lines of evidence, such as the last lines of a log, shown indented.
    public var evidence: [String]
    /// Commands to type next.
    public var next: [String]

    /// A labelled line of a failure.
    public struct Detail: Sendable, Hashable {
        /// One word, such as "where" or "why".
        public var label: String
        /// The text of the line.
        public var text: String
        /// A labelled line.
        public init(_ label: String, _ text: String) {
            self.label = label
            self.text = text
        }
    }

    /// A failure; only its kind and its sentence are required.
    public init(
        _ exit: Exit, _ what: String, where place: String? = nil, why: String? = nil, details: [Detail] = [],
        evidence: [String] = [], next: [String] = []
    ) {
        self.exit = exit
        self.what = what
        var all: [Detail] = []
        if let place { all.append(Detail("where", place)) }
        if let why { all.append(Detail("why", why)) }
        self.details = all + details
        self.evidence = evidence
        self.next = next
    }

    /// The whole failure as plain text, one screen at most.
    public var description: String {
        var lines = [what]
        lines += details.map { "  " + $0.label.padding(to: 9) + $0.text }
        lines += evidence.map { "          " + $0 }
        if !next.isEmpty { lines.append("  " + "next".padding(to: 9) + next.joined(separator: "  ·  ")) }
        return lines.map(Failure.harmless).joined(separator: "\n")
    }

    /// A line that may hold words of others, such as a log, without what a terminal or a workflow would obey.
    ///
    /// Control characters are dropped; the openings of workflow commands (`::` at the start, `##[` anywhere) are
    /// broken up, since GitHub's runner reads them in whatever a step prints.
    static func harmless(_ line: String) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in line.unicodeScalars where scalar == "\t" || scalar == "\n" || scalar.value >= 0x20 {
            if scalar.value != 0x7F, !(0x80...0x9F).contains(scalar.value) { kept.append(scalar) }
        }
        let text = String(kept).replacing("##[", with: "# #[")
        let body = text.drop { $0.isWhitespace }
        return body.hasPrefix("::") ? text.prefix(text.count - body.count) + ": :" + body.dropFirst(2) : text
    }

    /// A copy with one more labelled line.
    public func adding(_ label: String, _ text: String) -> Failure {
        var copy = self
        copy.details.append(Detail(label, text))
        return copy
    }
}

extension String {
    /// The text with spaces behind it up to a width in characters; a longer text gets one space.
    public func padding(to width: Int) -> String {
        count < width ? self + String(repeating: " ", count: width - count) : self + " "
    }
}
