import Core
import Foundation

/// What an apply does, written down before and after each step: `.nante/provision/ENVIRONMENT.jsonl`.
///
/// It only tells what was cut off; what is to be done is always asked from the hosts and the registry.
struct Journal: Sendable {
    let path: String
    let context: Context

    /// The journal of an environment below a repository's folder.
    init(folder: String, environment: String, context: Context) {
        path = folder.appending(path: ".nante/provision/\(environment).jsonl")
        self.context = context
    }

    /// Opens it for a new apply.
    ///
    /// - Returns: the steps that the last apply began and did not end, where it was cut off; nil where it was not.
    func open(_ work: String) throws -> [String]? {
        let left = try unfinished()
        let start: JSONValue = [
            "version": 1, "event": "start", "work": .string(work), "time": .string(context.time.now().iso8601),
        ]
        try context.files.write(start.text() + "\n", to: path)
        return left
    }

    /// Writes down that a step begins or ended.
    func note(_ event: Event, _ step: String) throws {
        let line: JSONValue = [
            "event": .string(event.rawValue), "step": .string(step), "time": .string(context.time.now().iso8601),
        ]
        try context.files.append(Data((line.text() + "\n").utf8), to: path)
    }

    /// Writes down the end of the apply.
    func close(_ outcome: String) throws { try note(.end, outcome) }

    /// What a line tells of.
    enum Event: String, Sendable { case begin, done, failed, end }

    private func unfinished() throws -> [String]? {
        guard context.files.exists(path) else { return nil }
        var open: [String] = []
        var ended = true
        for line in try context.files.readText(path).split(separator: "\n") {
            // The last line of a killed apply may be half a line.
            guard let value = try? JSONValue.parse(String(line)) else { continue }
            let step = value["step"]?.string ?? ""
            switch value["event"]?.string {
            case "start": ended = false
            case "begin": open.append(step)
            case "done", "failed": open.removeAll { $0 == step }
            case "end": ended = true
            default: break
            }
        }
        return ended ? nil : open
    }
}
