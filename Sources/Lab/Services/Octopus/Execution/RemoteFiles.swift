import Core
import Foundation
import SSH

/// Files of an extracted package: reading, replacing and copying them on the target, as scripts.
enum RemoteFiles {
    /// A file by its path below the folder.
    struct File: Sendable, Hashable {
        var path: String
        var content: Data
    }

    /// The largest file that is substituted in, in bytes.
    static let largest = 8 << 20

    /// Prints the files that match a pattern (with `**` for any folders), each as a path and lines of base64.
    static func fetch(_ pattern: String, in directory: String) -> String {
        """
        cd -- \(ShellQuoting.quote(directory)) || exit 1
        shopt -s globstar nullglob dotglob
        IFS=
        for f in \(glob(pattern)); do
            [ -f "$f" ] || continue
            [ "$(stat -L -c %s -- "$f")" -le \(largest) ] || { echo "$f is too large" >&2; exit 1; }
            echo "file $(printf %s "$f" | base64 | tr -d '\\n')"
            base64 -w 60000 < "$f" | sed 's/^/data /'
        done
        """
    }

    /// The pattern as a shell word: only `*`, `?` and brackets keep their meaning.
    static func glob(_ pattern: String) -> String {
        var out = ""
        var plain = ""
        func flush() {
            if !plain.isEmpty { out += ShellQuoting.quote(plain) }
            plain = ""
        }
        let bare = pattern.replacing("\\", with: "/").trimmingPrefix("./")
        for character in bare {
            if "*?[]".contains(character) {
                flush()
                out.append(character)
            } else {
                plain.append(character)
            }
        }
        flush()
        return out
    }

    /// Reads what ``fetch(_:in:)`` printed; paths that leave the folder are dropped.
    static func read(_ lines: [String]) -> [File] {
        var files: [File] = []
        for line in lines {
            if line.hasPrefix("file "), let path = Data(base64Encoded: String(line.dropFirst(5))) {
                files.append(File(path: String(decoding: path, as: UTF8.self), content: Data()))
            } else if line.hasPrefix("data "), !files.isEmpty {
                files[files.count - 1].content.append(Data(base64Encoded: String(line.dropFirst(5))) ?? Data())
            }
        }
        return files.filter { RemotePaths.isBelow($0.path) }
    }

    /// Replaces a file's content; owner and mode stay.
    static func store(_ text: String, at path: String, in directory: String) -> String {
        let file = ShellQuoting.quote(path)
        return """
            cd -- \(ShellQuoting.quote(directory)) || exit 1
            t=\(file).nante.$$
            cp -p -- \(file) "$t" && base64 -d > "$t" <<'NANTE' && mv -f -- "$t" \(file) || { rm -f -- "$t"; exit 1; }
            \(Data(text.utf8).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed]))
            NANTE

            """
    }

    /// Copies a folder's content into another, emptied before where it is asked for; prints how many files.
    static func copy(_ directory: String, to custom: String, purge: Bool) -> String {
        let target = ShellQuoting.quote(custom)
        return """
            mkdir -p -- \(target) || exit 1
            \(purge ? "find \(target) -mindepth 1 -delete || exit 1" : ":")
            cp -a -- \(ShellQuoting.quote(directory))/. \(target)/ || exit 1
            find \(ShellQuoting.quote(directory)) -type f | wc -l
            """
    }
}
