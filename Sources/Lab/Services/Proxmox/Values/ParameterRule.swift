import Core
import Foundation

/// What one parameter may hold, with the words in which Proxmox VE refuses anything else.
struct ParameterRule: Sendable, Hashable {
    /// The type of a value and its limits.
    enum Kind: Sendable, Hashable {
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case boolean
        case text(Int)
        case choice([String])
        case format(ParameterFormat)
        case properties(PropertyString.Form)
    }
    var kind: Kind
    var isRequired = false

    static let boolean = ParameterRule(kind: .boolean)
    static let text = ParameterRule(kind: .text(65_536))
    static func text(_ longest: Int) -> ParameterRule { ParameterRule(kind: .text(longest)) }
    static func integer(_ least: Int = 0, _ most: Int = Int(Int32.max)) -> ParameterRule {
        ParameterRule(kind: .integer(least...most))
    }
    static func number(_ least: Double = 0, _ most: Double = 1e12) -> ParameterRule {
        ParameterRule(kind: .number(least...most))
    }
    static func choice(_ values: String...) -> ParameterRule { ParameterRule(kind: .choice(values)) }
    static func format(_ format: ParameterFormat) -> ParameterRule { ParameterRule(kind: .format(format)) }
    static func properties(_ form: PropertyString.Form) -> ParameterRule { ParameterRule(kind: .properties(form)) }
    /// The id of a guest.
    static let vmid = ParameterRule.integer(100, 999_999_999)

    /// The same, and not optional.
    var required: ParameterRule { ParameterRule(kind: kind, isRequired: true) }

    /// A boolean as Proxmox VE reads it; nil when the text is none.
    static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "true", "yes", "on": true
        case "0", "false", "no", "off": false
        default: nil
        }
    }

    /// Why a value is refused; nil when it fits.
    func fault(_ value: String, name: String = "") -> String? {
        switch kind {
        case .boolean:
            return ParameterRule.flag(value) == nil ? "type check ('boolean') failed - got '\(value)'" : nil
        case .integer(let range):
            guard let number = Int(value), value.utf8.first != UInt8(ascii: "+") else {
                return "type check ('integer') failed - got '\(value)'"
            }
            return limits(
                range.contains(number), number < range.lowerBound, "\(range.lowerBound)", "\(range.upperBound)")
        case .number(let range):
            guard let number = Double(value), number.isFinite else {
                return "type check ('number') failed - got '\(value)'"
            }
            return limits(
                range.contains(number), number < range.lowerBound, "\(Int(range.lowerBound))", "\(range.upperBound)")
        case .text(let longest):
            return value.count > longest ? "value may only be \(longest) characters long" : nil
        case .choice(let values):
            if values.contains(value) { return nil }
            return "value '\(value)' does not have a value in the enumeration '\(values.joined(separator: ", "))'"
        case .format(let format): return format.fault(value)
        case .properties(let form):
            do { _ = try PropertyString.parse(value, form, name: name) } catch {
                return (error as? PropertyString.Fault)?.message ?? "\(error)"
            }
            return nil
        }
    }

    private func limits(_ fits: Bool, _ below: Bool, _ least: String, _ most: String) -> String? {
        if fits { return nil }
        return below ? "value must have a minimum value of \(least)" : "value must have a maximum value of \(most)"
    }
}

/// The named formats of the API schema that are checked.
enum ParameterFormat: String, Sendable, Hashable {
    case dnsName, nodeName, storage, pool, tags, addresses, addressConfiguration, address, gateway, mac, bridge
    case diskSize, rights, volume, urlEncoded, roles, path, resize, url, fileName, word

    private var pattern: Regex<AnyRegexOutput>? {
        let text: String
        switch self {
        case .dnsName:
            let label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
            text = #"(?=.{1,255}$)\#(label)(\.\#(label))*"#
        case .nodeName: text = #"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"#
        case .storage: text = #"[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]"#
        case .pool: text = #"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,2}"#
        case .tags: text = #"([A-Za-z0-9_][A-Za-z0-9_+.-]*)?([,; ]+[A-Za-z0-9_][A-Za-z0-9_+.-]*)*"#
        case .mac: text = #"[0-9A-Fa-f][02468aAcCeE](:[0-9A-Fa-f]{2}){5}"#
        case .bridge: text = #"[-_.\w]+"#
        case .diskSize: text = #"\d+(\.\d+)?[KMGT]?"#
        case .resize: text = #"\+?\d+(\.\d+)?[KMGT]?"#
        case .volume: text = #"(/.*|none|[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]:\S+)"#
        case .rights, .roles: text = #"[A-Za-z0-9._-]+([,; ]+[A-Za-z0-9._-]+)*"#
        case .path: text = #"/[A-Za-z0-9._/-]*"#
        case .url: text = #"https?://\S+"#
        case .fileName: text = #"[^/\0]{1,255}"#
        case .word: text = #"[A-Za-z][A-Za-z0-9._-]+"#
        case .addresses, .addressConfiguration, .address, .gateway, .urlEncoded: return nil
        }
        return try? Regex(text)
    }

    func fault(_ value: String) -> String? {
        let fits: Bool
        switch self {
        case .address, .gateway: fits = IPv4Text.isAddress(value) || value.contains(":")
        case .addressConfiguration:
            fits = ["dhcp", "manual", "auto"].contains(value) || IPv4Text.prefix(value) != nil || value.contains(":")
        case .addresses:
            let parts = value.split { ",; ".contains($0) }
            fits = parts.allSatisfy { IPv4Text.isAddress(String($0)) || $0.contains(":") || $0 == "host" }
        case .urlEncoded: fits = value.removingPercentEncoding != nil
        default: fits = pattern.map { value.wholeMatch(of: $0) != nil } ?? true
        }
        return fits ? nil : "invalid format - value does not look like a valid \(words)\n"
    }

    private var words: String {
        switch self {
        case .dnsName: "DNS name"
        case .addressConfiguration: "ipv4 network configuration"
        case .addresses, .address, .gateway: "IP address"
        case .storage: "storage ID"
        case .nodeName: "node name"
        case .pool: "pool ID"
        case .tags: "tag list"
        case .mac: "unicast MAC address"
        case .volume: "volume ID"
        default: rawValue
        }
    }
}

/// Texts of IPv4 addresses.
enum IPv4Text {
    /// Four numbers from 0 to 255.
    static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8($0) != nil }
    }

    /// Address and length of its network; nil when the text is no such pair.
    static func prefix(_ text: String) -> (address: String, length: Int)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, isAddress(parts[0]), let length = Int(parts[1]), (8...32).contains(length) else {
            return nil
        }
        return (parts[0], length)
    }
}
