/// Rows under headings, aligned for a terminal.
public struct Table: Sendable {
    /// Headings, upper case by custom.
    public var headings: [String]
    /// Rows, each with a cell a heading.
    public var rows: [[String]]
    /// Columns whose cells stand to the right, by place.
    public var right: Set<Int>

    /// A table.
    public init(_ headings: [String], rows: [[String]], right: Set<Int> = []) {
        self.headings = headings
        self.rows = rows
        self.right = right
    }

    /// The lines of the table; no rows give no lines.
    public func lines() -> [String] {
        guard !rows.isEmpty else { return [] }
        let all = [headings] + rows
        let widths = headings.indices.map { column in
            all.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() where widths.indices.contains(column) {
                let gap = String(repeating: " ", count: max(0, widths[column] - cell.count))
                line += right.contains(column) ? gap + cell : cell + gap
                line += "  "
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
