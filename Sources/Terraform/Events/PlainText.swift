import Core

/// Reads errors of the commands that have no machine-readable interface.
enum PlainText {
    /// The errors of a text: each begins with "Error: ", its detail follows after an empty line.
    static func diagnostics(_ text: String) -> [TerraformDiagnostic] {
        var found: [TerraformDiagnostic] = []
        var detail: [String] = []
        func close() {
            guard !found.isEmpty else { return }
            found[found.count - 1].detail = detail.joined(separator: "\n").trimmed
            detail = []
        }
        for raw in text.split(separator: "\n", omittingEmptySubsequences: false) {
            // A frame of box characters stands around them where terraform thinks that a person reads.
            let line = String(raw.drop { $0 == "│" || $0 == "╷" || $0 == "╵" || $0 == " " })
            for (mark, severity) in [("Error: ", TerraformDiagnostic.Severity.error), ("Warning: ", .warning)]
            where line.hasPrefix(mark) {
                close()
                found.append(TerraformDiagnostic(severity, String(line.dropFirst(mark.count))))
            }
            if line.hasPrefix("Error: ") || line.hasPrefix("Warning: ") { continue }
            if !found.isEmpty { detail.append(line) }
        }
        close()
        return found
    }
}
