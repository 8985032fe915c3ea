import Core

/// Runs commands on another machine and puts files there, over the ssh program.
public struct SSHClient: Sendable {
    /// The effects.
    public let context: Context
    /// Where it logs in.
    public let target: SSHTarget
    /// How it logs in.
    public let options: SSHOptions

    /// A client; nothing is connected yet.
    public init(_ target: SSHTarget, _ options: SSHOptions, context: Context) {
        self.context = context
        self.target = target
        self.options = options
    }

    /// Runs a program with arguments; each reaches it exactly as given.
    ///
    /// - Returns: how it ended, whatever its exit code.
    /// - Throws: a failure when the machine can't be reached or refuses the login, or the deadline passed.
    @discardableResult
    public func run(
        _ words: [String], input: String? = nil, deadline: Duration? = nil,
        onLine: (@Sendable (OutputLine) -> Void)? = nil
    ) async throws -> CommandResult {
        try await shell(ShellQuoting.line(words), input: input, deadline: deadline, onLine: onLine)
    }

    /// Runs a command line by the login shell of the user; its words are the caller's to quote.
    @discardableResult
    public func shell(
        _ line: String, input: String? = nil, deadline: Duration? = nil,
        onLine: (@Sendable (OutputLine) -> Void)? = nil
    ) async throws -> CommandResult {
        let command = SSHCommands.run(line, at: target, options, input: input, deadline: deadline)
        return try await perform(command, onLine: onLine)
    }

    /// Runs a program that must exit with 0.
    ///
    /// - Throws: a failure with the last lines that it printed.
    @discardableResult
    public func check(
        _ words: [String], what: String, input: String? = nil, deadline: Duration? = nil,
        onLine: (@Sendable (OutputLine) -> Void)? = nil
    ) async throws -> CommandResult {
        let result = try await run(words, input: input, deadline: deadline, onLine: onLine)
        if result.succeeded { return result }
        let text = result.stderr.isEmpty ? result.stdout : result.stderr
        throw Failure(
            .failed, what, where: target.text, why: "\(words.first ?? "the command") \(result.ending.words)",
            evidence: text.split(separator: "\n").suffix(10).map(String.init))
    }

    /// Puts a local file in place on the other machine, in one step; an existing one is replaced.
    public func upload(_ file: String, to path: String, mode: UInt16? = nil, deadline: Duration? = nil) async throws {
        let mark = context.random.hex(bytes: 4)
        guard let lines = SSHCommands.upload(context.path(file), to: path, mode: mode, mark: mark) else {
            throw Failure(.usage, "a path to copy to \(target.host) holds a line end", where: path)
        }
        let command = SSHCommands.batch(lines, at: target, options, deadline: deadline)
        let result = try await perform(command, onLine: nil)
        guard result.succeeded else {
            let last = result.stderr.split(separator: "\n").suffix(5).map(String.init)
            throw Failure(.failed, "\(path) could not be written on \(target.host)", where: target.text, evidence: last)
        }
    }

    /// Waits until a login works; a wrong host key or a refusal that stays ends the wait with its own failure.
    public func waitForLogin(within limit: Duration) async throws {
        let start = context.time.elapsed()
        while true {
            let command = SSHCommands.run("true", at: target, options, deadline: limit)
            let result = try await context.processes.run(command)
            if result.succeeded { return }
            let problem = SSHProblem.of(result)
            if case .hostKey = problem { throw fault(problem, result) }
            guard context.time.elapsed() - start < limit else {
                throw fault(problem, result).adding("waited", limit.short)
            }
            try await context.time.sleep(for: .milliseconds(100))
        }
    }

    /// The public key that the host shows (type and base64), not proven yet, as for a target that is registered.
    public func hostKey(within limit: Duration = .seconds(10)) async throws -> String {
        let result = try await context.processes.run(SSHCommands.keyscan(target, timeout: limit))
        for line in result.lines where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            if words.count >= 3 { return words[1...2].joined(separator: " ") }
        }
        throw SSHProblem.unreachable("it shows no host key").failure(target)
    }

    /// The fingerprint of the key that the host shows.
    public func fingerprint(within limit: Duration = .seconds(10)) async throws -> Fingerprint {
        try await SSHClient.fingerprint(of: try await hostKey(within: limit), context: context)
    }

    /// The fingerprint of a public key (type and base64).
    public static func fingerprint(of publicKey: String, context: Context) async throws -> Fingerprint {
        var found: [String] = []
        for hash in [Fingerprint.Hash.sha256, .md5] {
            let result = try await context.processes.check(
                SSHCommands.fingerprint(publicKey, hash), what: "the host key has no fingerprint")
            guard let text = result.lines.first.flatMap({ Fingerprint.parse($0, hash) }) else {
                throw Failure(.failed, "ssh-keygen printed no fingerprint", evidence: result.lines)
            }
            found.append(text)
        }
        return Fingerprint(sha256: found[0], md5: found[1])
    }

    private func perform(
        _ command: Command, onLine: (@Sendable (OutputLine) -> Void)?
    ) async throws -> CommandResult {
        if let folder = options.controlFolder { try context.files.makeDirectory(folder) }
        let result = try await context.processes.run(command, onLine: onLine)
        if result.ending == .deadline {
            throw Failure(
                .deadline, "a command on \(target.host) took longer than \((command.deadline ?? .zero).short)",
                where: target.text)
        }
        if let problem = SSHProblem.of(result, program: command.program) { throw problem.failure(target) }
        return result
    }

    private func fault(_ problem: SSHProblem?, _ result: CommandResult) -> Failure {
        let last = result.stderr.split(separator: "\n").last.map(String.init)
        return (problem ?? .unreachable(last ?? "ssh \(result.ending.words)")).failure(target)
    }
}
