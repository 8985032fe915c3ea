import Core
import OrderedCollections

/// A state as it is stored (version 4).
public struct TerraformState: Sendable, Hashable {
    /// An object in it.
    public struct Resource: Sendable, Hashable {
        /// Its address with its instance key.
        public var address: String
        /// Its type.
        public var type: String
        /// Its attributes.
        public var values: JSONValue
        /// The provider, such as `provider["registry.terraform.io/bpg/proxmox"]`.
        public var provider: String
        /// It is half made and is to be made anew.
        public var isTainted: Bool
    }
    /// The whole document.
    public var document: JSONValue
    /// The managed objects.
    public var resources: [Resource]

    /// Reads a state; an empty text is an empty state.
    ///
    /// - Throws: a failure when it is no state of version 4.
    public init(text: String) throws {
        guard !text.trimmed.isEmpty else {
            self.init(document: .emptyObject, resources: [])
            return
        }
        let value: JSONValue
        do { value = try JSONValue.parse(text) } catch {
            throw Failure(.failed, "the state is damaged", why: "\(error)", next: ["nante terraform state versions"])
        }
        guard value["version"]?.int == 4 else {
            throw Failure(
                .failed, "the state can't be read",
                why: "version 4 is expected, it says \(value["version"]?.text() ?? "nothing")")
        }
        self.init(
            document: value,
            resources: (value["resources"]?.array ?? []).filter { $0["mode"]?.string != "data" }
                .flatMap(TerraformState.instances))
    }

    private init(document: JSONValue, resources: [Resource]) {
        self.document = document
        self.resources = resources
    }

    /// The addresses in it.
    public var addresses: [String] { resources.map(\.address) }
    /// Counts up with each change.
    public var serial: Int { document["serial"]?.int ?? 0 }
    /// Which line of states it belongs to.
    public var lineage: String { document["lineage"]?.string ?? "" }

    /// The outputs that are stored in it.
    public var outputs: TerraformOutputs { TerraformOutputs(document["outputs"] ?? .emptyObject) }

    private static func instances(_ resource: JSONValue) -> [Resource] {
        let type = resource["type"]?.string ?? ""
        let module = resource["module"]?.string.map { $0 + "." } ?? ""
        let base = "\(module)\(type).\(resource["name"]?.string ?? "")"
        return (resource["instances"]?.array ?? []).filter { $0["deposed"] == nil }.map { instance in
            let key =
                switch instance["index_key"] {
                case .string(let text): "[\(JSONValue.string(text).text())]"
                case .number(let number): "[\(JSONValue.text(of: number))]"
                default: ""
                }
            return Resource(
                address: base + key, type: type, values: instance["attributes"] ?? .emptyObject,
                provider: resource["provider"]?.string ?? "", isTainted: instance["status"]?.string == "tainted")
        }
    }
}

/// The outputs of a configuration.
public struct TerraformOutputs: Sendable, Hashable {
    /// Their values by their names.
    public var values: OrderedDictionary<String, JSONValue>
    /// The names of those that are not to be shown.
    public var sensitive: Set<String>

    /// Outputs.
    public init(values: OrderedDictionary<String, JSONValue>, sensitive: Set<String>) {
        self.values = values
        self.sensitive = sensitive
    }

    /// Reads what `output -json` tells.
    init(_ json: JSONValue) {
        values = (json.object ?? [:]).mapValues { $0["value"] ?? .null }
        sensitive = Set((json.object ?? [:]).filter { $0.value["sensitive"]?.bool == true }.map(\.key))
    }

    /// An output's value; nil where there is none.
    public subscript(name: String) -> JSONValue? { values[name] }
}
