import Core

/// A secret: it is written as `newValue` and read back only as the fact that there is one.
public struct SensitiveValue: WireModel {
    /// The server holds a value.
    public var hasValue: Bool = false
    /// The value to store; null keeps the stored one.
    public var newValue: String?
    /// A part of the value that may be shown.
    public var hint: String?

    /// The fields in the order they are written.
    public static let fields: [WireField<SensitiveValue>] = [
        .init("HasValue", \.hasValue), .init("NewValue", \.newValue), .init("Hint", \.hint, .omit),
    ]

    /// No value.
    public init() {}

    /// A value to store.
    public init(newValue: String) {
        hasValue = true
        self.newValue = newValue
    }
}

/// A setting of a step or action: text, or a secret.
///
/// Read in all forms that servers and clients use: text, `{IsSensitive, Value, SensitiveValue}`, and
/// `{HasValue, NewValue}`. Numbers and booleans are taken as their text ("True", "False").
public enum PropertyValue: WireValue, ExpressibleByStringLiteral {
    /// Text, a template.
    case text(String)
    /// A secret.
    case sensitive(SensitiveValue)

    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }

    /// The text; nil for a secret.
    public var text: String? { if case .text(let text) = self { text } else { nil } }

    /// Reads a setting.
    public static func read(_ json: JSONValue, at path: String) throws(WireFault) -> PropertyValue {
        guard json.object != nil else { return .text(try String.read(json, at: path)) }
        let form = try PropertyForm.read(json, at: path)
        if form.hasValue != nil || form.newValue != nil {
            return .sensitive(try SensitiveValue.read(json, at: path))
        }
        guard form.isSensitive || form.sensitiveValue != nil else { return .text(form.value ?? "") }
        if let secret = form.sensitiveValue { return .sensitive(secret) }
        return .sensitive(form.value.map { SensitiveValue(newValue: $0) } ?? SensitiveValue())
    }

    /// Writes text as it is and a secret as `{HasValue, NewValue}`.
    public func written(over old: JSONValue?) -> JSONValue? {
        switch self {
        case .text(let text): .string(text)
        case .sensitive(let secret): secret.written(over: nil)
        }
    }
}

/// All members that a setting may have as an object.
private struct PropertyForm: WireModel {
    var isSensitive: Bool = false
    var value: String?
    var sensitiveValue: SensitiveValue?
    var hasValue: Bool?
    var newValue: String?

    static let fields: [WireField<PropertyForm>] = [
        .init("IsSensitive", \.isSensitive), .init("Value", \.value), .init("SensitiveValue", \.sensitiveValue),
        .init("HasValue", \.hasValue), .init("NewValue", \.newValue),
    ]
}
