import CYaml

/// What is wrong with a YAML text; line and column are 0 where the whole file is meant.
struct YAMLFault: Error {
    var message: String
    var line = 0
    var column = 0
}

/// Reads a YAML document from the events of libyaml.
///
/// Yams' own tree is not used: it rejects duplicate keys without their places, and drops what aliases stand for.
struct YAMLComposer {
    private let limits: YAMLLimits
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private var event = yaml_event_t()
    private var anchors: [String: YAMLNode] = [:]
    private var open: Set<String> = []
    private var depth = 0

    /// The root node of a text; an empty document is an empty plain scalar.
    static func compose(_ text: String, limits: YAMLLimits) throws(YAMLFault) -> YAMLNode {
        let bytes = Array(text.utf8)
        if bytes.count > limits.bytes {
            throw YAMLFault(message: "The file is larger than \(limits.bytes) bytes")
        }
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else { throw YAMLFault(message: "Out of memory") }
        defer { yaml_parser_delete(parser) }
        let result: Result<YAMLNode, YAMLFault> = bytes.withUnsafeBufferPointer { buffer in
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
            var composer = YAMLComposer(limits: limits, parser: parser)
            return Result { () throws(YAMLFault) in try composer.document() }
        }
        return try result.get()
    }

    private init(limits: YAMLLimits, parser: UnsafeMutablePointer<yaml_parser_t>) {
        self.limits = limits
        self.parser = parser
    }

    private mutating func document() throws(YAMLFault) -> YAMLNode {
        defer { yaml_event_delete(&event) }
        try next()
        try next()
        if event.type == YAML_STREAM_END_EVENT {
            return YAMLNode(.scalar("", style: .plain, tag: ""), line: 1, column: 1)
        }
        try next()
        let root = try node()
        try next()
        if event.type != YAML_STREAM_END_EVENT {
            throw fault("A second document in the same file")
        }
        return root
    }

    /// Moves to the next event.
    private mutating func next() throws(YAMLFault) {
        yaml_event_delete(&event)
        event = yaml_event_t()
        if yaml_parser_parse(parser, &event) == 1 { return }
        let parser = parser.pointee
        var message = parser.problem.map { String(cString: $0) } ?? "not valid YAML"
        if let context = parser.context { message = String(cString: context) + ", " + message }
        let mark = parser.error == YAML_READER_ERROR ? parser.mark : parser.problem_mark
        throw YAMLFault(message: message, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private func fault(_ message: String) -> YAMLFault {
        YAMLFault(
            message: message, line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1)
    }

    /// The node that starts at the current event; leaves the event behind it as the current one.
    private mutating func node() throws(YAMLFault) -> YAMLNode {
        let (line, column) = (Int(event.start_mark.line) + 1, Int(event.start_mark.column) + 1)
        let node: YAMLNode
        var anchor: String?
        switch event.type {
        case YAML_ALIAS_EVENT: node = try alias()
        case YAML_SCALAR_EVENT:
            anchor = Self.text(event.data.scalar.anchor)
            node = YAMLNode(scalar(), line: line, column: column)
        case YAML_SEQUENCE_START_EVENT:
            anchor = Self.text(event.data.sequence_start.anchor)
            node = YAMLNode(.sequence(try items(anchor)), line: line, column: column)
        case YAML_MAPPING_START_EVENT:
            anchor = Self.text(event.data.mapping_start.anchor)
            node = YAMLNode(.mapping(try pairs(anchor)), line: line, column: column)
        default: throw fault("Expected a scalar value, a sequence, or a mapping")
        }
        if let anchor { anchors[anchor] = node }
        if node.size >= YAMLLimits.nodes { throw YAMLFault(message: "Maximum object size exceeded") }
        try next()
        return node
    }

    private func alias() throws(YAMLFault) -> YAMLNode {
        let name = Self.text(event.data.alias.anchor) ?? ""
        if open.contains(name) { throw fault("The alias '\(name)' stands inside of its own anchor") }
        guard let node = anchors[name] else { throw fault("The alias '\(name)' has no anchor before it") }
        return node
    }

    private func scalar() -> YAMLNode.Kind {
        let scalar = event.data.scalar
        let buffer = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        let style: YAMLNode.Style =
            switch scalar.style {
            case YAML_PLAIN_SCALAR_STYLE: .plain
            case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
            default: .quoted
            }
        return .scalar(String(decoding: buffer, as: UTF8.self), style: style, tag: Self.text(scalar.tag) ?? "")
    }

    private mutating func items(_ anchor: String?) throws(YAMLFault) -> [YAMLNode] {
        try enter(anchor)
        defer { leave(anchor) }
        try next()
        var items: [YAMLNode] = []
        while event.type != YAML_SEQUENCE_END_EVENT { items.append(try node()) }
        return items
    }

    private mutating func pairs(_ anchor: String?) throws(YAMLFault) -> [(key: YAMLNode, value: YAMLNode)] {
        try enter(anchor)
        defer { leave(anchor) }
        try next()
        var pairs: [(key: YAMLNode, value: YAMLNode)] = []
        while event.type != YAML_MAPPING_END_EVENT {
            let key = try node()
            pairs.append((key: key, value: try node()))
        }
        return pairs
    }

    private mutating func enter(_ anchor: String?) throws(YAMLFault) {
        depth += 1
        if depth > limits.depth { throw YAMLFault(message: "Maximum object depth exceeded") }
        if let anchor { open.insert(anchor) }
    }

    private mutating func leave(_ anchor: String?) {
        depth -= 1
        if let anchor { open.remove(anchor) }
    }

    private static func text(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let bytes else { return nil }
        let text = String(cString: bytes)
        return text.isEmpty ? nil : text
    }
}
