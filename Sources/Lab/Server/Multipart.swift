import Foundation

/// Cuts a multipart/form-data body (RFC 7578) into its parts while it comes.
struct MultipartReader: Sendable {
    /// What was found.
    enum Event: Sendable, Hashable {
        /// A part begins.
        case part(Part)
        /// Bytes of the part.
        case bytes(Data)
        /// The part is whole.
        case end
    }

    /// The head of a part.
    struct Part: Sendable, Hashable {
        var name: String
        var filename: String?
        var contentType: String?
    }

    /// A body that is not multipart.
    struct Fault: Error, Sendable, Hashable {
        var message: String
    }

    private enum State { case preamble, head, body, done }

    private var state = State.preamble
    private var pending = Data()
    private let delimiter: Data

    static let longestHead = 16 << 10

    /// A reader for the boundary of a Content-Type field; nil when it has none.
    init?(contentType: String) {
        let fields = contentType.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        guard fields.first?.lowercased() == "multipart/form-data",
            let field = fields.first(where: { $0.lowercased().hasPrefix("boundary=") })
        else { return nil }
        let boundary = field.dropFirst("boundary=".count).trimmingCharacters(in: ["\""])
        guard (1...70).contains(boundary.utf8.count) else { return nil }
        delimiter = Data("\r\n--\(boundary)".utf8)
        // The first delimiter may stand at the very start, without a line end before it.
        pending = Data("\r\n".utf8)
    }

    /// The last delimiter was seen.
    var isComplete: Bool { state == .done }

    /// Takes bytes and gives what they complete.
    mutating func feed(_ bytes: Data) throws -> [Event] {
        pending.append(bytes)
        var events: [Event] = []
        while try step(&events) {}
        return events
    }

    /// Goes one step on; false when more bytes are needed.
    private mutating func step(_ events: inout [Event]) throws -> Bool {
        switch state {
        case .preamble: return delimited { _ in }
        case .head:
            if pending.starts(with: Data("--".utf8)) {
                state = .done
                return false
            }
            guard let end = pending.range(of: Data("\r\n\r\n".utf8)) else {
                guard pending.count <= MultipartReader.longestHead else {
                    throw Fault(message: "the head of a part is too long")
                }
                return false
            }
            events.append(.part(try MultipartReader.part(pending[pending.startIndex..<end.lowerBound])))
            pending = Data(pending[end.upperBound...])
            state = .body
            return true
        case .body:
            var found: [Event] = []
            let more = delimited { if !$0.isEmpty { found.append(.bytes($0)) } }
            events += found
            if more { events.append(.end) }
            return more
        case .done: return false
        }
    }

    /// Hands on the bytes before the next delimiter, or those that can't belong to one yet.
    private mutating func delimited(_ take: (Data) -> Void) -> Bool {
        if let place = pending.range(of: delimiter), pending.endIndex - place.upperBound >= 2 {
            take(Data(pending[pending.startIndex..<place.lowerBound]))
            pending = Data(pending[place.upperBound...])
            state = .head
            return true
        }
        let keep = delimiter.count + 2
        if pending.count > keep {
            let cut = pending.index(pending.endIndex, offsetBy: -keep)
            take(Data(pending[pending.startIndex..<cut]))
            pending = Data(pending[cut...])
        }
        return false
    }

    private static func part(_ head: Data) throws -> Part {
        var part: Part?
        var type: String?
        for line in String(decoding: head, as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            switch line[..<colon].lowercased() {
            case "content-disposition":
                guard value.lowercased().hasPrefix("form-data") else { continue }
                part = parameter("name", value).map { Part(name: $0, filename: parameter("filename", value)) }
            case "content-type": type = value
            default: continue
            }
        }
        guard var part else { throw Fault(message: "a part without a name") }
        part.contentType = type
        return part
    }

    /// A quoted or bare parameter of a field.
    static func parameter(_ name: String, _ field: String) -> String? {
        for match in field.matches(of: #/;\s*([A-Za-z*]+)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/#)
        where match.1.lowercased() == name {
            if let quoted = match.2 { return String(quoted).replacing(#/\\(.)/#) { String($0.1) } }
            return match.3.map(String.init)
        }
        return nil
    }
}
