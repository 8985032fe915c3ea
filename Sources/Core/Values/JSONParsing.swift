import Foundation
import OrderedCollections

extension JSONValue {
    /// Parses JSON text strictly (RFC 8259) and keeps the order of members.
    ///
    /// A name that stands twice keeps its last value.
    ///
    /// - Parameter text: the whole document, at most 200 levels deep.
    /// - Throws: `JSONSyntaxError` with the place of the first fault.
    public static func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue {
        var reader = JSONReader(bytes: Array(text.utf8))
        return try reader.document()
    }

    /// Parses JSON bytes strictly, as UTF-8.
    public static func parse(_ data: Data) throws(JSONSyntaxError) -> JSONValue {
        var reader = JSONReader(bytes: Array(data))
        return try reader.document()
    }
}

/// Where and why a text is not JSON.
public struct JSONSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Offset in bytes of the fault.
    public let offset: Int
    /// What is wrong there.
    public let message: String
    /// The message with its place.
    public var description: String { "\(message) at byte \(offset)" }
}

/// A strict recursive-descent reader; Foundation's loses the order of members.
struct JSONReader {
    let bytes: [UInt8]
    var index = 0
    var depth = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONSyntaxError) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        let value = try value()
        skipSpace()
        if index < bytes.count { throw fault("unexpected text after the value") }
        return value
    }

    private func fault(_ message: String) -> JSONSyntaxError { JSONSyntaxError(offset: index, message: message) }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ byte: Character) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == byte.asciiValue else { return false }
        index += 1
        return true
    }

    private mutating func value() throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        guard index < bytes.count else { throw fault("unexpected end") }
        depth += 1
        defer { depth -= 1 }
        if depth > 200 { throw fault("nested deeper than 200 levels") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
        guard bytes[index...].starts(with: Array(text.utf8)) else { throw fault("unexpected word") }
        index += text.utf8.count
        return value
    }

    private mutating func array() throws(JSONSyntaxError) -> JSONValue {
        index += 1
        var items: [JSONValue] = []
        if take("]") { return .array(items) }
        repeat { items.append(try value()) } while take(",")
        guard take("]") else { throw fault("expected , or ]") }
        return .array(items)
    }

    private mutating func object() throws(JSONSyntaxError) -> JSONValue {
        index += 1
        var members: OrderedDictionary<String, JSONValue> = [:]
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw fault("expected a name") }
            let name = try string()
            guard take(":") else { throw fault("expected :") }
            members[name] = try value()
        } while take(",")
        guard take("}") else { throw fault("expected , or }") }
        return .object(members)
    }

    private mutating func number() throws(JSONSyntaxError) -> Double {
        let start = index
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        func isDigit(_ at: Int) -> Bool { at < bytes.count && digits.contains(bytes[at]) }
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
        guard isDigit(index) else { throw fault("unexpected character") }
        if bytes[index] == UInt8(ascii: "0") { index += 1 } else { while isDigit(index) { index += 1 } }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            guard isDigit(index + 1) else { throw fault("expected a digit") }
            index += 1
            while isDigit(index) { index += 1 }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[index]) { index += 1 }
            guard isDigit(index) else { throw fault("expected a digit") }
            while isDigit(index) { index += 1 }
        }
        guard let number = Double(String(decoding: bytes[start..<index], as: UTF8.self)) else {
            throw fault("not a number")
        }
        return number
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        index += 1
        var out: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: out, as: UTF8.self) else { throw fault("not UTF-8") }
                return text
            case UInt8(ascii: "\\"): try escape(into: &out)
            case 0..<0x20: throw fault("control character in a string")
            default: out.append(byte)
            }
        }
        throw fault("string without end")
    }

    private mutating func escape(into out: inout [UInt8]) throws(JSONSyntaxError) {
        guard index < bytes.count else { throw fault("string without end") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "u"):
            var code = UInt32(try hex())
            if (0xD800..<0xDC00).contains(code), bytes[index...].starts(with: Array("\\u".utf8)) {
                let mark = index
                index += 2
                let low = UInt32(try hex())
                if (0xDC00..<0xE000).contains(low) {
                    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
                } else {
                    index = mark
                }
            }
            out.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
        default: throw fault("unknown escape")
        }
    }

    private mutating func hex() throws(JSONSyntaxError) -> UInt16 {
        guard index + 4 <= bytes.count,
            let code = UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw fault("expected four hexadecimal digits") }
        index += 4
        return code
    }
}
