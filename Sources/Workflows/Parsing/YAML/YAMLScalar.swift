import Foundation

/// The value of a scalar by YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema).
enum YAMLScalar {
    private static let prefix = "tag:yaml.org,2002:"

    /// The value of a scalar node.
    ///
    /// - Throws: a fault of the whole file where a tag is unknown or does not fit, as GitHub's reader has it.
    static func value(
        _ text: String, style: YAMLNode.Style, tag: String, line: Int, column: Int
    ) throws(YAMLFault) -> Template.Kind {
        if tag == prefix + "str" || tag == "!" { return .string(text) }
        if tag.isEmpty {
            guard style == .plain else { return .string(text) }
            return null(text) ?? boolean(text) ?? number(text) ?? .string(text)
        }
        if style != .plain {
            throw YAMLFault(
                message: "The scalar style '\(name(style))' on line \(line) and column \(column) "
                    + "is not valid with the tag '\(tag)'")
        }
        let value: Template.Kind?
        switch tag {
        case prefix + "null": value = null(text)
        case prefix + "bool": value = boolean(text)
        case prefix + "int": value = integer(text)
        case prefix + "float": value = number(text)
        default: throw YAMLFault(message: "Unexpected tag '\(tag)'")
        }
        guard let value else {
            throw YAMLFault(
                message: "The value '\(text)' on line \(line) and column \(column) "
                    + "is invalid for the type '\(tag)'")
        }
        return value
    }

    private static func name(_ style: YAMLNode.Style) -> String {
        switch style {
        case .plain: "Plain"
        case .quoted: "DoubleQuoted"
        case .block: "Literal"
        }
    }

    private static func null(_ text: String) -> Template.Kind? {
        ["", "null", "Null", "NULL", "~"].contains(text) ? .null : nil
    }

    private static func boolean(_ text: String) -> Template.Kind? {
        switch text {
        case "true", "True", "TRUE": .boolean(true)
        case "false", "False", "FALSE": .boolean(false)
        default: nil
        }
    }

    private static func integer(_ text: String) -> Template.Kind? {
        let sign = text.hasPrefix("-") || text.hasPrefix("+") ? 1 : 0
        if text.utf8.count > sign, text.utf8.dropFirst(sign).allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            return .number(strtod(text, nil))
        }
        guard text.hasPrefix("0x") || text.hasPrefix("0o") else { return nil }
        let number = NumberText.parse(text)
        return number.isNaN ? nil : .number(number)
    }

    private static func number(_ text: String) -> Template.Kind? {
        if let whole = integer(text) { return whole }
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .number(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
        case ".nan", ".NaN", ".NAN": return .number(.nan)
        default: return NumberText.decimal(Substring(text)).map(Template.Kind.number)
        }
    }
}
