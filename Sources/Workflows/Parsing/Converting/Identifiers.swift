/// Ids of jobs and steps (actions/runner `IdBuilder`).
enum Identifier {
    /// Longest id.
    static let limit = 100

    /// Why an id is not sound; nil where it is.
    static func fault(_ id: String) -> String? {
        if !ExpressionLexer.isKeyword(id) || id.utf8.count >= limit {
            return "The identifier '\(id)' is invalid. IDs may only contain alphanumeric characters, '_', and '-'. "
                + "IDs must start with a letter or '_' and and must be less than \(limit) characters."
        }
        if id.hasPrefix("__") {
            return "The identifier '\(id)' is invalid. IDs starting with '__' are reserved."
        }
        return nil
    }
}

/// The ids of one scope.
struct Identifiers {
    private var taken: Set<String> = []

    /// Takes an id that was written; says why it can't be had.
    mutating func add(_ id: String) -> String? {
        if let fault = Identifier.fault(id) { return fault }
        if taken.insert(Fold.upper(id)).inserted { return nil }
        return "The identifier '\(id)' may not be used more than once within the same scope."
    }

    /// An id of a stem that is not taken yet, with characters that ids can't have replaced by `_`.
    mutating func generate(_ stem: String) -> String {
        let plain = String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) ? $0 : "_" })
        var count = 1
        while true {
            let suffix = count == 1 ? "" : "_\(count)"
            let id = plain.prefix(Identifier.limit - 1 - suffix.count) + suffix
            if taken.insert(Fold.upper(String(id))).inserted { return String(id) }
            count += 1
        }
    }
}
