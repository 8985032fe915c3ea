import Foundation
import Guests
import Planning
import Values
import Wire

/// Schemas, values and problems as messages of the protocol.
extension Tfplugin6_Schema {
    init(_ schema: Schema) {
        self = .with {
            $0.version = Int64(schema.version)
            $0.block = .init(schema.block)
            $0.block.deprecated = schema.isDeprecated
        }
    }
}

extension Tfplugin6_Schema.Block {
    init(_ block: Planning.Block) {
        self = .with {
            $0.attributes = block.attributes.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
            $0.blockTypes = block.blocks.sorted { $0.key < $1.key }.map { name, nested in
                .with {
                    $0.typeName = name
                    $0.block = .init(nested.block)
                    $0.nesting = .init(nested.nesting)
                    $0.minItems = Int64(nested.minimum)
                    $0.maxItems = Int64(nested.maximum)
                }
            }
        }
    }
}

extension Tfplugin6_Schema.Attribute {
    init(_ name: String, _ attribute: Planning.Attribute) {
        self = .with {
            $0.name = name
            $0.required = attribute.required
            $0.optional = attribute.optional
            $0.computed = attribute.computed
            $0.sensitive = attribute.sensitive
            $0.deprecated = attribute.deprecated
            $0.writeOnly = attribute.writeOnly
            if let nested = attribute.nested {
                $0.nestedType = .with {
                    $0.nesting = .init(nested.nesting)
                    $0.attributes = nested.attributes.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
                }
            } else {
                $0.type = Data((try? attribute.type.json.text()) ?? [])
            }
        }
    }
}

extension Tfplugin6_Schema.Nesting {
    init(_ nesting: Planning.Nesting) {
        self =
            switch nesting {
            case .single: .single
            case .list: .list
            case .set: .set
            case .map: .map
            case .group: .group
            }
    }
}

extension Tfplugin6_DynamicValue {
    init(_ value: Value, _ type: ValueType) throws {
        self = .with { $0.msgpack = .init() }
        msgpack = Data(try value.messagePack(type))
    }

    /// The value that is meant; no bytes are null.
    func value(_ type: ValueType) throws -> Value {
        if msgpack.isEmpty, !json.isEmpty { return try Value(json: JSON(parsing: json), type: type) }
        return try Value(messagePack: Array(msgpack), type: type)
    }
}

extension Tfplugin6_Diagnostic {
    init(_ problem: Problem) {
        self = .with {
            $0.severity = problem.isWarning ? .warning : .error
            $0.summary = problem.summary
            $0.detail = problem.detail
            if let path = problem.path { $0.attribute = .init(path) }
        }
    }
}

extension Tfplugin6_AttributePath {
    init(_ path: Path) {
        self = .with {
            $0.steps = path.steps.map { step in
                .with {
                    switch step {
                    case .member(let name): $0.attributeName = name
                    case .element(let index): $0.elementKeyInt = Int64(index)
                    }
                }
            }
        }
    }
}

extension Problem {
    /// The problems that a check finds, or the one that keeps it from being made.
    static func found(_ check: () throws -> [Problem]) -> [Problem] {
        do { return try check() } catch { return [Problem(failure: error)] }
    }

    static func unserved(_ name: String) -> Problem {
        Problem("Not served by the stand-in", "The stand-in provider can plan \(name), but not read or change it.")
    }
}

extension [String: Schema] {
    /// The schema of a name.
    func named(_ name: String) throws -> Schema {
        guard let schema = self[name] else { throw Problem("Unknown type", "There is no \(name).") }
        return schema
    }
}
