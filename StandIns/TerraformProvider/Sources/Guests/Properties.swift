import Values

/// A property string of Proxmox VE, such as `local:8,acl=1`.
struct Properties: Sendable, Equatable {
    private(set) var pairs: [(key: String, value: String)] = []

    static func == (left: Properties, right: Properties) -> Bool { left.text == right.text }

    init() {}

    /// Reads a string; an item without a name belongs to the leading key.
    init(_ text: String?, leading: String = "") {
        for item in (text ?? "").split(separator: ",") {
            guard let equals = item.firstIndex(of: "=") else {
                pairs.append((leading, String(item)))
                continue
            }
            pairs.append((String(item[..<equals]), String(item[item.index(after: equals)...])))
        }
    }

    subscript(_ key: String) -> String? { pairs.first { $0.key == key }?.value }

    /// Whether a flag is set; the default counts where it is not there.
    func flag(_ key: String, default fallback: Bool = false) -> Bool { self[key].map { $0 == "1" } ?? fallback }
    /// A number; nil where there is none.
    func int(_ key: String) -> Int? { self[key].flatMap(Int.init) }

    /// Adds a property unless there is no value.
    mutating func add(_ key: String, _ value: String?) {
        if let value, !value.isEmpty { pairs.append((key, value)) }
    }

    /// Adds a flag, as 0 or 1.
    mutating func add(_ key: String, _ flag: Bool?) { add(key, flag.map { $0 ? "1" : "0" }) }

    /// Adds a flag only when it is set.
    mutating func addSet(_ key: String, _ flag: Value) { if flag.bool == true { pairs.append((key, "1")) } }

    /// Adds a number unless it is 0 or missing.
    mutating func addNonzero(_ key: String, _ number: Value) {
        if let number = number.int, number != 0 { pairs.append((key, String(number))) }
    }

    /// The string; an item of the empty key stands without a name.
    var text: String { pairs.map { $0.key.isEmpty ? $0.value : "\($0.key)=\($0.value)" }.joined(separator: ",") }
}

extension Value {
    /// A flag as Proxmox VE wants it.
    var flag: String { bool == true ? "1" : "0" }

    /// The value unless it is null or not known, else another.
    func or(_ other: Value) -> Value { isNull || isUnknown ? other : self }

    /// A text that the configuration left out stays left out where the server has none.
    func kept(_ text: String?) -> Value {
        guard let text, !text.isEmpty else { return isZero ? self : .null }
        return .string(text)
    }
}

extension JSON {
    /// Numbered properties such as net0, net1, in their order.
    func numbered(_ prefix: String) -> [(number: Int, text: String)] {
        object.compactMap { key, value in
            guard key.hasPrefix(prefix), let number = Int(key.dropFirst(prefix.count)) else { return nil }
            return (number, value.string ?? "")
        }.sorted { $0.0 < $1.0 }
    }
}

/// Sizes as Proxmox VE writes them.
enum Size {
    private static let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]

    /// Bytes of a size such as `8G`, `512M` or `1073741824`.
    static func bytes(_ text: String?) -> Int? {
        guard let text, let last = text.last else { return nil }
        guard let unit = units[last] else { return Int(text) }
        return Double(text.dropLast()).map { Int($0 * Double(unit)) }
    }

    /// Gigabytes, a part of one counted as a whole.
    static func gigabytes(_ text: String?) -> Int? { bytes(text).map { ($0 + (1 << 30) - 1) >> 30 } }
}
