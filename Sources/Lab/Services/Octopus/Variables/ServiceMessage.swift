import Foundation

/// A message of a script to the server on its output: `##octopus[name attribute='base64' …]`.
///
/// Form as in Calamari's ServiceMessageParser: values are base64 of UTF-8, in single or double quotes, names ignore
/// case, the message may start anywhere in a line, one a line is taken, what can't be read is dropped.
struct ServiceMessage: Sendable, Hashable {
    /// The name in lower case.
    var name: String
    /// Values by lower-case name.
    var attributes: [String: String]

    /// What stands in a line before a message, and the message; nil where the line holds none.
    static func split(_ line: String) -> (before: String, message: ServiceMessage?)? {
        guard let start = line.range(of: "##octopus[") else { return nil }
        let before = String(line[..<start.lowerBound])
        guard let end = line[start.upperBound...].firstIndex(of: "]") else { return (before, nil) }
        return (before, parse(line[start.upperBound..<end]))
    }

    private static func parse(_ text: Substring) -> ServiceMessage? {
        var rest = text.drop { $0 == " " }
        let name = rest.prefix { $0 != " " }
        guard !name.isEmpty else { return nil }
        rest = rest.dropFirst(name.count)
        var attributes: [String: String] = [:]
        while true {
            rest = rest.drop { $0 == " " }
            guard !rest.isEmpty else { break }
            let key = rest.prefix { $0 != "=" && $0 != " " }
            rest = rest.dropFirst(key.count).drop { $0 == " " }
            guard rest.first == "=" else { return nil }
            rest = rest.dropFirst().drop { $0 == " " }
            guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
            rest = rest.dropFirst()
            let value = rest.prefix { $0 != quote }
            guard value.endIndex < rest.endIndex else { return nil }
            rest = rest[rest.index(after: value.endIndex)...]
            guard let data = Data(base64Encoded: String(value)) else { return nil }
            attributes[key.lowercased()] = String(decoding: data, as: UTF8.self)
        }
        return ServiceMessage(name: name.lowercased(), attributes: attributes)
    }
}
