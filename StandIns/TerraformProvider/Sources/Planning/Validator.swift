import Foundation
import Values

/// Holds a configuration against the rules of its schema.
package struct Validator {
    private let root: Value
    private var problems: [Problem] = []

    /// What is wrong with a configuration; a value that is not known yet is right.
    package static func problems(_ block: Block, _ config: Value) -> [Problem] {
        guard !config.isNull else { return [] }
        var validator = Validator(root: config)
        validator.check(block, config, Path())
        return validator.problems
    }

    private init(root: Value) { self.root = root }

    private mutating func check(_ block: Block, _ value: Value, _ path: Path) {
        guard case .object = value else { return }
        for (name, attribute) in block.attributes.sorted(by: { $0.key < $1.key }) {
            check(attribute, name, value[name], in: value, path + name)
        }
        for (name, nested) in block.blocks.sorted(by: { $0.key < $1.key }) { check(nested, name, value[name], path) }
    }

    private mutating func check(_ nested: NestedBlock, _ name: String, _ value: Value, _ path: Path) {
        guard case .list(let items) = value else { return check(nested.block, value, path + name) }
        if nested.maximum > 0, items.count > nested.maximum {
            report("Too many \(name) blocks", "No more than \(nested.maximum) are allowed.", path + name)
        }
        if items.count < nested.minimum {
            report("Too few \(name) blocks", "At least \(nested.minimum) must be there.", path + name)
        }
        for (index, item) in items.enumerated() { check(nested.block, item, path + name + index) }
    }

    private mutating func check(
        _ attribute: Attribute, _ name: String, _ value: Value, in siblings: Value, _ path: Path
    ) {
        if attribute.required, value.isNull {
            report("Missing required argument", "The argument \"\(name)\" is required.", path)
        }
        guard !value.isNull, !value.isUnknown else { return }
        if attribute.isWhole, value.int == nil { report("Not a whole number", "\(name) must be whole.", path) }
        if let rule = attribute.rule { check(rule, name, value, in: siblings, path) }
        if let rule = attribute.elementRule {
            for (index, item) in value.list.enumerated() where !item.isNull && !item.isUnknown {
                check(rule, name, item, in: siblings, path + index)
            }
        }
        for other in attribute.requiredWith where at(other).isZero && !value.isZero {
            report("Missing required argument", "\"\(name)\" requires \"\(other)\" to be set.", path)
        }
        if let elements = attribute.elements { checkElements(elements, name, value, attribute.maximum, path) }
        if let nested = attribute.nested, nested.nesting == .single {
            check(Block(attributes: nested.attributes), value, path)
        }
    }

    private mutating func checkElements(
        _ elements: [String: Attribute], _ name: String, _ value: Value, _ maximum: Int?, _ path: Path
    ) {
        if let maximum, value.list.count > maximum {
            report("Too many \(name) blocks", "No more than \(maximum) are allowed.", path)
        }
        for (index, item) in value.list.enumerated() { check(Block(attributes: elements), item, path + index) }
    }

    private mutating func check(_ rule: Rule, _ name: String, _ value: Value, in siblings: Value, _ path: Path) {
        for other in rule.requires where siblings[other].isNull {
            report("Invalid attribute combination", "\"\(name)\" requires \"\(other)\" to be set.", path)
        }
        if let text = value.string {
            if text.isEmpty, rule.mayBeEmpty { return }
            if text.isEmpty, rule.isFilled { return report("Empty value", "\"\(name)\" must not be empty.", path) }
        }
        if rule.choices.contains(value) { return }
        if let minimum = rule.minimum, let number = value.double, number < minimum {
            return report("Value out of range", "\"\(name)\" must be at least \(Self.text(minimum)).", path)
        }
        if let maximum = rule.maximum, let number = value.double, number > maximum {
            return report("Value out of range", "\"\(name)\" must be at most \(Self.text(maximum)).", path)
        }
        let isBounded = rule.minimum != nil || rule.maximum != nil
        if let format = rule.format {
            guard let text = value.string, !Format.matches(format, text) else { return }
            return report("Invalid value", "\"\(name)\": \"\(text)\" is not \(Format.name(format)).", path)
        }
        if !rule.choices.isEmpty, !isBounded {
            let all = rule.choices.map { $0.string ?? String($0.int ?? 0) }.map { "\"\($0)\"" }.joined(separator: ", ")
            return report("Invalid value", "expected \(name) to be one of [\(all)], got \(value.string ?? "?")", path)
        }
        if let pattern = rule.pattern, let text = value.string, (try? Regex(pattern).wholeMatch(in: text)) == nil {
            report("Invalid value", "\"\(name)\" must match \(pattern).", path)
        }
    }

    private static func text(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? String(number) }

    /// The value at a dotted path from the root, such as `cpu.0.numa`.
    private func at(_ path: String) -> Value {
        path.split(separator: ".").reduce(root) { value, step in Int(step).map { value[$0] } ?? value[String(step)] }
    }

    private mutating func report(_ summary: String, _ detail: String, _ path: Path) {
        problems.append(Problem(summary, detail, path: path))
    }
}
