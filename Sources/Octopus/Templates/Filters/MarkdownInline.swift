import Foundation

/// The inline part of Markdown: emphasis, code, links, images, and bare links.
enum MarkdownInline {
    /// The HTML of a text.
    static func html(_ text: String) -> String {
        var reader = Reader(text: Array(text), depth: 0)
        return reader.html()
    }

    /// Text with `& < > "` as entities.
    static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    private struct Reader {
        let text: [Character]
        let depth: Int
        var place = 0
        var out = ""

        /// Marks and their tags, longest first.
        static let marks: [(mark: String, tag: String)] = [
            ("**", "strong"), ("__", "strong"), ("~~", "del"), ("*", "em"), ("_", "em"), ("~", "sub"), ("^", "sup"),
        ]

        init(text: [Character], depth: Int) {
            self.text = text
            self.depth = depth
        }

        mutating func html() -> String {
            while place < text.count {
                if escaped() || lineBreak() || code() || link() || bareLink() || tag() || mark() { continue }
                out += MarkdownInline.escape(String(text[place]))
                place += 1
            }
            return out
        }

        private func starts(_ word: String, _ at: Int) -> Bool {
            text[at...].starts(with: word)
        }

        private func inner(_ from: Int, _ to: Int) -> String {
            guard depth < 16 else { return MarkdownInline.escape(String(text[from..<to])) }
            var reader = Reader(text: Array(text[from..<to]), depth: depth + 1)
            return reader.html()
        }

        private mutating func escaped() -> Bool {
            guard text[place] == "\\", place + 1 < text.count else { return false }
            if text[place + 1] == "\n" {
                out += "<br />\n"
            } else if text[place + 1].isPunctuation || text[place + 1].isSymbol {
                out += MarkdownInline.escape(String(text[place + 1]))
            } else {
                return false
            }
            place += 2
            return true
        }

        private mutating func lineBreak() -> Bool {
            guard starts("  ", place) else { return false }
            var end = place
            while end < text.count, text[end] == " " { end += 1 }
            guard end < text.count, text[end] == "\n" else { return false }
            out += "<br />\n"
            place = end + 1
            return true
        }

        private mutating func code() -> Bool {
            guard text[place] == "`" else { return false }
            let mark = text[place...].prefix { $0 == "`" }.count
            var end = place + mark
            while end < text.count {
                let run = text[end...].prefix { $0 == "`" }.count
                if run == mark {
                    var body = String(text[(place + mark)..<end]).replacing("\n", with: " ")
                    if body.count > 2, body.hasPrefix(" "), body.hasSuffix(" ") {
                        body = String(body.dropFirst().dropLast())
                    }
                    out += "<code>\(MarkdownInline.escape(body))</code>"
                    place = end + mark
                    return true
                }
                end += max(run, 1)
            }
            return false
        }

        private mutating func link() -> Bool {
            let isImage = starts("![", place)
            guard isImage || text[place] == "[" else { return false }
            let from = place + (isImage ? 2 : 1)
            guard let close = matching("[", "]", from), close + 1 < text.count, text[close + 1] == "(",
                let end = matching("(", ")", close + 2)
            else { return false }
            let target = String(text[(close + 2)..<end]).trimmed
            let parts = target.split(separator: " ", maxSplits: 1)
            let address = MarkdownInline.escape(parts.first.map { $0.trimmingCharacters(in: ["<", ">"]) } ?? "")
            let title = parts.count > 1 ? parts[1].trimmingCharacters(in: CharacterSet(charactersIn: " \"'")) : nil
            let hint = title.map { " title=\"\(MarkdownInline.escape($0))\"" } ?? ""
            out +=
                isImage
                ? "<img src=\"\(address)\" alt=\"\(MarkdownInline.escape(String(text[from..<close])))\"\(hint) />"
                : "<a href=\"\(address)\"\(hint)>\(inner(from, close))</a>"
            place = end + 1
            return true
        }

        private func matching(_ open: Character, _ close: Character, _ from: Int) -> Int? {
            var level = 1
            for index in from..<text.count {
                if text[index] == open { level += 1 }
                if text[index] == close { level -= 1 }
                if level == 0 { return index }
            }
            return nil
        }

        private mutating func bareLink() -> Bool {
            let isWord = place == 0 || !(text[place - 1].isLetter || text[place - 1].isNumber)
            let begins = ["http://", "https://", "ftp://", "mailto:", "www."].contains { starts($0, place) }
            guard isWord, begins else { return false }
            var end = place
            while end < text.count, !text[end].isWhitespace, !"<>\"|".contains(text[end]) { end += 1 }
            while end > place, ".,;:!?)'*_~".contains(text[end - 1]) { end -= 1 }
            let address = MarkdownInline.escape(String(text[place..<end]))
            guard address.count > 8 else { return false }
            out += "<a href=\"\(address.hasPrefix("www.") ? "http://" : "")\(address)\">\(address)</a>"
            place = end
            return true
        }

        /// `<https://…>` and raw HTML.
        private mutating func tag() -> Bool {
            guard text[place] == "<", let end = text[place...].firstIndex(of: ">") else { return false }
            let body = String(text[(place + 1)..<end])
            if body.wholeMatch(of: #/[A-Za-z][A-Za-z0-9+.\-]+:[^\s<]*/#) != nil {
                out += "<a href=\"\(MarkdownInline.escape(body))\">\(MarkdownInline.escape(body))</a>"
            } else if body.wholeMatch(of: #/(?s)\/?[A-Za-z][A-Za-z0-9\-]*(\s[^<]*)?\/?|!--.*--/#) != nil {
                out += "<\(body)>"
            } else {
                return false
            }
            place = end + 1
            return true
        }

        private mutating func mark() -> Bool {
            for (mark, tag) in Reader.marks where starts(mark, place) {
                let from = place + mark.count
                guard from < text.count, !text[from].isWhitespace else { continue }
                let isInWord = place > 0 && (text[place - 1].isLetter || text[place - 1].isNumber)
                if mark.hasPrefix("_"), isInWord { continue }
                var end = from + 1
                while end + mark.count <= text.count {
                    let isEnd = starts(mark, end) && !text[end - 1].isWhitespace
                    let isLonger = end + mark.count < text.count && String(text[end + mark.count]) == mark.prefix(1)
                    let isWordBehind =
                        end + mark.count < text.count
                        && (text[end + mark.count].isLetter || text[end + mark.count].isNumber)
                    if isEnd, !(mark.count == 1 && isLonger), !(mark.hasPrefix("_") && isWordBehind) {
                        out += "<\(tag)>\(inner(from, end))</\(tag)>"
                        place = end + mark.count
                        return true
                    }
                    end += mark.count == 1 && isEnd && isLonger ? 2 : 1
                }
            }
            return false
        }
    }
}
