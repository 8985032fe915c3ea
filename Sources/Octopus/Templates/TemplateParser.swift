/// Reads the `#{}` language by ordered choice with backtracking, as the reference implementation does.
///
/// Every reader takes a place and gives a value with the place behind it, or the place where it failed: in the
/// mode that goes on after an error the text up to the farthest failing place is kept as it is.
/// Results are remembered by place, so that a hostile text takes no more than quadratic time.
final class TemplateParser {
    /// What a reader gives.
    enum Parsed<Value> {
        case ok(Value, Int)
        case fail(Int)
    }

    /// The deepest nesting of blocks and options; beyond it a template is refused.
    static let deepest = 64

    let text: [Unicode.Scalar]
    private var known: [Int: Parsed<TemplateToken>] = [:]
    private var depth = 0

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    /// Reads a whole template.
    ///
    /// - Parameter haltOnError: false keeps what can't be read as text and goes on behind it.
    /// - Returns: the tokens, or the place (from 0, in scalars) where reading failed.
    func template(haltOnError: Bool) -> Result<[TemplateToken], TemplateFault> {
        var tokens: [TemplateToken] = []
        var place = 0
        while place < text.count {
            switch token(place) {
            case .ok(let token, let next):
                guard next > place else { return .failure(fault(next)) }
                tokens.append(token)
                place = next
            case .fail(let next):
                if haltOnError { return .failure(fault(next)) }
                guard next > place else { return .failure(fault(next)) }
                tokens.append(.text(string(place, next)))
                place = next
            }
        }
        return .success(tokens)
    }

    /// Reads a variable's name as a path; nil where it is none as a whole.
    static func path(_ name: String) -> SymbolPath? {
        let parser = TemplateParser(name)
        guard case .ok(let path, let end) = parser.symbol(0), end == parser.text.count else { return nil }
        return path
    }

    private func fault(_ place: Int) -> TemplateFault {
        let before = text.prefix(place)
        let line = before.count { $0 == "\n" } + 1
        let column = place - ((before.lastIndex(of: "\n") ?? -1) + 1) + 1
        let found = place < text.count ? "unexpected '\(text[place])'" : "unexpected end"
        return TemplateFault(line: line, column: column, message: found)
    }

    /// One token: a block, a calculation, a substitution, or text.
    func token(_ place: Int) -> Parsed<TemplateToken> {
        if let result = known[place] { return result }
        guard depth < TemplateParser.deepest else { return .fail(place) }
        depth += 1
        defer { depth -= 1 }
        let result = first(place, [conditional, repetition, calculation, substitution, plain])
        known[place] = result
        return result
    }

    /// The first reader that succeeds; the farthest failing place where none does.
    func first<Value>(_ place: Int, _ readers: [(Int) -> Parsed<Value>]) -> Parsed<Value> {
        var farthest = place
        for read in readers {
            switch read(place) {
            case .ok(let value, let next): return .ok(value, next)
            case .fail(let failing): farthest = max(farthest, failing)
            }
        }
        return .fail(farthest)
    }

    /// Tokens as long as there are any, up to a text that may not begin one.
    func tokens(_ place: Int, until stops: [String] = []) -> ([TemplateToken], Int) {
        var out: [TemplateToken] = []
        var place = place
        while !stops.contains(where: { matches($0, place) }), case .ok(let token, let next) = token(place),
            next > place
        {
            out.append(token)
            place = next
        }
        return (out, place)
    }

    /// Text without a token in it; `##{` stands for `#{`.
    private func plain(_ start: Int) -> Parsed<TemplateToken> {
        var out = String.UnicodeScalarView()
        var place = start
        scanning: while place < text.count {
            if text[place] != "#" {
                out.append(text[place])
                place += 1
            } else if place + 1 == text.count {
                out.append("#")
                place += 1
            } else if matches("###{", place), place + 4 < text.count {
                out.append("#")
                place += 2
            } else if matches("##{", place) {
                out.append(contentsOf: "#{".unicodeScalars)
                place += 3
            } else if text[place + 1] != "{" {
                out.append("#")
                out.append(text[place + 1])
                place += 2
            } else {
                break scanning
            }
        }
        return place > start ? .ok(.text(String(out)), place) : .fail(min(place + 1, text.count))
    }

    func string(_ from: Int, _ to: Int) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text[from..<to])
        return String(view)
    }

    func matches(_ word: String, _ place: Int) -> Bool {
        var index = place
        for scalar in word.unicodeScalars {
            guard index < text.count, text[index] == scalar else { return false }
            index += 1
        }
        return true
    }
}

/// Where and why a template can't be read.
public struct TemplateFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    /// From 1, in Unicode scalars.
    public let column: Int
    /// What was found there.
    public let message: String
    /// The message with its place.
    public var description: String { "the template can't be read: \(message) at line \(line), column \(column)" }
}
