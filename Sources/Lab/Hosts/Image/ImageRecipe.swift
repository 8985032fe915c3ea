import Core

/// What a base image of hosts is made of; another recipe is another image.
protocol ImageRecipe: Sendable {
    /// The image's name: its kind and a digest of all that goes into it.
    var name: String { get }
    /// What making it means to a person who waits.
    var effort: String { get }
    /// Programs that making it needs, and the Debian packages that have them.
    var programs: [(program: String, package: String)] { get }
    /// The image that it is made from; nil where it is made from nothing.
    var base: (any ImageRecipe)? { get }
    /// Makes it in an empty folder.
    func make(_ work: ImageWork) async throws
}

/// An image while it is made.
struct ImageWork: Sendable {
    /// The folder that gets the image's name once it is whole.
    let folder: String
    /// A file that a command locks as long as any part of it lives, so that nobody removes what it writes to.
    let busy: String
    /// All images.
    let images: ImageStore
    let context: Context
    let tell: @Sendable (String) -> Void

    /// The root file system.
    var root: String { folder.appending(path: "rootfs") }

    /// Runs a command that holds the lock: killing nante does not end it.
    func run(_ command: Command) async throws {
        try await context.processes.check(command, what: "the base image could not be made", exit: .missing) { line in
            if let step = ImageStore.step(line.text) { tell("base image: \(step)") }
        }
    }
}

/// A Debian root file system, made by mmdebstrap.
struct Bootstrap: Sendable, Hashable {
    /// The Debian release.
    var suite = "bookworm"
    /// The packages beside the essential ones.
    var packages: [String]
    /// A mirror instead of Debian's own addresses.
    var mirror: String?

    /// The mirror that `NANTE_DEBIAN_MIRROR` names.
    static func mirror(_ context: Context) throws -> String? {
        guard let mirror = context.environment["NANTE_DEBIAN_MIRROR"], !mirror.isEmpty else { return nil }
        guard mirror.hasPrefix("http://") || mirror.hasPrefix("https://"), !mirror.contains(where: \.isWhitespace)
        else { throw Failure(.usage, "\"\(mirror)\" is no mirror address", where: "NANTE_DEBIAN_MIRROR") }
        return mirror
    }

    /// The command that makes the root file system in an empty folder.
    ///
    /// Its mounts (/proc, /sys, /dev/pts) are seen by itself alone, so that nobody removes files through them, and it
    /// holds a lock as long as any part of it lives: killing nante does not end it.
    ///
    /// - Parameters:
    ///   - customization: a shell script that gets the folder as $1.
    ///   - lock: the file that is locked.
    func build(into folder: String, customization: String, lock: String) -> Command {
        var words = [
            "--variant=minbase", "--mode=root", "--include=" + packages.joined(separator: ","),
            #"--aptopt=Acquire::Languages "none""#, #"--aptopt=APT::Install-Recommends "false""#,
        ]
        for path in ["man", "doc", "locale", "info"] { words.append("--dpkgopt=path-exclude=/usr/share/\(path)/*") }
        words += ["--customize-hook=" + customization, suite, folder]
        if let mirror { words.append(mirror) }
        let wrapper = ["--mount", "--propagation", "private", "flock", "--nonblock", lock, "mmdebstrap"]
        return Command("unshare", wrapper + words, deadline: .seconds(1800))
    }
}
