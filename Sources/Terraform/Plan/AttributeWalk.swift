import Core

/// Compares the values of a change, attribute by attribute.
struct AttributeWalk {
    static let hidden = JSONValue.string("(sensitive)")
    let change: JSONValue

    init(_ change: JSONValue) { self.change = change }

    /// The attributes that differ; of a resource that is made or goes, all that are set.
    var differences: [TerraformChange.Attribute] {
        var found: [TerraformChange.Attribute] = []
        walk(
            "", change["before"], change["after"], change["after_unknown"], change["before_sensitive"],
            change["after_sensitive"], &found)
        return found
    }

    /// The path of an attribute as text: names parted by dots, places in brackets.
    static func text(of path: JSONValue) -> String {
        var text = ""
        for step in path.array ?? [] {
            if let name = step.string { text += text.isEmpty ? name : ".\(name)" }
            if let place = step.int { text += "[\(place)]" }
        }
        return text
    }

    /// The values with sensitive ones hidden.
    func shown(_ value: JSONValue?, _ sensitive: JSONValue?) -> JSONValue {
        guard let value else { return .null }
        if sensitive?.bool == true { return value == .null ? .null : AttributeWalk.hidden }
        switch value {
        case .object(let members):
            var out = members
            for (name, member) in members { out[name] = shown(member, sensitive?[name]) }
            return .object(out)
        case .array(let items): return .array(items.enumerated().map { shown($1, sensitive?[$0]) })
        default: return value
        }
    }

    private func walk(
        _ path: String, _ before: JSONValue?, _ after: JSONValue?, _ unknown: JSONValue?, _ wasSensitive: JSONValue?,
        _ isSensitive: JSONValue?, _ found: inout [TerraformChange.Attribute]
    ) {
        let old = before == .null ? nil : before
        let new = after == .null ? nil : after
        let hides = wasSensitive?.bool == true || isSensitive?.bool == true
        let isUnknown = unknown?.bool == true
        if hides || isUnknown {
            if isUnknown || old != new {
                found.append(
                    .init(
                        path: path, before: hides ? nil : old, after: hides ? nil : new, isUnknown: isUnknown,
                        isSensitive: hides))
            }
            return
        }
        if let names = AttributeWalk.names(old, new, unknown) {
            for name in names {
                walk(
                    path.isEmpty ? name : "\(path).\(name)", old?[name], new?[name], unknown?[name],
                    wasSensitive?[name], isSensitive?[name], &found)
            }
        } else if let count = AttributeWalk.count(old, new) {
            for place in 0..<count {
                walk(
                    "\(path)[\(place)]", old?[place], new?[place], unknown?[place], wasSensitive?[place],
                    isSensitive?[place], &found)
            }
        } else if old != new, !(old ?? "" == "" && new ?? "" == "") {
            // Empty text and none are the same for providers of the old kind.
            found.append(.init(path: path, before: old, after: new, isUnknown: false, isSensitive: false))
        }
    }

    /// The names of two objects, of which one may be missing; nil where one is something else.
    private static func names(_ old: JSONValue?, _ new: JSONValue?, _ unknown: JSONValue?) -> [String]? {
        guard old?.object != nil || new?.object != nil else { return nil }
        guard old == nil || old?.object != nil, new == nil || new?.object != nil else { return nil }
        var names = Array(old?.object?.keys ?? [])
        for value in [new, unknown] {
            for name in value?.object?.keys ?? [] where !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The length of two lists of objects or lists; nil where plain values are to be shown as a whole.
    private static func count(_ old: JSONValue?, _ new: JSONValue?) -> Int? {
        guard old?.array != nil || new?.array != nil else { return nil }
        guard old == nil || old?.array != nil, new == nil || new?.array != nil else { return nil }
        let items = (old?.array ?? []) + (new?.array ?? [])
        guard items.contains(where: { $0.object != nil || $0.array != nil }) else { return nil }
        return max(old?.array?.count ?? 0, new?.array?.count ?? 0)
    }
}
