import Foundation

extension DiskFileSystem {
    /// Writes a file in place, without fsync.
    public func scratch(_ data: Data, to path: String, mode: UInt16) throws {
        try makeDirectory(path.parentPath)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw fault("write", path) }
        defer { close(descriptor) }
        try put(data, descriptor, path)
    }

    /// Opens a file to add to.
    public func appender(_ path: String) throws -> any FileAppender {
        try makeDirectory(path.parentPath)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw fault("append to", path) }
        return DiskAppender(descriptor: descriptor, path: path)
    }
}

/// An open file of the disk; writes of O_APPEND need no lock between threads.
private final class DiskAppender: FileAppender {
    private let descriptor: Int32
    private let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func append(_ data: Data) throws { try DiskFileSystem().put(data, descriptor, path) }

    func sync() throws {
        guard fdatasync(descriptor) == 0 else { throw DiskFileSystem().fault("sync", path) }
    }
}
