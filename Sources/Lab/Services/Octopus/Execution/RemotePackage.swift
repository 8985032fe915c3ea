import Core
import Foundation
import SSH
import Synchronization

/// A package on a target: how it gets there and is extracted, as scripts.
struct RemotePackage: Sendable {
    let package: StoredPackage
    /// The name of the environment.
    let environment: String

    /// What an extraction tells.
    struct Extracted: Sendable, Hashable {
        /// The absolute path of the folder.
        var directory: String
        var count: Int
        /// Deployment scripts in the root, by their file names.
        var scripts: [String]
        /// The journal's text.
        var journal: String
    }

    /// The waiting file's name: `<id>@S<version>@<hash><extension>`, so that the same name is the same content.
    var cacheName: String {
        let version = RemotePaths.escaped(package.version)
        return
            "\(RemotePaths.escaped(package.package))@S\(version)@\(package.sha256.prefix(32))\(package.fileExtension)"
    }

    /// The waiting file as a quoted shell word.
    private var cached: String { "\(RemotePaths.files)/\(ShellQuoting.quote(cacheName))" }

    /// The line that takes the file on standard input, checks its hash, and puts it in place in one step.
    var receiveLine: String {
        """
        umask 077; f=\(cached); t="$f.part.$$"; mkdir -p -- \(RemotePaths.files) && cat > "$t" && \
        [ "$(sha256sum < "$t" | cut -d ' ' -f 1)" = \(package.sha256) ] && mv -f -- "$t" "$f" || \
        { rm -f -- "$t"; echo "the package arrived damaged or could not be written" >&2; exit 1; }
        """
    }

    /// Extracts the waiting package into a new folder, never one that is there; prints "need" when it is not waiting.
    ///
    /// - Parameter folder: a quoted shell word; nil takes the application folder of environment, id and version.
    func extractScript(into folder: String?) -> String {
        let base = RemotePaths.applications(environment: environment, package: package.package)
        let version = ShellQuoting.quote(RemotePaths.escaped(package.version))
        let make =
            folder.map { "d=\($0); mkdir -p -- \"$d\" || exit 1" }
                ?? """
                b=\(base); mkdir -p -- "$b" || exit 1
                d="$b"/\(version); n=1
                until mkdir -- "$d" 2>/dev/null; do
                    [ -e "$d" ] || { echo "can't make the folder $d" >&2; exit 1; }
                    d="$b"/\(version)_$n; n=$((n + 1))
                done
                """
        return """
            f=\(cached)
            [ -f "$f" ] && [ "$(stat -c %s -- "$f")" = \(package.size) ] || { echo need; exit 0; }
            \(make)
            free=$(df -Pk -- "$d" | awk 'NR == 2 { print $4 }')
            if [ "${free:-0}" -lt \(512_000 + package.size / 512) ]; then
                echo "less than 500 MB would be free on the target" >&2; rmdir -- "$d"; exit 1
            fi
            \(unpack) || { echo "the package could not be extracted" >&2; rm -rf -- "$d"; exit 1; }
            echo "directory $(cd -- "$d" && pwd | base64 | tr -d '\\n')"
            echo "count $(find "$d" -mindepth 1 ! -type d | wc -l)"
            for s in "$d"/*; do
                case "$(basename -- "$s" | tr 'A-Z' 'a-z')" in
                    predeploy.sh|deploy.sh|postdeploy.sh|deployfailed.sh)
                        [ -f "$s" ] && echo "script $(basename -- "$s")";;
                esac
            done
            echo journal
            cat -- \(RemotePaths.journal) 2>/dev/null || true

            """
    }

    private var unpack: String {
        switch package.fileExtension {
        case ".tar.gz", ".tgz": "tar -xzf \"$f\" -C \"$d\" --no-same-owner"
        case ".tar.bz2": "tar -xjf \"$f\" -C \"$d\" --no-same-owner"
        case ".tar": "tar -xf \"$f\" -C \"$d\" --no-same-owner"
        default: "unzip -q \"$f\" -d \"$d\""
        }
    }

    /// Reads what the script printed; nil when it asked for the package.
    static func read(_ lines: [String]) throws -> Extracted? {
        if lines.first == "need" { return nil }
        var extracted = Extracted(directory: "", count: 0, scripts: [], journal: "")
        for (place, line) in lines.enumerated() {
            let words = line.split(separator: " ", maxSplits: 1)
            guard let first = words.first else { continue }
            let rest = words.count > 1 ? String(words[1]) : ""
            switch first {
            case "directory":
                extracted.directory =
                    Data(base64Encoded: rest).map {
                        String(decoding: $0, as: UTF8.self).trimmingSpace
                    } ?? ""
            case "count": extracted.count = Int(rest.trimmingSpace) ?? 0
            case "script": extracted.scripts.append(rest)
            case "journal":
                extracted.journal = lines[(place + 1)...].joined(separator: "\n")
                return extracted.directory.isEmpty ? try fault(lines) : extracted
            default: break
            }
        }
        return try fault(lines)
    }

    private static func fault(_ lines: [String]) throws -> Extracted {
        throw ActionFault(message: "The target answered in an unexpected way: \(lines.prefix(3))")
    }
}

/// Gathers the lines of a program.
final class LineCollector: Sendable {
    private let lines = Mutex<[OutputLine]>([])

    func take(_ line: OutputLine) { lines.withLock { $0.append(line) } }

    /// Lines of standard output.
    var out: [String] { lines.withLock { $0.filter { $0.stream == .stdout }.map(\.text) } }
    /// Lines of standard error.
    var err: [String] { lines.withLock { $0.filter { $0.stream == .stderr }.map(\.text) } }
}
