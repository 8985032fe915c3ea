import Core

/// Turns what terraform and the servers behind it say into failures that explain themselves.
public enum TerraformTrouble {
    /// A failure for the errors of a run; the first one is told in full, further ones by a line each.
    ///
    /// - Parameters:
    ///   - what: one sentence, such as "the plan of web failed".
    ///   - stderr: what terraform wrote beside its lines; told where there is no diagnostic.
    public static func failure(
        _ what: String, _ diagnostics: [TerraformDiagnostic], workspace: String, stderr: String = "",
        ending: CommandResult.Ending? = nil
    ) -> Failure {
        // "execution halted" only repeats that it was interrupted.
        let errors = diagnostics.filter { $0.severity == .error && $0.summary != "execution halted" }
        guard let first = errors.first ?? known(stderr) else {
            let lines = stderr.split(separator: "\n").map(String.init).suffix(8)
            return Failure(
                .failed, what, why: ending.map { "terraform \($0.words)" }, evidence: Array(lines),
                next: ["nante terraform plan --app \(workspace)"])
        }
        let cause = TerraformCause.find(first)
        let why = cause?.why(first) ?? first.summary
        var failure = Failure(
            cause?.exit ?? .failed, what, where: first.place, why: why, evidence: evidence(first).filter { $0 != why },
            next: cause?.next(first, workspace) ?? ["nante terraform plan --app \(workspace)"])
        for other in errors.dropFirst().prefix(5) where other != first {
            let place = other.place.map { "\($0): " } ?? ""
            failure = failure.adding("also", place + String(other.text.prefix(300)))
        }
        return failure
    }

    /// What terraform wrote for people, where it has a cause that is known, as the lock that `workspace new` meets.
    private static func known(_ stderr: String) -> TerraformDiagnostic? {
        let lines = stderr.split(whereSeparator: \.isNewline).map { $0.trimmed }.filter { !$0.isEmpty }
        guard let line = lines.first else { return nil }
        let diagnostic = TerraformDiagnostic(.error, line, detail: stderr)
        return TerraformCause.find(diagnostic) == nil ? nil : diagnostic
    }

    private static func evidence(_ diagnostic: TerraformDiagnostic) -> [String] {
        var lines = [diagnostic.code.map { $0.trimmed }, diagnostic.summary].compactMap { $0 }.filter { !$0.isEmpty }
        lines += diagnostic.detailLines.prefix(12)
        return lines.map { $0.count > 400 ? $0.prefix(399) + "…" : $0 }
    }
}
