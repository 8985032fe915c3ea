import Core
import Foundation

/// Who holds the lock of a state, as terraform tells when it can't have it.
public struct LockInfo: Sendable, Hashable {
    /// Id, as `force-unlock` wants it.
    public var id: String
    /// `user@host` of the holder.
    public var who: String
    /// What the holder does, such as "OperationTypeApply".
    public var operation: String
    /// When it was taken, as terraform writes it.
    public var created: String
    /// The state that is locked.
    public var path: String

    /// A lock.
    public init(id: String, who: String, operation: String, created: String, path: String) {
        self.id = id
        self.who = who
        self.operation = operation
        self.created = created
        self.path = path
    }

    /// Reads the "Lock Info" of a diagnostic's detail; nil where there is none.
    public init?(detail: String) {
        guard detail.contains("Lock Info:") else { return nil }
        var fields: [Substring: String] = [:]
        for line in detail.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[Substring(line[..<colon].trimmed)] = line[line.index(after: colon)...].trimmed
        }
        guard let id = fields["ID"], !id.isEmpty else { return nil }
        self.init(
            id: id, who: fields["Who"] ?? "", operation: fields["Operation"] ?? "", created: fields["Created"] ?? "",
            path: fields["Path"] ?? "")
    }

    /// When it was taken; nil where the text is not understood.
    public var date: Date? {
        // 2026-11-24 09:02:56.888027421 +0000 UTC
        let words = created.split(separator: " ")
        guard words.count >= 2 else { return nil }
        let time = words[1].split(separator: ".")
        let fraction = time.count > 1 ? time[1].prefix(3).padded(to: 3) : "000"
        return Date(iso8601: "\(words[0])T\(time[0]).\(fraction)Z")
    }

    /// What the holder does, in a word.
    public var work: String {
        operation.hasPrefix("OperationType") ? operation.dropFirst("OperationType".count).lowercased() : operation
    }

    /// "root@host since 2026-11-24 09:02:56 (apply, lock …)".
    public var text: String {
        let since = created.split(separator: ".").first.map(String.init) ?? created
        return "\(who) since \(since) UTC (\(work), lock \(id))"
    }
}

extension Substring {
    fileprivate func padded(to width: Int) -> String {
        String(self) + String(repeating: "0", count: Swift.max(0, width - count))
    }
}
