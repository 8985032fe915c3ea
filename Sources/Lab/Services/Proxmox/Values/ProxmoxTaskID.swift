import Core

/// The id of a task: `UPID:node:pid:pstart:starttime:type:id:user:`, the numbers in hexadecimal.
struct ProxmoxTaskID: Sendable, Hashable {
    var node: String
    /// The process that works, here always the lab's.
    var process: Int
    /// When that process started; here it only makes two ids of one second different.
    var processStart: Int
    /// Seconds since 1970.
    var start: Int
    /// Such as "vzcreate".
    var type: String
    /// What is worked on, such as "201"; may be empty.
    var id: String
    /// User or token that asked.
    var user: String

    /// The text.
    var text: String {
        func hex(_ number: Int) -> String {
            let digits = String(number, radix: 16, uppercase: true)
            return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        }
        return "UPID:\(node):\(hex(process)):\(hex(processStart)):\(hex(start)):\(type):\(id):\(user):"
    }

    /// Reads the text; nil when it is none.
    static func parse(_ text: String) -> ProxmoxTaskID? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 9, parts[0] == "UPID", parts[8].isEmpty, !parts[1].isEmpty, !parts[5].isEmpty,
            !parts[7].isEmpty
        else { return nil }
        let numbers = parts[2...4].compactMap { part -> Int? in
            (8...9).contains(part.utf8.count) && part.allSatisfy(\.isHexDigit) ? Int(part, radix: 16) : nil
        }
        guard numbers.count == 3 else { return nil }
        return ProxmoxTaskID(
            node: parts[1], process: numbers[0], processStart: numbers[1], start: numbers[2], type: parts[5],
            id: parts[6], user: parts[7])
    }
}
