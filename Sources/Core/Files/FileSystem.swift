import Foundation

/// The file system of a context; paths are absolute.
public protocol FileSystem: Sendable {
    /// The bytes of a file.
    func read(_ path: String) throws -> Data
    /// Replaces a file as a whole: temporary file, fsync, rename; missing folders are made.
    func write(_ data: Data, to path: String, mode: UInt16) throws
    /// Adds bytes to the end of a file in one write and forces them to disk; the file is made where it is missing.
    func append(_ data: Data, to path: String) throws
    /// Writes a file that need not outlive a crash: no fsync, no rename; missing folders are made.
    func scratch(_ data: Data, to path: String, mode: UInt16) throws
    /// Opens a file to add to; it is made where it is missing.
    func appender(_ path: String) throws -> any FileAppender
    /// Something is at the path, links followed.
    func exists(_ path: String) -> Bool
    /// The path is a folder, links followed.
    func isDirectory(_ path: String) -> Bool
    /// Names in a folder, sorted.
    func list(_ path: String) throws -> [String]
    /// Makes a folder and those above it.
    func makeDirectory(_ path: String) throws
    /// Removes a file, a link or a folder with all in it; nothing there is fine.
    func remove(_ path: String) throws
    /// Moves, replacing what is at the target in one step.
    func move(_ path: String, to target: String) throws
    /// Permission bits of a path.
    func mode(_ path: String) throws -> UInt16
}

/// A file that is open to add to, for logs; closed when the value goes.
public protocol FileAppender: Sendable {
    /// Adds bytes in one write; they reach the disk when the system likes.
    func append(_ data: Data) throws
    /// Forces what was added to the disk.
    func sync() throws
}

/// An appender for file systems that have none of their own: every addition goes through `append`.
private struct PlainAppender<Files: FileSystem>: FileAppender {
    let files: Files
    let path: String
    func append(_ data: Data) throws { try files.append(data, to: path) }
    func sync() {}
}

extension FileSystem {
    /// The same as `write`, for file systems that know no difference.
    public func scratch(_ data: Data, to path: String, mode: UInt16) throws { try write(data, to: path, mode: mode) }

    /// An appender that goes through `append`, for file systems that keep no file open.
    public func appender(_ path: String) throws -> any FileAppender { PlainAppender(files: self, path: path) }

    /// The text of a UTF-8 file.
    public func readText(_ path: String) throws -> String {
        guard let text = String(data: try read(path), encoding: .utf8) else {
            throw Failure(.usage, "\(path) is not UTF-8 text")
        }
        return text
    }

    /// Replaces a file by a text; mode 0644 unless given.
    public func write(_ text: String, to path: String, mode: UInt16 = 0o644) throws {
        try write(Data(text.utf8), to: path, mode: mode)
    }
}
