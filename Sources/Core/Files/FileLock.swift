import Foundation

/// An advisory lock on a file, let go when the value goes or the process dies (flock(2)).
public final class FileLock: Sendable {
    private let descriptor: Int32
    /// The file that is locked.
    public let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Takes the lock if nobody has it; nil when another holds it.
    ///
    /// The holder's name is written into the file.
    public static func attempt(_ path: String, holder: String) throws -> FileLock? {
        try DiskFileSystem().makeDirectory(path.parentPath)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Failure(.missing, "can't open the lock \(path)", why: String(cString: strerror(errno)))
        }
        guard isOwn(descriptor) else {
            close(descriptor)
            throw Failure(.refused, "\(path) is not a plain file of this user, so it can't be a lock")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        ftruncate(descriptor, 0)
        let text = Array((holder + "\n").utf8)
        _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        return FileLock(descriptor: descriptor, path: path)
    }

    /// What is about to be written to is a plain file of this user, not something that another put in its place.
    private static func isOwn(_ descriptor: Int32) -> Bool {
        var info = stat()
        return fstat(descriptor, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && info.st_uid == geteuid()
    }

    /// Waits for the lock up to a deadline; says once for whom it waits.
    ///
    /// - Throws: a failure with exit `held` that names the holder when the deadline passes.
    public static func acquire(
        _ path: String, holder: String, within limit: Duration, context: Context,
        waiting: @Sendable (_ holder: String) -> Void = { _ in }
    ) async throws -> FileLock {
        let start = context.time.elapsed()
        var said = false
        while true {
            if let lock = try attempt(path, holder: holder) { return lock }
            let other = (try? context.files.readText(path))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
            if !said {
                waiting(other)
                said = true
            }
            if context.time.elapsed() - start > limit {
                throw Failure(.held, "\(path.lastPathComponent) is held by \(other) for over \(limit.short)")
            }
            try await context.time.sleep(for: .milliseconds(50))
        }
    }

    /// The holder written in a lock file, if someone holds it now.
    public static func holder(_ path: String) -> String? {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
        let text = (try? DiskFileSystem().readText(path)) ?? ""
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
