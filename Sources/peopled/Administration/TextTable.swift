import CommandLineTools

/// Rows of text in columns.
struct TextTable {
    private var rows: [[String]]

    /// A table with a head.
    init(_ head: [String]) { rows = [head] }

    mutating func append(_ row: [String]) { rows.append(row) }

    /// Lines, the last column as wide as it likes.
    var text: String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        let lines = rows.map { row in
            let cells = zip(row, widths).enumerated().map { index, pair in
                index == row.count - 1 ? pair.0 : pair.0.padded(to: pair.1)
            }
            return cells.joined(separator: "  ")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
