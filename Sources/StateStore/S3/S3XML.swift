import Foundation

/// An element of the XML that S3 speaks: elements and text; attributes are read over.
public struct S3XML: Sendable, Hashable {
    /// The local name, without a prefix.
    public var name: String
    /// The text directly inside.
    public var text: String
    /// The elements inside.
    public var children: [S3XML]

    /// An element with elements inside.
    public init(_ name: String, _ children: [S3XML]) {
        self.name = name
        text = ""
        self.children = children
    }

    /// An element with text inside.
    public init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
        children = []
    }

    /// The first element of a name inside.
    public subscript(name: String) -> S3XML? { children.first { $0.name == name } }
    /// All elements of a name inside.
    public func all(_ name: String) -> [S3XML] { children.filter { $0.name == name } }

    /// A document with this as its root, in S3's name space.
    public func document(namespace: Bool = true) -> String {
        let space = namespace ? " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"" : ""
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + written(space)
    }

    private func written(_ attributes: String) -> String {
        let inner = children.isEmpty ? S3XML.escape(text) : children.map { $0.written("") }.joined()
        return "<\(name)\(attributes)>\(inner)</\(name)>"
    }

    /// Text as it stands in XML; what XML 1.0 has no form for becomes the replacement character.
    static func escape(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "\r": out += "&#13;"
            case "\n", "\t": out.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Why a text is not such XML.
    public struct Fault: Error, Sendable, Hashable {
        /// Offset in bytes.
        public let offset: Int
        /// What is wrong there.
        public let message: String
    }

    /// Reads a document.
    ///
    /// Document types are refused, so that no entity is expanded; at most 32 levels deep.
    public static func parse(_ data: Data) throws(Fault) -> S3XML {
        guard String(validating: data, as: UTF8.self) != nil else { throw Fault(offset: 0, message: "not UTF-8") }
        var reader = S3XMLReader(bytes: Array(data))
        return try reader.document()
    }
}

/// The reader; hand-written, since Foundation's on Linux brings a whole libxml2 for four kinds of small documents.
struct S3XMLReader {
    let bytes: [UInt8]
    var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(S3XML.Fault) -> S3XML {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
        try skipAside()
        guard peek == 0x3C else { throw fault("an element is expected") }
        let root = try element(depth: 1)
        try skipAside()
        guard place == bytes.count else { throw fault("text behind the document") }
        return root
    }

    private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }
    private func fault(_ message: String) -> S3XML.Fault { S3XML.Fault(offset: place, message: message) }
    private func follows(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[place...].starts(with: $0) }
    }

    /// Goes behind the next place of a text.
    private mutating func skip(behind text: StaticString) throws(S3XML.Fault) {
        while place < bytes.count {
            if follows(text) {
                place += text.utf8CodeUnitCount
                return
            }
            place += 1
        }
        throw fault("unexpected end")
    }

    private mutating func skipSpace() {
        while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { place += 1 }
    }

    /// Spaces, comments and instructions.
    private mutating func skipAside() throws(S3XML.Fault) {
        while true {
            skipSpace()
            if follows("<?") {
                try skip(behind: "?>")
            } else if follows("<!--") {
                try skip(behind: "-->")
            } else {
                return
            }
        }
    }

    private mutating func name() throws(S3XML.Fault) -> String {
        let start = place
        while let byte = peek {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x3A, 0x80...: place += 1
            default:
                guard place > start else { throw fault("a name is expected") }
                return String(decoding: bytes[start..<place], as: UTF8.self)
            }
        }
        throw fault("unexpected end")
    }

    private mutating func element(depth: Int) throws(S3XML.Fault) -> S3XML {
        guard depth <= 32 else { throw fault("nested deeper than 32 levels") }
        place += 1
        let full = try name()
        var element = S3XML(full.split(separator: ":").last.map(String.init) ?? full, "")
        if try attributes() { return element }
        var text: [UInt8] = []
        while let byte = peek {
            if follows("</") {
                place += 2
                guard try name() == full else { throw fault("</\(full)> is expected") }
                skipSpace()
                guard peek == 0x3E else { throw fault("> is expected") }
                place += 1
                element.text = String(decoding: text, as: UTF8.self)
                return element
            } else if follows("<!--") {
                try skip(behind: "-->")
            } else if follows("<![CDATA[") {
                place += 9
                let start = place
                try skip(behind: "]]>")
                text += bytes[start..<(place - 3)]
            } else if follows("<?") {
                try skip(behind: "?>")
            } else if byte == 0x3C {
                element.children.append(try self.element(depth: depth + 1))
            } else if byte == 0x26 {
                text += try entity()
            } else {
                text.append(byte)
                place += 1
            }
        }
        throw fault("unexpected end")
    }

    /// Reads over attributes.
    ///
    /// - Returns: the element is empty, `<a/>`.
    private mutating func attributes() throws(S3XML.Fault) -> Bool {
        while true {
            skipSpace()
            guard let byte = peek else { throw fault("unexpected end") }
            if byte == 0x3E {
                place += 1
                return false
            }
            if follows("/>") {
                place += 2
                return true
            }
            _ = try name()
            skipSpace()
            guard peek == 0x3D else { throw fault("= is expected") }
            place += 1
            skipSpace()
            switch peek {
            case 0x22:
                place += 1
                try skip(behind: "\"")
            case 0x27:
                place += 1
                try skip(behind: "'")
            default: throw fault("a quote is expected")
            }
        }
    }

    private mutating func entity() throws(S3XML.Fault) -> [UInt8] {
        let known: [(StaticString, String)] = [
            ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"),
        ]
        for (form, text) in known where follows(form) {
            place += form.utf8CodeUnitCount
            return Array(text.utf8)
        }
        let end = bytes[place...].prefix(12).firstIndex(of: 0x3B) ?? place
        let body = String(decoding: bytes[place..<end], as: UTF8.self)
        var number: UInt32?
        if body.hasPrefix("&#x") {
            number = UInt32(body.dropFirst(3), radix: 16)
        } else if body.hasPrefix("&#") {
            number = UInt32(body.dropFirst(2))
        }
        guard let number, let scalar = Unicode.Scalar(number), number > 0 else { throw fault("an unknown entity") }
        place = end + 1
        return Array(String(Character(scalar)).utf8)
    }
}
