import Foundation

/// Every effect that a part of nante may have on the world, handed in as one value.
///
/// Libraries read and change nothing of the outside except through it; tests pass fakes.
public struct Context: Sendable {
    /// The environment variables, as the process got them.
    public var environment: [String: String]
    /// The absolute path that relative paths are taken from.
    public var workingDirectory: String
    /// The file system.
    public var files: any FileSystem
    /// Starts programs.
    public var processes: any ProcessRunner
    /// Sends HTTP requests.
    public var http: any HTTPSender
    /// The clock.
    public var time: any TimeSource
    /// Randomness.
    public var random: any RandomSource
    /// Where data and messages for people go.
    public var terminal: any Terminal
    /// Hides secrets in everything that leaves the process.
    public var mask: Mask

    /// A context of the given parts.
    public init(
        environment: [String: String], workingDirectory: String, files: any FileSystem,
        processes: any ProcessRunner, http: any HTTPSender, time: any TimeSource, random: any RandomSource,
        terminal: any Terminal, mask: Mask
    ) {
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.files = files
        self.processes = processes
        self.http = http
        self.time = time
        self.random = random
        self.terminal = terminal
        self.mask = mask
    }

    /// An absolute path: the given one, or the given one below the working directory.
    public func path(_ path: String) -> String {
        path.hasPrefix("/") ? path : workingDirectory.appending(path: path)
    }
}

extension Context {
    /// The real world of this process.
    public static func live() -> Context {
        let environment = ProcessInfo.processInfo.environment
        let mask = Mask()
        return Context(
            environment: environment,
            workingDirectory: FileManager.default.currentDirectoryPath,
            files: DiskFileSystem(),
            processes: SystemProcessRunner(environment: environment),
            http: NetworkHTTPSender(),
            time: SystemTime(),
            random: SystemRandom(),
            terminal: SystemTerminal(environment: environment, mask: mask),
            mask: mask)
    }
}

extension String {
    /// This path with another below it: one slash between them, "." dropped, an absolute one wins.
    public func appending(path other: String) -> String {
        if other.hasPrefix("/") { return other }
        if other.isEmpty || other == "." { return self }
        let tail = other.hasPrefix("./") ? String(other.dropFirst(2)) : other
        return hasSuffix("/") ? self + tail : self + "/" + tail
    }

    /// The last component of a path.
    public var lastPathComponent: String {
        split(separator: "/", omittingEmptySubsequences: true).last.map(String.init) ?? self
    }

    /// The folder that holds the path: everything before the last slash, "." where there is none.
    public var parentPath: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }
}
