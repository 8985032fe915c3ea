import Foundation
import OrderedCollections

/// A property string of Proxmox VE, such as "name=eth0,bridge=vmbr0,ip=10.0.0.5/24".
///
/// Keys, types and which key may stand without a name: the formats of the API schema, PVE 9.1.
struct PropertyString: Sendable, Hashable {
    /// The keys of one kind of property string.
    struct Form: Sendable, Hashable {
        /// The keys and what each may hold.
        var keys: OrderedDictionary<String, ParameterRule>
        /// The key whose name may be left out.
        var unnamed: String?
        /// The key that another one names together with a value, such as a network card's model with its address:
        /// name of the key for the name, and of the one for the value.
        var pair: Pair?
    }

    /// Two keys that are written as one.
    struct Pair: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// What is wrong with a text, as Proxmox VE says it.
    struct Fault: Error, Sendable, Hashable { var message: String }

    /// Keys and values, the names in full.
    var values: OrderedDictionary<String, String> = [:]

    /// The value of a key.
    subscript(key: String) -> String? {
        get { values[key] }
        set { values[key] = newValue }
    }

    /// The value of a key that is on or off; nil where it is absent.
    func flag(_ key: String) -> Bool? { values[key].flatMap(ParameterRule.flag) }

    /// Reads a text.
    ///
    /// - Throws: `Fault` naming each key that is wrong.
    static func parse(_ text: String, _ form: Form, name: String) throws -> PropertyString {
        var result = PropertyString()
        var faults: [String] = []
        for part in text.split(separator: ",") {
            let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            var (key, value) = pieces.count == 2 ? (pieces[0], pieces[1]) : ("", pieces[0])
            key = String(key.drop { $0 == " " })
            if pieces.count == 1 {
                guard let unnamed = form.unnamed else {
                    faults.append("\(name): value without key, but schema does not define a default key")
                    continue
                }
                key = unnamed
            }
            if form.keys[key] == nil, let pair = form.pair, case .choice(let names)? = form.keys[pair.name]?.kind,
                names.contains(key)
            {
                result[pair.name] = key
                key = pair.value
            }
            guard let rule = form.keys[key] else {
                faults.append(
                    "\(name).\(key): property is not defined in schema and the schema does not allow "
                        + "additional properties")
                continue
            }
            if result[key] != nil {
                faults.append("\(name).\(key): duplicate key in comma-separated list property: \(key)")
                continue
            }
            if let fault = rule.fault(value) { faults.append("\(name).\(key): \(fault)") }
            if rule.kind == .boolean, let flag = ParameterRule.flag(value) { value = flag ? "1" : "0" }
            result[key] = value
        }
        for (key, rule) in form.keys where rule.isRequired && result[key] == nil {
            faults.append("\(name).\(key): property is missing and it is not optional")
        }
        if !faults.isEmpty {
            throw Fault(message: "invalid format - format error\n" + faults.map { $0 + "\n" }.joined())
        }
        return result
    }

    /// The text as Proxmox VE writes it: the unnamed value, then what is required, then the rest, by name.
    func text(_ form: Form) -> String {
        var parts: [String] = []
        var left = values
        if let pair = form.pair, let name = left.removeValue(forKey: pair.name) {
            parts.append(left.removeValue(forKey: pair.value).map { "\(name)=\($0)" } ?? name)
        }
        if let unnamed = form.unnamed, let value = left.removeValue(forKey: unnamed) { parts.append(value) }
        let required = left.keys.filter { form.keys[$0]?.isRequired == true }.sorted()
        let others = left.keys.filter { form.keys[$0]?.isRequired != true }.sorted()
        parts += (required + others).compactMap { key in left[key].map { "\(key)=\($0)" } }
        return parts.joined(separator: ",")
    }
}
