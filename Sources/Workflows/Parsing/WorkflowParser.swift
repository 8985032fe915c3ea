import Core

/// Reads workflow files.
public enum WorkflowParser {
    /// Reads and checks a workflow; what it calls is not looked at, see `WorkflowCheck`.
    ///
    /// - Parameters:
    ///   - text: the file's text.
    ///   - file: its name for faults, such as `.github/workflows/ci.yml`.
    ///   - limits: how much it may hold.
    /// - Throws: up to ten faults with their places; a fault of the file as a whole has line 0.
    public static func parse(
        text: String, file: String, limits: YAMLLimits = YAMLLimits()
    ) throws(SourceFaults) -> Workflow {
        var (root, faults) = try Reading.template(text, file, .workflow, limits)
        let workflow = WorkflowConverter.convert(root, file: file, faults: &faults)
        try faults.check()
        return workflow
    }
}

/// Reads `action.yml` files.
public enum ActionParser {
    /// Reads and checks an action's definition; faults as `WorkflowParser.parse`.
    public static func parse(
        text: String, file: String, limits: YAMLLimits = YAMLLimits()
    ) throws(SourceFaults) -> ActionDefinition {
        var (root, faults) = try Reading.template(text, file, .action, limits)
        let action = ActionConverter.convert(root, file: file, faults: &faults)
        try faults.check()
        return action
    }
}

/// The way from text to a template that fits a schema.
enum Reading {
    static func template(
        _ text: String, _ file: String, _ schema: Schema, _ limits: YAMLLimits
    ) throws(SourceFaults) -> (Template, Faults) {
        var faults = Faults(text: text, file: file)
        do {
            let node = try YAMLComposer.compose(text, limits: limits)
            var reader = SchemaReader(schema: schema, file: file, faults: faults)
            defer { faults = reader.faults }
            let root = try reader.read(node)
            try Self.check(reader.faults)
            return (root, reader.faults)
        } catch let faults as SourceFaults {
            throw faults
        } catch let fault as YAMLFault {
            faults.add(Place(file: file, line: fault.line, column: fault.column), fault.message)
        } catch {
            faults.add(Place(file: file), "\(error)")
        }
        throw SourceFaults(faults.all)
    }

    private static func check(_ faults: Faults) throws { try faults.check() }
}
