import Core
import Foundation

/// The base images of hosts: made once, never written to, shared by all labs that name the same folder.
struct ImageStore: Sendable {
    /// The folder of images.
    let folder: String
    let context: Context

    /// `NANTE_IMAGES`, else the folder `images` of the lab.
    static func path(home: LabHome, _ context: Context) -> String {
        if let path = context.environment["NANTE_IMAGES"], !path.isEmpty { return context.path(path) }
        return home.path.appending(path: "images")
    }

    /// The root file system of an image.
    func root(_ name: String) -> String { folder.appending(path: name).appending(path: "rootfs") }

    /// The image is there and whole: it gets its name in the last step.
    func has(_ name: String) -> Bool { context.files.isDirectory(folder.appending(path: name)) }

    /// Makes the image of a recipe where it is missing; one at a time makes it, others wait and say for what.
    ///
    /// - Returns: the image's name.
    func ensure(_ recipe: any ImageRecipe, _ tell: @escaping @Sendable (String) -> Void) async throws -> String {
        let name = recipe.name
        if has(name) {
            try tidy()
            return name
        }
        if let base = recipe.base { _ = try await ensure(base, tell) }
        let lock = try await FileLock.acquire(
            folder.appending(path: ".lock"), holder: "nante \(getpid())", within: .seconds(1800), context: context
        ) { holder in tell("waiting for \(holder), which makes the base image") }
        defer { withExtendedLifetime(lock) {} }
        if has(name) { return name }
        try sweep()
        try require(recipe.programs)
        tell("making the base image \(name) in \(folder) (\(recipe.effort))")
        let start = context.time.elapsed()
        let partial = folder.appending(path: ".partial-\(name)-\(context.random.hex(bytes: 4))")
        let work = ImageWork(folder: partial, busy: busy(partial), images: self, context: context, tell: tell)
        try context.files.makeDirectory(work.root)
        try await recipe.make(work)
        try context.files.remove(busy(partial))
        try context.files.move(partial, to: folder.appending(path: name))
        tell("base image \(name) made in \((context.time.elapsed() - start).short)")
        return name
    }

    /// Removes what interrupted builds left where nobody builds.
    private func tidy() throws {
        guard try context.files.list(folder).contains(where: { $0.hasPrefix(".partial-") }),
            let lock = try FileLock.attempt(folder.appending(path: ".lock"), holder: "nante \(getpid())")
        else { return }
        defer { withExtendedLifetime(lock) {} }
        try sweep()
    }

    /// Removes what interrupted builds left, but for one that still goes on without its nante; the lock is held.
    func sweep() throws {
        for name in try context.files.list(folder) where name.hasPrefix(".partial-") {
            let partial = folder.appending(path: name)
            guard let lock = try FileLock.attempt(busy(partial), holder: "nante \(getpid())") else { continue }
            defer { withExtendedLifetime(lock) {} }
            try context.files.remove(partial)
        }
    }

    /// The file that a build locks as long as any part of it lives.
    private func busy(_ partial: String) -> String { partial.appending(path: "busy") }

    /// The step that a line of mmdebstrap tells of: "I: running dpkg --configure..." and the like.
    static func step(_ line: String) -> String? {
        guard line.hasPrefix("I: ") else { return nil }
        let text = line.dropFirst(3)
        let quiet = ["automatically", "success", "cleaning", "running --customize", "finding", "chroot arch"]
        return quiet.contains { text.hasPrefix($0) } ? nil : String(text)
    }

    private func require(_ programs: [(program: String, package: String)]) throws {
        let absent = programs.filter { context.processes.find($0.program) == nil }
        guard !absent.isEmpty else { return }
        throw Failure(
            .missing, "the base image of hosts can't be made",
            why: "not installed: " + absent.map(\.program).joined(separator: ", "),
            next: ["apt-get install " + absent.map(\.package).joined(separator: " ")])
    }
}

/// Moves the owner of every file of a tree up, for hosts whose root is no root outside, or back down.
enum IDShift {
    /// Adds a number to each user and group id, the top folder included; links themselves are changed, not followed.
    static func apply(_ root: String, by shift: Int) throws {
        try move(root, by: shift)
        guard let walk = FileManager.default.enumerator(atPath: root) else {
            throw Failure(.missing, "can't list \(root)")
        }
        while let path = walk.nextObject() as? String { try move(root.appending(path: path), by: shift) }
    }

    private static func move(_ path: String, by shift: Int) throws {
        var info = stat()
        guard lstat(path, &info) == 0, let user = UInt32(exactly: Int(info.st_uid) + shift),
            let group = UInt32(exactly: Int(info.st_gid) + shift), lchown(path, user, group) == 0
        else {
            throw Failure(.missing, "can't change the owner of \(path)", why: String(cString: strerror(errno)))
        }
        // Changing the owner takes setuid and setgid away.
        if info.st_mode & S_IFMT != S_IFLNK, info.st_mode & 0o6000 != 0 { chmod(path, info.st_mode & 0o7777) }
    }
}
