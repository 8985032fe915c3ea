import Core
import Foundation

/// The runs of a repository on this machine: `.nante/runs/<time>-<short id>/`.
///
/// A run's folder holds `journal.jsonl`, `event.json` (the event's payload), `logs/` and `outputs.json`.
public struct RunStore: Sendable {
    /// The effects.
    public let context: Context
    /// The folder that holds the runs.
    public let folder: String

    /// The runs of the repository at a folder.
    public init(context: Context, root: String) {
        self.context = context
        folder = root.appending(path: ".nante/runs")
    }

    /// Makes the folder of a new run and gives the run's id.
    public func create() throws -> String {
        let ignore = folder.parentPath.appending(path: ".gitignore")
        // So that the runs never count as a change of the work tree.
        if !context.files.exists(ignore) { try context.files.write("*\n", to: ignore) }
        let time = RunStore.stamp(context.time.now())
        let known = Set(try ids().map { $0.split(separator: "-").last.map(String.init) ?? "" })
        var short = context.random.hex(bytes: 2)
        while known.contains(short) { short = context.random.hex(bytes: 4) }
        let id = "\(time)-\(short)"
        try context.files.makeDirectory(path(id).appending(path: "logs"))
        return id
    }

    /// The ids of all runs, oldest first.
    public func ids() throws -> [String] {
        guard context.files.isDirectory(folder) else { return [] }
        return try context.files.list(folder).filter(RunStore.isID)
    }

    /// The folder of a run.
    public func path(_ id: String) -> String { folder.appending(path: id) }

    /// The run that a text names: its id, the short id at its end, or `last`.
    ///
    /// - Throws: a failure that names the latest runs when there is none, or more than one.
    public func find(_ text: String) throws -> String {
        let all = try ids()
        if text == "last", let last = all.last { return last }
        let found = all.filter { $0 == text || $0.hasSuffix("-" + text) }
        if found.count == 1 { return found[0] }
        let shown = String(text.prefix(60))
        throw Failure(
            .usage, found.isEmpty ? "there is no run \(shown) here" : "\(shown) names \(found.count) runs",
            where: folder, evidence: (found.isEmpty ? all : found).suffix(5).reversed(), next: ["nante runs list"])
    }

    /// The events of a run; a torn last line, or one that can't be read, is left out.
    public func entries(_ id: String) throws -> [JournalEntry] {
        let path = path(id).appending(path: "journal.jsonl")
        guard context.files.exists(path) else { return [] }
        let text = String(decoding: try context.files.read(path), as: UTF8.self)
        return text.split(separator: "\n").compactMap { JournalEntry(line: $0) }
    }

    /// What became of a run.
    public func report(_ id: String) throws -> RunReport { RunReport(id: id, entries: try entries(id)) }

    /// The text of a log of the run; empty where the step printed nothing.
    public func log(_ id: String, _ log: String) throws -> String {
        let path = path(id).appending(path: log)
        return context.files.exists(path) ? String(decoding: try context.files.read(path), as: UTF8.self) : ""
    }

    static func stamp(_ date: Date) -> String {
        let text = date.iso8601
        let digits = text.filter(\.isNumber)
        return "\(digits.prefix(8))-\(digits.dropFirst(8).prefix(6))"
    }

    static func isID(_ name: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0].count == 8 && parts[1].count == 6 && (4...8).contains(parts[2].count)
            && parts.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }
}
