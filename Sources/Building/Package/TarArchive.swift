import Foundation

/// A tar archive (POSIX ustar, IEEE 1003.1-1988) that depends on nothing but its entries: the same entries give the
/// same bytes, with owner 0, one time for all, and sorted by path.
public enum TarArchive {
    /// A file in an archive.
    public struct Entry: Sendable, Hashable {
        /// Its path in the archive: relative, at most 100 bytes.
        public var path: String
        /// Its bytes.
        public var data: Data
        /// It may be run.
        public var isExecutable: Bool

        /// A file.
        public init(_ path: String, _ data: Data, isExecutable: Bool = false) {
            self.path = path
            self.data = data
            self.isExecutable = isExecutable
        }
    }

    /// The bytes of an archive; the folders that its files need come with it.
    ///
    /// - Parameter time: the time of every entry, in seconds since 1970.
    public static func bytes(_ entries: [Entry], time: Int) -> Data {
        var items = entries.map { (path: $0.path, header: header($0, time), data: $0.data) }
        for folder in folders(of: entries.map(\.path)) {
            items.append((folder, header(folder, mode: 0o755, size: 0, type: "5", time), Data()))
        }
        var archive = Data()
        for item in items.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            archive.append(item.header)
            archive.append(item.data)
            archive.append(Data(count: padding(item.data.count, to: 512)))
        }
        // Two empty blocks end it; the whole is filled to a record of 20 blocks, as tar(1) writes it.
        archive.append(Data(count: 1024))
        archive.append(Data(count: padding(archive.count, to: 10_240)))
        return archive
    }

    private static func folders(of paths: [String]) -> [String] {
        var found: Set<String> = []
        for path in paths {
            let parts = path.split(separator: "/").dropLast()
            for count in parts.indices { found.insert(parts[...count].joined(separator: "/") + "/") }
        }
        return found.sorted()
    }

    private static func header(_ entry: Entry, _ time: Int) -> Data {
        header(entry.path, mode: entry.isExecutable ? 0o755 : 0o644, size: entry.data.count, type: "0", time)
    }

    private static func header(_ path: String, mode: Int, size: Int, type: Character, _ time: Int) -> Data {
        func octal(_ number: Int, _ digits: Int) -> String {
            let text = String(max(0, number), radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text + "\0"
        }
        func text(_ text: String, _ width: Int) -> [UInt8] {
            Array(text.utf8.prefix(width)) + [UInt8](repeating: 0, count: max(0, width - text.utf8.count))
        }
        var block = text(path, 100)
        let numbers = [octal(mode, 7), octal(0, 7), octal(0, 7), octal(size, 11), octal(time, 11)]
        for field in numbers { block += field.utf8 }
        let sum = block.count
        block += [UInt8](repeating: 0x20, count: 8)
        block += text(String(type), 1) + text("", 100) + text("ustar\u{0}00", 8) + text("root", 32) + text("root", 32)
        for _ in 0..<2 { block += octal(0, 7).utf8 }
        block += [UInt8](repeating: 0, count: 512 - block.count)
        // The sum counts its own field as blanks.
        let checksum = octal(block.reduce(0) { $0 + Int($1) }, 6) + " "
        block.replaceSubrange(sum..<sum + 8, with: checksum.utf8)
        return Data(block)
    }

    private static func padding(_ count: Int, to unit: Int) -> Int { (unit - count % unit) % unit }
}
