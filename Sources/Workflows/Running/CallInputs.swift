import Core
import OrderedCollections

/// Binds the inputs of workflows: what a caller or a person gives becomes typed values.
enum CallInputs {
    /// The `inputs` of a called workflow.
    ///
    /// - Throws: `TemplateFault` for a value of the wrong type.
    static func bind(
        _ trigger: CallTrigger, with: OrderedDictionary<String, Template>, caller: Evaluator, callee: Evaluator
    ) throws(TemplateFault) -> ExpressionValue {
        var members: [(String, ExpressionValue)] = []
        for (name, input) in trigger.inputs {
            let given = with.first { $0.key.lowercased() == name.lowercased() }?.value
            if let given {
                members.append((name, try convert(try given.resolve(caller), input.type, name, given.place)))
            } else if let fallback = input.fallback {
                members.append((name, try convert(try fallback.resolve(callee), input.type, name, fallback.place)))
            } else {
                members.append((name, input.type.zero))
            }
        }
        return .object(members)
    }

    private static func convert(
        _ value: ExpressionValue, _ type: InputType, _ name: String, _ place: Place
    ) throws(TemplateFault) -> ExpressionValue {
        switch (type, value) {
        case (.boolean, .boolean), (.number, .number): return value
        case (.boolean, .null): return .boolean(false)
        case (.number, .null): return .number(0)
        case (.boolean, _), (.number, _):
            throw TemplateFault(
                place: place, message: "The input \(name) must be a \(type.rawValue), not '\(value.text)'")
        case (_, _) where value.isPrimitive: return .string(value.text)
        default: throw TemplateFault(place: place, message: "The input \(name) must be a string")
        }
    }

    /// The `inputs` of a run that a person starts, from texts.
    ///
    /// - Throws: a failure that names the input and what it takes.
    static func dispatch(
        _ inputs: OrderedDictionary<String, (type: InputType, required: Bool, fallback: Template?, options: [String])>,
        given: OrderedDictionary<String, String>
    ) throws -> (values: ExpressionValue, texts: OrderedDictionary<String, String>) {
        for name in given.keys where !inputs.keys.contains(where: { $0.lowercased() == name.lowercased() }) {
            let known = inputs.keys.joined(separator: ", ")
            throw Failure(
                .usage, "the workflow has no input \(name)", why: known.isEmpty ? "it has none" : "it has \(known)")
        }
        var values: [(String, ExpressionValue)] = []
        var texts: OrderedDictionary<String, String> = [:]
        for (name, input) in inputs {
            let text: String
            if let found = given.first(where: { $0.key.lowercased() == name.lowercased() }) {
                text = found.value
            } else if let fallback = input.fallback {
                text = (try? fallback.text(Evaluator(contexts: ExpressionObject([])))) ?? ""
            } else if input.required {
                throw Failure(.usage, "the input \(name) is required", next: ["--input \(name)=…"])
            } else {
                text = input.type == .boolean ? "false" : input.type == .number ? "0" : ""
            }
            values.append((name, try value(of: text, input.type, name, input.options)))
            texts[name] = text
        }
        return (.object(values), texts)
    }

    private static func value(
        of text: String, _ type: InputType, _ name: String, _ options: [String]
    ) throws -> ExpressionValue {
        switch type {
        case .boolean:
            guard ["true", "false"].contains(text.lowercased()) else {
                throw Failure(.usage, "the input \(name) takes true or false, not \(JSONValue.string(text).text())")
            }
            return .boolean(text.lowercased() == "true")
        case .number:
            let number = ExpressionValue.string(text).number
            guard number.isFinite else {
                throw Failure(.usage, "the input \(name) takes a number, not \(JSONValue.string(text).text())")
            }
            return .number(number)
        case .choice where !options.contains(text):
            throw Failure(
                .usage, "the input \(name) takes one of \(options.joined(separator: ", "))",
                why: "not \(JSONValue.string(text).text())")
        case .string, .choice, .environment: return .string(text)
        }
    }
}
