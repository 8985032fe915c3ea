import Core

/// The commands that reach another machine, as pure values.
///
/// Every one runs without a question (BatchMode), refuses a host key that is not known, and notices a silent peer
/// after 15 seconds (ssh_config(5)).
public enum SSHCommands {
    /// `ssh` with a remote command line, which the caller has quoted (``ShellQuoting``).
    public static func run(
        _ line: String, at target: SSHTarget, _ options: SSHOptions, input: String? = nil, deadline: Duration? = nil
    ) -> Command {
        var words = settings(options) + ["-p", "\(target.port)", "-l", target.user, "-T"]
        // Without input ssh would read the terminal's, and hang a job in the background.
        if input == nil { words.append("-n") }
        words += ["--", target.host, line]
        return Command("ssh", words, input: input, deadline: deadline)
    }

    /// `ssh` for a person: with a terminal where a command is left out, else with the caller's choice.
    ///
    /// One word is a command line for the other shell, as with ssh itself; several are a program and its arguments.
    public static func interactive(
        _ words: [String], at target: SSHTarget, _ options: SSHOptions, terminal: Bool
    ) -> Command {
        // A person may answer a question, such as a key's passphrase.
        var all = settings(options).filter { $0 != "-oBatchMode=yes" } + ["-p", "\(target.port)", "-l", target.user]
        if !words.isEmpty { all.append(terminal ? "-t" : "-T") }
        all += ["--", target.host]
        if !words.isEmpty { all.append(words.count == 1 ? words[0] : ShellQuoting.line(words)) }
        return Command("ssh", all)
    }

    /// `sftp` with a batch of commands on its input; the first that fails ends it (sftp(1), -b).
    public static func batch(
        _ lines: [String], at target: SSHTarget, _ options: SSHOptions, deadline: Duration? = nil
    ) -> Command {
        let host = target.host.contains(":") ? "[\(target.host)]" : target.host
        let words = ["-q", "-b", "-"] + settings(options) + ["-P", "\(target.port)", "--", "\(target.user)@\(host)"]
        return Command("sftp", words, input: lines.map { $0 + "\n" }.joined(), deadline: deadline)
    }

    /// `scp` of local files into a remote folder or to a remote path, which the SFTP protocol takes as it is.
    public static func copy(
        _ files: [String], to path: String, at target: SSHTarget, _ options: SSHOptions, recursive: Bool = false,
        deadline: Duration? = nil
    ) -> Command {
        let host = target.host.contains(":") ? "[\(target.host)]" : target.host
        var words = ["-q", "-B", "-s"] + settings(options) + ["-P", "\(target.port)"]
        if recursive { words.append("-r") }
        // A local name with a colon would be taken for a remote one.
        words += ["--"] + files.map { $0.hasPrefix("/") ? $0 : "./" + $0 } + ["\(target.user)@\(host):\(path)"]
        return Command("scp", words, deadline: deadline)
    }

    /// The sftp lines that put a file in place in one step: beside it first, then renamed over it.
    ///
    /// - Returns: nil when one of the paths holds a line end.
    public static func upload(_ file: String, to path: String, mode: UInt16?, mark: String) -> [String]? {
        guard let local = SFTPQuoting.quote(file), let temporary = SFTPQuoting.quote(path + ".tmp." + mark),
            let final = SFTPQuoting.quote(path)
        else { return nil }
        var lines = ["put \(local) \(temporary)"]
        if let mode { lines.append("chmod \(String(mode, radix: 8)) \(temporary)") }
        return lines + ["rename \(temporary) \(final)"]
    }

    /// `ssh-keyscan` for a host's keys; the answer is not yet proven to come from that host.
    public static func keyscan(_ target: SSHTarget, types: [String] = ["ed25519"], timeout: Duration) -> Command {
        Command(
            "ssh-keyscan",
            [
                "-T", "\(wholeSeconds(timeout))", "-p", "\(target.port)", "-t", types.joined(separator: ","),
                target.host,
            ], deadline: timeout + .seconds(5))
    }

    /// `ssh-keygen` that prints the fingerprint of a public key on its input.
    public static func fingerprint(_ publicKey: String, _ hash: Fingerprint.Hash) -> Command {
        Command(
            "ssh-keygen", ["-l", "-E", hash.rawValue, "-f", "-"], input: publicKey + "\n", deadline: .seconds(10))
    }

    /// `ssh-keygen` that makes a key pair without a passphrase at the path and the path with ".pub".
    public static func makeKey(_ path: String, comment: String) -> Command {
        Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path], deadline: .seconds(20))
    }

    static func settings(_ options: SSHOptions) -> [String] {
        var words: [String] = []
        if let file = options.configFile { words += ["-F", file] }
        words += [
            "-oBatchMode=yes", "-oLogLevel=ERROR", "-oStrictHostKeyChecking=yes", "-oPasswordAuthentication=no",
            "-oKbdInteractiveAuthentication=no", "-oConnectTimeout=\(wholeSeconds(options.connectTimeout))",
            "-oServerAliveInterval=5", "-oServerAliveCountMax=3", "-oForwardAgent=no",
        ]
        if let file = options.knownHostsFile {
            words += ["-oUserKnownHostsFile=\(configured(file))", "-oGlobalKnownHostsFile=/dev/null"]
            words += ["-oUpdateHostKeys=no"]
        }
        if let file = options.identityFile { words += ["-i", file, "-oIdentitiesOnly=yes"] }
        if let folder = options.controlFolder {
            words += ["-oControlMaster=auto", "-oControlPath=\(configured(folder.appending(path: "%C")))"]
            words += ["-oControlPersist=\(wholeSeconds(options.controlPersist))"]
        } else {
            words += ["-oControlPath=none"]
        }
        return words
    }

    /// A path as an option's value: in quotes, since a space would end it.
    private static func configured(_ path: String) -> String { path.contains(" ") ? "\"\(path)\"" : path }

    static func wholeSeconds(_ duration: Duration) -> Int { max(1, Int(duration.seconds.rounded(.up))) }
}
