import Core

/// How the text of a `run` step becomes a program call.
///
/// Table: actions/runner, src/Runner.Worker/Handlers/ScriptHandlerHelpers.cs (Linux and macOS rows).
public struct Shell: Sendable, Hashable {
    /// The program, a name that is looked up in PATH, or a path.
    public var program: String
    /// Its arguments; `{0}` stands for the script file.
    public var arguments: [String]
    /// The ending of the script file's name, with its dot; may be empty.
    public var suffix: String

    /// A shell.
    public init(program: String, arguments: [String], suffix: String) {
        self.program = program
        self.arguments = arguments
        self.suffix = suffix
    }

    /// The shell of a step.
    ///
    /// - Parameters:
    ///   - text: what `shell:` says; nil is bash where there is one, else sh, both without pipefail.
    ///   - hasBash: there is a bash on PATH.
    /// - Throws: a failure for a name that is not built in and has no `{0}`.
    public static func named(_ text: String?, hasBash: Bool) throws -> Shell {
        guard let text, !text.isEmpty else {
            return Shell(program: hasBash ? "bash" : "sh", arguments: ["-e", "{0}"], suffix: ".sh")
        }
        let words = try Shell.words(text)
        guard let program = words.first else {
            throw Failure(.usage, "the shell of a step is empty")
        }
        let kind = program.lastPathComponent.lowercased()
        if words.count == 1 {
            guard let arguments = builtIn[kind] else {
                throw Failure(
                    .usage, "\(JSONValue.string(text).text()) is no shell",
                    why: "built in are bash, sh, python, pwsh, powershell; any other needs {0} for the script file")
            }
            return Shell(program: program, arguments: arguments, suffix: suffixes[kind] ?? "")
        }
        guard words.dropFirst().contains(where: { $0.contains("{0}") }) else {
            throw Failure(
                .usage, "the shell \(JSONValue.string(text).text()) has no {0}",
                why: "{0} is where the path of the script file goes")
        }
        return Shell(program: program, arguments: Array(words.dropFirst()), suffix: suffixes[kind] ?? "")
    }

    /// The arguments with the script file in its place.
    public func arguments(script: String) -> [String] {
        arguments.map { $0.replacing("{0}", with: script) }
    }

    /// The script as it is written to the file.
    public func script(_ text: String) -> String {
        let unix = text.replacing("\r\n", with: "\n")
        guard suffix == ".ps1" else { return unix.hasSuffix("\n") ? unix : unix + "\n" }
        return """
            $ErrorActionPreference = 'stop'
            \(unix)
            if ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }

            """
    }

    private static let builtIn: [String: [String]] = [
        "bash": ["--noprofile", "--norc", "-e", "-o", "pipefail", "{0}"],
        "sh": ["-e", "{0}"],
        "python": ["{0}"],
        "pwsh": ["-command", ". '{0}'"],
        "powershell": ["-command", ". '{0}'"],
    ]

    private static let suffixes = [
        "bash": ".sh", "sh": ".sh", "python": ".py", "pwsh": ".ps1", "powershell": ".ps1",
    ]

    /// Splits at blanks; double quotes keep blanks together.
    private static func words(_ text: String) throws -> [String] {
        var words: [String] = []
        var word: String?
        var quoted = false
        for character in text {
            if character == "\"" {
                quoted.toggle()
                word = word ?? ""
            } else if character.isWhitespace, !quoted {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if quoted { throw Failure(.usage, "the shell \(JSONValue.string(text).text()) has a quote without end") }
        if let word { words.append(word) }
        return words
    }
}
