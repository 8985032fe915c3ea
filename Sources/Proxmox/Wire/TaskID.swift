/// The id of a task of Proxmox VE: `UPID:node:PID:PSTART:STARTTIME:type:id:user@realm:`, numbers in hexadecimal.
public struct TaskID: Sendable, Hashable, CustomStringConvertible {
    /// The text.
    public let text: String
    /// The node that it runs on.
    public let node: String
    /// What it does, such as `vzcreate`.
    public let type: String
    /// What it does it to, such as `100`.
    public let subject: String
    /// Who started it: `user@realm`, or `user@realm!token`.
    public let user: String
    /// The text.
    public var description: String { text }

    /// Reads an id; nil where the text is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 8, parts[0] == "UPID", !parts[1].isEmpty, !parts[5].isEmpty, text.count <= 512,
            parts[2...4].allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isHexDigit) })
        else { return nil }
        self.text = text
        node = parts[1]
        type = parts[5]
        subject = parts[6]
        user = parts[7]
    }
}
