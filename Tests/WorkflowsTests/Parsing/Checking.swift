import Core
import Testing

@testable import Workflows

/// A workflow with the given lines under its one job's step list, checked; faults as `line:column message`.
func faults(_ text: String, file: String = "ci.yml", limits: YAMLLimits = YAMLLimits()) -> [String] {
    do {
        _ = try WorkflowParser.parse(text: text, file: file, limits: limits)
        return []
    } catch {
        return error.faults.map { "\($0.line):\($0.column) \($0.message)" }
    }
}

/// The workflow of a text that must be sound.
func workflow(_ text: String) throws -> Workflow { try WorkflowParser.parse(text: text, file: "ci.yml") }

/// A job `a` of one step with the given lines (indented by four) before its steps.
func job(_ lines: String, steps: String = "      - run: true") -> String {
    let body = lines.isEmpty ? "" : lines + "\n"
    return "on: push\njobs:\n  a:\n    runs-on: x\n\(body)    steps:\n\(steps)\n"
}

/// Called workflows by the text of the call.
struct TextSource: WorkflowSource {
    var files: [String: String] = [:]

    func workflow(_ reference: WorkflowReference, calledFrom caller: String) throws -> CalledFile? {
        let name =
            switch reference {
            case .local(let path): "./\(path)"
            case .remote(let owner, let repository, let path, let ref): "\(owner)/\(repository)/\(path)@\(ref)"
            }
        return files[name].map { CalledFile(name: name, text: $0) }
    }
}
