import Foundation

/// The filter Markdown: CommonMark with pipe tables, strike-through, sub- and superscript, and bare links.
///
/// The subset that release notes use; raw HTML is passed on, as the reference does.
enum MarkdownFilter {
    @Sendable static func html(_ text: String) -> String {
        let lines = text.trimmed.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n")
        return blocks(lines[...], depth: 0) + "\n"
    }

    /// The HTML of lines that are a document, a quotation or a list item.
    static func blocks(_ lines: ArraySlice<String>, depth: Int) -> String {
        var reader = MarkdownBlocks(lines: Array(lines), depth: depth)
        return reader.html()
    }
}

/// Takes lines apart into blocks.
struct MarkdownBlocks {
    let lines: [String]
    let depth: Int
    private var place = 0
    private var out = ""

    init(lines: [String], depth: Int) {
        self.lines = lines
        self.depth = depth
    }

    mutating func html() -> String {
        while place < lines.count {
            if lines[place].trimmed.isEmpty {
                place += 1
            } else if !(fence() || heading() || rule() || quote() || list() || code() || table()) {
                paragraph()
            }
        }
        return out
    }

    private mutating func fence() -> Bool {
        let line = lines[place].trimmed
        guard line.hasPrefix("```") || line.hasPrefix("~~~") else { return false }
        let mark = String(line.prefix { $0 == line.first })
        let language = line.dropFirst(mark.count).split(separator: " ").first
        place += 1
        var body = ""
        while place < lines.count, !lines[place].trimmed.hasPrefix(mark) {
            body += lines[place] + "\n"
            place += 1
        }
        place += 1
        let kind = language.map { " class=\"language-\(MarkdownInline.escape(String($0)))\"" } ?? ""
        out += "<pre><code\(kind)>\(MarkdownInline.escape(body))</code></pre>\n"
        return true
    }

    private mutating func heading() -> Bool {
        let line = lines[place].trimmed
        let level = line.prefix { $0 == "#" }.count
        guard (1...6).contains(level), line.count == level || line.dropFirst(level).first == " " else { return false }
        let text = line.dropFirst(level).replacing(#/\s+#+\s*$/#, with: "")
        out += "<h\(level)>\(MarkdownInline.html(String(text).trimmed))</h\(level)>\n"
        place += 1
        return true
    }

    private mutating func rule() -> Bool {
        let line = lines[place].filter { $0 != " " && $0 != "\t" }
        guard line.count >= 3, let mark = line.first, "-*_".contains(mark), line.allSatisfy({ $0 == mark }) else {
            return false
        }
        out += "<hr />\n"
        place += 1
        return true
    }

    private mutating func quote() -> Bool {
        guard lines[place].trimmed.hasPrefix(">"), depth < 16 else { return false }
        var inner: [String] = []
        while place < lines.count, lines[place].trimmed.hasPrefix(">") {
            let text = lines[place].trimmed.dropFirst()
            inner.append(String(text.first == " " ? text.dropFirst() : text))
            place += 1
        }
        out += "<blockquote>\n\(MarkdownFilter.blocks(inner[...], depth: depth + 1))</blockquote>\n"
        return true
    }

    /// The marker of a list item: its width, and whether it is ordered.
    private static func marker(_ line: String) -> (width: Int, number: Int?)? {
        if let match = line.firstMatch(of: #/^(\s*)[-*+]\s+\S/#) { return (match.1.count + 2, nil) }
        if let match = line.firstMatch(of: #/^(\s*)(\d{1,9})[.)]\s+\S/#) {
            return (match.1.count + match.2.count + 2, Int(match.2))
        }
        return nil
    }

    private mutating func list() -> Bool {
        guard depth < 16, let first = MarkdownBlocks.marker(lines[place]), first.width < 6 + 8 else { return false }
        let isOrdered = first.number != nil
        let start = first.number ?? 1
        var items: [[String]] = []
        var isLoose = false
        while place < lines.count {
            let line = lines[place]
            if let marker = MarkdownBlocks.marker(line), (marker.number != nil) == isOrdered,
                line.prefix(while: { $0 == " " }).count < first.width
            {
                if place > 0, !items.isEmpty, lines[place - 1].trimmed.isEmpty { isLoose = true }
                items.append([String(line.dropFirst(marker.width))])
            } else if line.trimmed.isEmpty, place + 1 < lines.count,
                lines[place + 1].hasPrefix("  ") || MarkdownBlocks.marker(lines[place + 1]) != nil
            {
                items[items.count - 1].append("")
            } else if line.hasPrefix("  ") || !line.trimmed.isEmpty && !lines[place - 1].trimmed.isEmpty {
                let indent = min(first.width, line.prefix { $0 == " " }.count)
                items[items.count - 1].append(String(line.dropFirst(indent)))
            } else {
                break
            }
            place += 1
        }
        let tag = isOrdered ? "ol" : "ul"
        out += isOrdered && start != 1 ? "<ol start=\"\(start)\">\n" : "<\(tag)>\n"
        for item in items { out += self.item(item, isLoose: isLoose) }
        out += "</\(tag)>\n"
        return true
    }

    private func item(_ lines: [String], isLoose: Bool) -> String {
        let inner = MarkdownFilter.blocks(lines[...], depth: depth + 1)
        if isLoose { return "<li>\n\(inner)</li>\n" }
        // The paragraphs of a tight list are shown without their tags.
        let tight = inner.replacing("<p>", with: "").replacing("</p>\n", with: "\n")
        return "<li>\(tight.hasSuffix("\n") ? String(tight.dropLast()) : tight)</li>\n"
    }

    private mutating func code() -> Bool {
        guard lines[place].hasPrefix("    ") else { return false }
        var body = ""
        while place < lines.count, lines[place].hasPrefix("    ") {
            body += lines[place].dropFirst(4) + "\n"
            place += 1
        }
        out += "<pre><code>\(MarkdownInline.escape(body))</code></pre>\n"
        return true
    }

    private static func cells(_ line: String) -> [String] {
        var text = line.trimmed
        if text.hasPrefix("|") { text.removeFirst() }
        if text.hasSuffix("|") { text.removeLast() }
        return text.components(separatedBy: "|").map(\.trimmed)
    }

    private mutating func table() -> Bool {
        guard place + 1 < lines.count, lines[place].contains("|"), lines[place + 1].contains("-"),
            lines[place + 1].trimmed.wholeMatch(of: #/\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?/#) != nil
        else { return false }
        let heads = MarkdownBlocks.cells(lines[place])
        let aligns = MarkdownBlocks.cells(lines[place + 1]).map { cell in
            switch (cell.hasPrefix(":"), cell.hasSuffix(":")) {
            case (true, true): " style=\"text-align: center;\""
            case (false, true): " style=\"text-align: right;\""
            case (true, false): " style=\"text-align: left;\""
            case (false, false): ""
            }
        }
        guard heads.count == aligns.count else { return false }
        func row(_ cells: [String], _ tag: String) -> String {
            let inner = zip(cells, aligns).map { "<\(tag)\($1)>\(MarkdownInline.html($0))</\(tag)>\n" }.joined()
            return "<tr>\n\(inner)</tr>\n"
        }
        place += 2
        var body = ""
        while place < lines.count, lines[place].contains("|") {
            var cells = MarkdownBlocks.cells(lines[place])
            while cells.count < heads.count { cells.append("") }
            body += row(cells, "td")
            place += 1
        }
        let rows = body.isEmpty ? "" : "<tbody>\n\(body)</tbody>\n"
        out += "<table>\n<thead>\n\(row(heads, "th"))</thead>\n\(rows)</table>\n"
        return true
    }

    private mutating func paragraph() {
        var text: [String] = []
        while place < lines.count, !lines[place].trimmed.isEmpty {
            let line = lines[place].trimmed
            let startsBlock =
                line.hasPrefix("#") && line.wholeMatch(of: #/#{1,6}( .*)?/#) != nil || line.hasPrefix("> ")
                || line.hasPrefix("```") || MarkdownBlocks.marker(lines[place]) != nil
            if !text.isEmpty, startsBlock { break }
            if !text.isEmpty, line.allSatisfy({ $0 == "=" }) || line.allSatisfy({ $0 == "-" }) {
                let level = line.hasPrefix("=") ? 1 : 2
                out += "<h\(level)>\(MarkdownInline.html(text.joined(separator: "\n")))</h\(level)>\n"
                place += 1
                return
            }
            // Two spaces at the end of a line break it.
            text.append(lines[place].hasSuffix("  ") ? line + "  " : line)
            place += 1
        }
        let body = text.joined(separator: "\n").trimmed
        out += "<p>\(MarkdownInline.html(body))</p>\n"
    }
}
