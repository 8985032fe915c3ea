import Core

/// Reads workflow files.
public enum WorkflowParser {
    /// Reads and checks a workflow.
    ///
    /// - Parameters:
    ///   - text: the file's text.
    ///   - file: its name for faults, such as `.github/workflows/ci.yml`.
    /// - Throws: up to ten faults with their places; a fault of the file as a whole has line 0.
    public static func parse(text: String, file: String) throws(SourceFaults) -> Workflow {
        throw SourceFaults([SourceFault(file: file, line: 0, column: 0, message: "workflows are not read yet")])
    }
}

/// Reads `action.yml` files.
public enum ActionParser {
    /// Reads and checks an action's definition; faults as `WorkflowParser.parse`.
    public static func parse(text: String, file: String) throws(SourceFaults) -> ActionDefinition {
        throw SourceFaults([SourceFault(file: file, line: 0, column: 0, message: "actions are not read yet")])
    }
}
