import Foundation

/// The machine's disk.
public struct DiskFileSystem: FileSystem {
    /// The machine's disk.
    public init() {}

    /// The bytes of a file.
    public func read(_ path: String) throws -> Data {
        // Not by FileManager.contents, which reads a file of /proc only up to its first page.
        guard !isDirectory(path), let handle = FileHandle(forReadingAtPath: path) else {
            throw Failure(.usage, exists(path) ? "can't read \(path)" : "\(path) does not exist")
        }
        defer { try? handle.close() }
        do { return try handle.readToEnd() ?? Data() } catch { throw Failure(.usage, "can't read \(path)") }
    }

    /// Replaces a file as a whole.
    public func write(_ data: Data, to path: String, mode: UInt16) throws {
        try makeDirectory(path.parentPath)
        let temporary = path + ".tmp.\(getpid()).\(SystemRandom().hex(bytes: 4))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw fault("write", path) }
        do {
            fchmod(descriptor, mode_t(mode))
            try put(data, descriptor, path)
            guard fsync(descriptor) == 0 else { throw fault("sync", path) }
            close(descriptor)
            guard rename(temporary, path) == 0 else { throw fault("replace", path) }
            syncDirectory(path.parentPath)
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
    }

    /// Adds bytes to the end of a file.
    public func append(_ data: Data, to path: String) throws {
        try makeDirectory(path.parentPath)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw fault("append to", path) }
        defer { close(descriptor) }
        try put(data, descriptor, path)
        guard fdatasync(descriptor) == 0 else { throw fault("sync", path) }
    }

    /// Something is at the path.
    public func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// The path is a folder.
    public func isDirectory(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// Names in a folder, sorted.
    public func list(_ path: String) throws -> [String] {
        do { return try FileManager.default.contentsOfDirectory(atPath: path).sorted() } catch {
            throw Failure(.usage, exists(path) ? "can't list \(path)" : "\(path) does not exist")
        }
    }

    /// Makes a folder and those above it.
    public func makeDirectory(_ path: String) throws {
        if isDirectory(path) { return }
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw Failure(.missing, "can't make the folder \(path)", why: "\(error.localizedDescription)")
        }
    }

    /// Removes a file, a link or a folder with all in it.
    public func remove(_ path: String) throws {
        var info = stat()
        guard lstat(path, &info) == 0 else { return }
        do { try FileManager.default.removeItem(atPath: path) } catch {
            if lstat(path, &info) != 0 { return }
            throw Failure(.missing, "can't remove \(path)", why: "\(error.localizedDescription)")
        }
    }

    /// Moves, replacing what is at the target.
    public func move(_ path: String, to target: String) throws {
        try makeDirectory(target.parentPath)
        guard rename(path, target) == 0 else { throw fault("move \(path) to", target) }
    }

    /// Permission bits of a path.
    public func mode(_ path: String) throws -> UInt16 {
        var info = stat()
        guard stat(path, &info) == 0 else { throw fault("look at", path) }
        return UInt16(info.st_mode & 0o7777)
    }

    func put(_ data: Data, _ descriptor: Int32, _ path: String) throws {
        try data.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress?.advanced(by: start), bytes.count - start)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw fault("write", path) }
                start += count
            }
        }
    }

    private func syncDirectory(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0 {
            fsync(descriptor)
            close(descriptor)
        }
    }

    func fault(_ action: String, _ path: String) -> Failure {
        Failure(.missing, "can't \(action) \(path)", why: String(cString: strerror(errno)))
    }
}
