import OrderedCollections

extension Template {
    /// The value with every expression in it evaluated.
    ///
    /// - Throws: `TemplateFault` with the place of the expression that failed.
    public func resolve(_ evaluator: Evaluator) throws(TemplateFault) -> ExpressionValue {
        switch kind {
        case .null: return .null
        case .boolean(let flag): return .boolean(flag)
        case .number(let number): return .number(number)
        case .string(let text): return .string(text)
        case .expression(let expression):
            do {
                return try evaluator.evaluate(expression)
            } catch {
                throw TemplateFault(place: place, message: error.message)
            }
        case .sequence(let items):
            var values: [ExpressionValue] = []
            for item in items { values.append(try item.resolve(evaluator)) }
            return .array(values)
        case .mapping(let entries): return .object(try Self.members(entries, evaluator))
        }
    }

    private static func members(
        _ entries: [Entry], _ evaluator: Evaluator
    ) throws(TemplateFault) -> [(String, ExpressionValue)] {
        var members: [(String, ExpressionValue)] = []
        for entry in entries {
            if entry.inserts {
                let inserted = try entry.value.resolve(evaluator)
                guard case .object(let object) = inserted else {
                    throw TemplateFault(place: entry.value.place, message: "A mapping was expected")
                }
                members += object.members.map { ($0.key, $0.value) }
            } else {
                members.append((try entry.key.text(evaluator), try entry.value.resolve(evaluator)))
            }
        }
        return members
    }

    /// The value as text; null is empty.
    ///
    /// - Throws: `TemplateFault`, also where the value is a collection.
    public func text(_ evaluator: Evaluator) throws(TemplateFault) -> String {
        let value = try resolve(evaluator)
        guard value.isPrimitive else { throw unexpected("A string was expected", value) }
        return value.text
    }

    /// The value as a boolean, strictly.
    public func flag(_ evaluator: Evaluator) throws(TemplateFault) -> Bool {
        let value = try resolve(evaluator)
        guard case .boolean(let flag) = value else { throw unexpected("A boolean was expected", value) }
        return flag
    }

    /// The value as a number, strictly.
    public func number(_ evaluator: Evaluator) throws(TemplateFault) -> Double {
        let value = try resolve(evaluator)
        guard case .number(let number) = value else { throw unexpected("A number was expected", value) }
        return number
    }

    /// The value as a mapping of texts, such as `env` and `with`; null is empty.
    ///
    /// Key case is kept as written.
    public func texts(_ evaluator: Evaluator) throws(TemplateFault) -> OrderedDictionary<String, String> {
        let members: [(String, ExpressionValue)]
        if let entries {
            members = try Self.members(entries, evaluator)
        } else {
            switch try resolve(evaluator) {
            case .object(let object): members = object.members.map { ($0.key, $0.value) }
            case .null: members = []
            case let value: throw unexpected("A mapping was expected", value)
            }
        }
        var texts: OrderedDictionary<String, String> = [:]
        for (key, value) in members {
            guard value.isPrimitive else { throw unexpected("A string was expected for '\(key)'", value) }
            texts[key] = value.text
        }
        return texts
    }

    private func unexpected(_ what: String, _ value: ExpressionValue) -> TemplateFault {
        TemplateFault(place: place, message: value.isPrimitive ? "\(what), not '\(value.text)'" : what)
    }
}

/// A value of a workflow that could not be evaluated, and where it stands.
public struct TemplateFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where the value stands.
    public var place: Place
    /// What is wrong.
    public var message: String

    /// A fault.
    public init(place: Place, message: String) {
        self.place = place
        self.message = message
    }

    /// The place and the message.
    public var description: String { "\(place): \(message)" }
}
