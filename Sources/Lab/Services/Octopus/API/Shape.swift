import Core

/// What a member of a resource may be, and what it is where a request leaves it out.
indirect enum Shape: Sendable {
    /// A text or null; the standard one.
    case text(String?)
    /// A text that is not blank.
    case required
    /// A boolean.
    case flag(Bool)
    /// A boolean or null, null where it is left out.
    case tristate
    /// A whole number.
    case integer(Int)
    /// One of some words, compared in any case of letters; the first is the standard one.
    case choice([String])
    /// A list of texts.
    case texts
    /// A list of objects.
    case list([Field])
    /// An object; where it is left out, one of standard members.
    case object([Field])
    /// An object or null.
    case optional([Field])
    /// An object of free names.
    case map
    /// Anything; the standard value.
    case raw(JSONValue)
    /// A secret: written as NewValue, read back only as HasValue.
    case secret
}

/// A member of a resource.
struct Field: Sendable {
    let name: String
    let shape: Shape

    init(_ name: String, _ shape: Shape) {
        self.name = name
        self.shape = shape
    }
}

/// Brings a request's JSON into the shape of a resource: names in any case, wrong types found, the unknown dropped.
struct ShapeReader {
    /// One sentence for each fault.
    private(set) var faults: [String] = []
    /// Secrets that the request sets or removes (nil), by the path of the member.
    private(set) var secrets: [(field: String, value: String?)] = []

    /// The resource's members.
    mutating func read(_ fields: [Field], _ given: JSONValue, at path: String = "") -> JSONValue {
        var out = JSONValue.emptyObject
        for field in fields {
            let place = path.isEmpty ? field.name : "\(path).\(field.name)"
            out.set(field.name, value(field.shape, given.member(field.name), place))
        }
        return out
    }

    private mutating func value(_ shape: Shape, _ given: JSONValue?, _ path: String) -> JSONValue {
        guard let given, given != .null else { return standard(shape, path) }
        switch shape {
        case .text, .required: return text(shape, given, path)
        case .flag, .tristate:
            if let flag = given.bool ?? given.string.flatMap({ Bool($0.lowercased()) }) { return .bool(flag) }
            return fault("'\(path)' must be true or false.")
        case .integer:
            if let number = given.int ?? given.string.flatMap({ Int($0) }) { return .number(Double(number)) }
            return fault("'\(path)' must be a whole number.")
        case .choice(let words):
            let word = words.first { $0.lowercased() == given.string?.lowercased() }
            return word.map { .string($0) } ?? fault("'\(path)' must be one of \(words.joined(separator: ", ")).")
        case .texts:
            guard let items = given.array, items.allSatisfy({ $0.string != nil }) else {
                return fault("'\(path)' must be a list of texts.")
            }
            return given
        case .list(let fields):
            guard let items = given.array else { return fault("'\(path)' must be a list.") }
            return .array(items.enumerated().map { object(fields, $0.element, "\(path)[\($0.offset)]") })
        case .object(let fields), .optional(let fields): return object(fields, given, path)
        case .map: return given.object == nil ? fault("'\(path)' must be an object.") : given
        case .raw: return given
        case .secret: return secret(given, path)
        }
    }

    private mutating func text(_ shape: Shape, _ given: JSONValue, _ path: String) -> JSONValue {
        let number = given.number.map { JSONValue.text(of: $0) }
        guard let text = given.string ?? number else { return fault("'\(path)' must be a text.") }
        if text.contains("\0") { return fault("'\(path)' holds a NUL character.") }
        guard case .required = shape else { return .string(text) }
        let trimmed = text.trimmingSpace
        return trimmed.isEmpty ? fault("'\(path)' must not be empty.") : .string(trimmed)
    }

    private mutating func object(_ fields: [Field], _ given: JSONValue, _ path: String) -> JSONValue {
        given.object == nil ? fault("'\(path)' must be an object.") : read(fields, given, at: path)
    }

    private mutating func secret(_ given: JSONValue, _ path: String) -> JSONValue {
        if let text = given.string ?? given.member("NewValue")?.string {
            secrets.append((path, text))
            return ["HasValue": .bool(true), "NewValue": .null]
        }
        if given.member("HasValue")?.bool == true { return ["HasValue": .bool(true), "NewValue": .null] }
        secrets.append((path, nil))
        return ["HasValue": .bool(false), "NewValue": .null]
    }

    private mutating func standard(_ shape: Shape, _ path: String) -> JSONValue {
        switch shape {
        case .text(let text): return JSONValue(text)
        case .required: return fault("'\(path)' must not be empty.")
        case .flag(let flag): return .bool(flag)
        case .tristate, .optional: return .null
        case .integer(let number): return .number(Double(number))
        case .choice(let words): return JSONValue(words.first)
        case .texts, .list: return []
        case .object(let fields): return read(fields, .emptyObject, at: path)
        case .map: return .emptyObject
        case .raw(let value): return value
        case .secret:
            secrets.append((path, nil))
            return ["HasValue": .bool(false), "NewValue": .null]
        }
    }

    private mutating func fault(_ sentence: String) -> JSONValue {
        faults.append(sentence)
        return .null
    }
}

extension String {
    /// The text without white space at its ends.
    var trimmingSpace: String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
