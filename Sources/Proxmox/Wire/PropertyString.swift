import OrderedCollections

/// Keys and values in one text, as Proxmox VE writes them: `virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=10`.
///
/// A first part without `=` stands for the default key of that property, here the empty one.
public struct PropertyString: Sendable, Hashable, CustomStringConvertible {
    /// The parts in their order.
    public var parts: OrderedDictionary<String, String>

    /// Reads a text; parts without a key after the first are kept as keys without a value.
    public init(_ text: String) {
        parts = [:]
        for (place, part) in text.split(separator: ",").enumerated() {
            if let equals = part.firstIndex(of: "=") {
                parts[String(part[..<equals])] = String(part[part.index(after: equals)...])
            } else if place == 0 {
                parts[""] = String(part)
            } else {
                parts[String(part)] = ""
            }
        }
    }

    /// The value of a key.
    public subscript(key: String) -> String? { parts[key] }

    /// The value of a key as a boolean; nil where the key is absent or is none.
    public func flag(_ key: String) -> Bool? { parts[key].flatMap { ProxmoxReader.flag(.string($0)) } }

    /// The text.
    public var description: String {
        parts.map { $0.key.isEmpty ? $0.value : "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}
