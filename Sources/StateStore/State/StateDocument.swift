import Core
import Foundation

/// A Terraform state as far as it must be known to keep it: its place in its history and what it holds.
///
/// Source: state format version 4 of Terraform; everything else in it is left as it is, byte by byte.
public struct StateDocument: Sendable, Hashable {
    /// The bytes as they were read.
    public let data: Data
    /// Grows with each change.
    public let serial: Int
    /// The id that all states of one history share.
    public let lineage: String
    /// The version of terraform that wrote it.
    public let terraform: String
    /// Addresses of all resources and data sources, sorted.
    public let addresses: [String]

    /// Reads a state.
    ///
    /// - Throws: a failure with exit `failed` that says what it is instead.
    public init(_ data: Data) throws {
        let value: JSONValue
        do { value = try JSONValue.parse(data) } catch {
            throw Failure(.failed, "the state is damaged", why: "it is not JSON: \(error)")
        }
        guard value["version"]?.int == 4, let serial = value["serial"]?.int, serial >= 0,
            let lineage = value["lineage"]?.string, case .array(let resources)? = value["resources"]
        else {
            throw Failure(
                .failed, "the state is damaged", why: "it lacks version 4, serial, lineage or resources")
        }
        self.data = data
        self.serial = serial
        self.lineage = lineage
        terraform = value["terraform_version"]?.string ?? ""
        addresses = resources.flatMap(StateDocument.addresses).sorted()
    }

    private static func addresses(_ resource: JSONValue) -> [String] {
        let module = resource["module"]?.string.map { $0 + "." } ?? ""
        let mode = resource["mode"]?.string == "data" ? "data." : ""
        let base = "\(module)\(mode)\(resource["type"]?.string ?? "?").\(resource["name"]?.string ?? "?")"
        return (resource["instances"]?.array ?? []).map { instance in
            switch instance["index_key"] {
            case .string(let key)?: "\(base)[\(JSONValue.string(key).text())]"
            case .number?: "\(base)[\(instance["index_key"]?.int ?? 0)]"
            default: base
            }
        }
    }

    /// The same state with another serial; no other byte changes.
    public func with(serial: Int) -> Data {
        guard let range = StateDocument.serialRange(data) else { return data }
        var copy = data
        copy.replaceSubrange(range, with: Data("\(serial)".utf8))
        return copy
    }

    /// Where the number of the member `serial` of the outermost object stands.
    static func serialRange(_ data: Data) -> Range<Data.Index>? {
        var (depth, inString, escaped) = (0, false, false)
        var (name, lastName): (Data.Index?, Data?) = (nil, nil)
        for place in data.indices {
            let byte = data[place]
            if inString {
                if escaped {
                    escaped = false
                } else if byte == 0x5C {
                    escaped = true
                } else if byte == 0x22 {
                    inString = false
                    if let name { lastName = data[name..<place] }
                }
                continue
            }
            switch byte {
            case 0x22:
                inString = true
                name = data.index(after: place)
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D: depth -= 1
            case 0x3A where depth == 1 && lastName.map { $0.elementsEqual("serial".utf8) } == true:
                let start = data[place...].dropFirst().firstIndex { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
                guard let start else { return nil }
                let end = data[start...].firstIndex { !(0x30...0x39).contains($0) } ?? data.endIndex
                return start < end ? start..<end : nil
            case 0x2C: lastName = nil
            default: break
            }
        }
        return nil
    }
}
