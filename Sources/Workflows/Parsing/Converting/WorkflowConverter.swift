import Core
import OrderedCollections

/// Makes the typed workflow from a template that fits the schema, and checks what a schema cannot say.
///
/// Which fault is found where follows actions/runner `WorkflowTemplateConverter`.
enum WorkflowConverter {
    static func convert(_ root: Template, file: String, faults: inout Faults) -> Workflow {
        var workflow = Workflow(
            file: file, triggers: Triggers(events: [:]), jobs: [:])
        for entry in root.entries ?? [] {
            let value = entry.value
            switch entry.key.literal {
            case "on": workflow.triggers = TriggerConverter.triggers(value, &faults)
            case "name": workflow.name = text(value)
            case "description": workflow.description = text(value)
            case "run-name": workflow.runName = value
            case "env": workflow.env = value
            case "defaults": workflow.defaults = Defaults(run: value["run"])
            case "permissions": workflow.permissions = permissions(value)
            case "concurrency": workflow.concurrency = concurrency(value, &faults)
            case "jobs": workflow.jobs = JobConverter.jobs(value, &faults)
            default: break
            }
        }
        return workflow
    }

    /// The text of a literal scalar; nil for an expression or a collection.
    static func text(_ template: Template?) -> String? {
        guard let template else { return nil }
        switch template.kind {
        case .boolean, .number, .string: return SchemaReader.text(template.kind)
        case .null, .expression, .sequence, .mapping: return nil
        }
    }

    /// The value of a literal boolean.
    static func flag(_ template: Template?) -> Bool? {
        if case .boolean(let flag)? = template?.kind { flag } else { nil }
    }

    /// One text or a sequence of texts.
    static func texts(_ template: Template?) -> [String]? {
        guard let template else { return nil }
        if let items = template.items { return items.compactMap(text) }
        return text(template).map { [$0] }
    }

    static func permissions(_ template: Template) -> Permissions {
        switch template.literal {
        case "read-all": return .readAll
        case "write-all": return .writeAll
        default: break
        }
        var levels: OrderedDictionary<String, Permissions.Level> = [:]
        for entry in template.entries ?? [] {
            guard let name = entry.key.literal, let level = entry.value.literal else { continue }
            levels[name] = Permissions.Level(rawValue: level)
        }
        return .levels(levels)
    }

    /// Longest name of a concurrency group.
    static let groupLimit = 400

    static func concurrency(_ template: Template, _ faults: inout Faults) -> Concurrency {
        let group = template.entries == nil ? template : template["group"]
        if let group, let name = group.literal {
            if name.isEmpty { faults.add(group.place, "Concurrency group name cannot be empty") }
            if name.utf16.count > groupLimit {
                faults.add(group.place, "Concurrency group name must be less than \(groupLimit) characters")
            }
        }
        return Concurrency(template: template)
    }
}
