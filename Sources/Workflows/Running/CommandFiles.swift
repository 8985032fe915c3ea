import Core
import Foundation
import OrderedCollections

/// The files of one step that it writes its outputs, variables, folders, state and summary to.
struct CommandFiles: Sendable {
    private let context: Context
    /// Variable names and the files they point at.
    let variables: [String: String]

    /// What the files held when the step had ended.
    struct Content: Sendable {
        var outputs: OrderedDictionary<String, String> = [:]
        var environment: OrderedDictionary<String, String> = [:]
        var path: [String] = []
        var state: OrderedDictionary<String, String> = [:]
        var summary: String?
        /// What makes the step fail.
        var errors: [String] = []
        /// What is only told.
        var issues: [String] = []
    }

    /// Makes empty files in a folder, with names that no other step uses.
    init(folder: String, context: Context) throws {
        self.context = context
        let mark = context.random.hex(bytes: 8)
        let names = [
            "GITHUB_OUTPUT": "set_output", "GITHUB_ENV": "set_env", "GITHUB_PATH": "add_path",
            "GITHUB_STATE": "save_state", "GITHUB_STEP_SUMMARY": "step_summary",
        ]
        variables = names.mapValues { folder.appending(path: "\($0)_\(mark)") }
        for path in variables.values { try context.files.scratch(Data(), to: path, mode: 0o644) }
    }

    /// Reads the files and removes them.
    func collect() -> Content {
        var content = Content()
        content.outputs = pairs("GITHUB_OUTPUT", &content)
        content.state = pairs("GITHUB_STATE", &content)
        let read = FileCommands.pairs(data("GITHUB_ENV"))
        let (kept, issues) = FileCommands.variables(read.pairs)
        for pair in kept { content.environment[pair.name] = pair.value }
        content.issues += issues
        if let error = read.error { content.errors.append("GITHUB_ENV: \(error)") }
        content.path = FileCommands.folders(data("GITHUB_PATH"))
        let summary = data("GITHUB_STEP_SUMMARY")
        if summary.count > FileCommands.summaryLimit {
            content.issues.append("the step summary is larger than 1 MiB and was dropped")
        } else if !summary.isEmpty {
            content.summary = context.mask.apply(String(decoding: summary, as: UTF8.self))
        }
        for path in variables.values { try? context.files.remove(path) }
        return content
    }

    private func pairs(_ variable: String, _ content: inout Content) -> OrderedDictionary<String, String> {
        let read = FileCommands.pairs(data(variable))
        if let error = read.error { content.errors.append("\(variable): \(error)") }
        return OrderedDictionary(read.pairs.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    private func data(_ variable: String) -> Data {
        // A step may have removed its file; that is as good as an empty one.
        variables[variable].flatMap { try? context.files.read($0) } ?? Data()
    }
}
