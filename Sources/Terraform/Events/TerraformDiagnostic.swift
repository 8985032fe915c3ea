import Core

/// An error or a warning of terraform or of a provider.
public struct TerraformDiagnostic: Sendable, Hashable {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable {
        case error, warning
    }
    /// How bad it is.
    public var severity: Severity
    /// One sentence.
    public var summary: String
    /// What a provider or server said, of any length.
    public var detail: String
    /// The resource that it is about.
    public var address: String?
    /// The file, relative to the folder of the configuration.
    public var file: String?
    /// Its line, from 1.
    public var line: Int?
    /// The line itself.
    public var code: String?

    /// A diagnostic.
    public init(
        _ severity: Severity, _ summary: String, detail: String = "", address: String? = nil, file: String? = nil,
        line: Int? = nil, code: String? = nil
    ) {
        self.severity = severity
        self.summary = summary
        self.detail = detail
        self.address = address
        self.file = file
        self.line = line
        self.code = code
    }

    /// Reads the `diagnostic` of a line, or an item of `diagnostics` of `validate -json`; nil for anything else.
    public init?(_ value: JSONValue) {
        guard let summary = value["summary"]?.string else { return nil }
        self.init(
            Severity(rawValue: value["severity"]?.string ?? "") ?? .error, summary,
            detail: value["detail"]?.string ?? "", address: value["address"]?.string,
            file: value["range"]?["filename"]?.string, line: value["range"]?["start"]?["line"]?.int,
            code: value["snippet"]?["code"]?.string)
    }

    /// `file:line`, the resource, or both.
    public var place: String? {
        let source = file.map { name in line.map { "\(name):\($0)" } ?? name }
        let parts = [address, source].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Summary and detail on one line.
    public var text: String { ([summary] + detailLines).joined(separator: " ") }

    /// Lines of the detail that are not empty.
    public var detailLines: [String] {
        detail.split(whereSeparator: \.isNewline).map { $0.trimmed }.filter { !$0.isEmpty }
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    var trimmed: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
