import SSH

/// Folders and names on a target.
enum RemotePaths {
    /// The name of the server's instance in paths, that of a standard installation.
    static let instance = "OctopusServer"
    /// Where packages wait, as a quoted shell word.
    static let files = "\"$HOME/.octopus/\(instance)/Files\""
    /// The journal of deployments, as a quoted shell word.
    static let journal = "\"$HOME/.octopus/\(instance)/DeploymentJournal.xml\""

    /// The folder of a package's versions, as a quoted shell word: instance, environment, package.
    static func applications(environment: String, package: String) -> String {
        let path = "/.octopus/Applications/\(instance)/\(segment(environment))/\(escaped(package))"
        return "\"$HOME\"" + ShellQuoting.quote(path)
    }

    /// An absolute path as a quoted shell word.
    static func quote(_ path: String) -> String { ShellQuoting.quote(path) }

    /// A name as one part of a path: characters that a file system or a person would trip over become "_".
    static func segment(_ name: String) -> String {
        var out = ""
        for scalar in name.unicodeScalars {
            let isBad = scalar.value < 32 || scalar.value == 127 || "/\\:*?\"<>|".unicodeScalars.contains(scalar)
            out.unicodeScalars.append(isBad ? "_" : scalar)
        }
        return [".", "..", ""].contains(out) ? "_" : out
    }

    /// A package id or version as one part of a path: nine characters percent-escaped, as Calamari does.
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            if "%<>:\"/\\|?@".unicodeScalars.contains(scalar) || scalar.value < 32 {
                let hex = String(scalar.value, radix: 16, uppercase: true)
                out += "%" + (hex.count < 2 ? "0" : "") + hex
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return [".", "..", ""].contains(out) ? "_" : out
    }

    /// The text is a file name of letters, digits and `. _ -`.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._- ".contains($0)) }
            && !text.hasPrefix(".") && !text.hasPrefix("-")
    }

    /// The text is a relative path that stays below where it starts.
    static func isBelow(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return !path.isEmpty && parts.allSatisfy { !$0.isEmpty && $0 != ".." && $0 != "." && !$0.contains("\0") }
    }
}
