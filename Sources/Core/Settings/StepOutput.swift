import Foundation

/// The outputs of a command that runs as a step of a workflow, written to the file named by GITHUB_OUTPUT.
///
/// Format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions (environment files).
public enum StepOutput {
    /// Sets outputs; does nothing outside of a workflow.
    public static func set(_ values: KeyValuePairs<String, String>, context: Context) throws {
        try append(to: "GITHUB_OUTPUT", values.map { entry($0.key, $0.value, context) }.joined(), context)
    }

    /// Adds Markdown to the summary of the step; does nothing outside of a workflow.
    public static func summary(_ markdown: String, context: Context) throws {
        try append(to: "GITHUB_STEP_SUMMARY", markdown.hasSuffix("\n") ? markdown : markdown + "\n", context)
    }

    private static func append(to variable: String, _ text: String, _ context: Context) throws {
        guard let path = context.environment[variable], !path.isEmpty else { return }
        try context.files.append(Data(text.utf8), to: path)
    }

    private static func entry(_ name: String, _ value: String, _ context: Context) -> String {
        guard value.contains(where: \.isNewline) else { return "\(name)=\(value)\n" }
        let mark = "end-\(context.random.hex(bytes: 8))"
        return "\(name)<<\(mark)\n\(value)\n\(mark)\n"
    }
}
