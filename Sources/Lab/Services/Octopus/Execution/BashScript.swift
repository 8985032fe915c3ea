import Foundation
import SSH

/// A bash script of a deployment as it is run on a target: with Octopus' helper functions and the variables.
///
/// The way of Calamari: three files in the script's folder (the script, `Configure.<id>.sh` with helpers and values,
/// `Bootstrap.<id>.<script>`, which sources both), run as `bash Bootstrap…`, so `$0` is the bootstrap, nothing is set
/// by `set -e`, and the last command decides. The values are removed from disk as soon as they are read.
struct BashScript: Sendable, Hashable {
    /// A random text of letters and digits in the names of temporary files.
    var id: String
    /// The folder it runs in: a quoted shell word.
    var directory: String
    /// The script's file name in that folder.
    var name: String
    /// Its text; nil when the file is there already.
    var content: String?
    /// Words behind it, pasted as they are: the writer of the process quotes them.
    var parameters = ""
    /// Names and evaluated values.
    var variables: [Variable]
    /// Script modules that it may source: file names and texts.
    var modules: [Variable] = []
    /// Remove the script when it succeeded.
    var isRemovedAfter = false

    /// A name with a value.
    struct Variable: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// What is run by ``RemoteShell``.
    var text: String {
        let bootstrap = ShellQuoting.quote("Bootstrap.\(id).\(name)")
        let configure = "Configure.\(id).sh"
        let script = ShellQuoting.quote(name)
        var lines = [
            "nante_mask=$(umask); umask 077",
            "nante_dir=\(directory)",
            "mkdir -p -- \"$nante_dir\" && cd -- \"$nante_dir\" || exit 1",
            "trap 'exit 143' INT TERM HUP",
        ]
        var temporary = [configure, bootstrap]
        if let content {
            lines.append(RemoteScript.write(BashScript.unix(content), to: script))
            temporary.append(script)
        }
        for module in modules {
            let file = ShellQuoting.quote(module.name)
            lines.append(RemoteScript.write(BashScript.unix(module.value), to: file))
            temporary.append(file)
        }
        lines.append("trap 'rm -f -- \(temporary.map(BashScript.inTrap).joined(separator: " "))' EXIT")
        lines.append(RemoteScript.write(BashHelpers.text + "\n" + lookup, to: configure))
        lines.append(RemoteScript.write(bootstrapText, to: bootstrap))
        lines.append("umask \"$nante_mask\"")
        lines.append("/bin/bash \"$nante_dir\"/\(bootstrap)")
        lines.append("nante_code=$?")
        if isRemovedAfter { lines.append("[ \"$nante_code\" = 0 ] && rm -f -- \(script)") }
        lines.append("exit \"$nante_code\"")
        return lines.joined(separator: "\n") + "\n"
    }

    private var bootstrapText: String {
        // "./" so that source does not look the name up in PATH.
        let script = ShellQuoting.quote("./" + name)
        return """
            source ./Configure.\(id).sh
            rm -f -- ./Configure.\(id).sh
            source \(script) \(parameters)
            """ + "\n"
    }

    /// The function that knows the values; names are compared exactly, here only.
    private var lookup: String {
        var lines = ["function get_octopusvariable", "{", "  case \"$1\" in"]
        for variable in variables {
            let name = ShellQuoting.quote(variable.name)
            lines.append("    \(name)) printf '%s\\n' \(ShellQuoting.quote(variable.value));;")
        }
        lines += ["    *) printf '\\n';;", "  esac", "}"]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Text with the line ends that bash wants, and without a byte order mark.
    static func unix(_ text: String) -> String {
        let bare = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        return bare.replacing("\r\n", with: "\n")
    }

    /// A quoted word inside the single quotes of a trap.
    private static func inTrap(_ word: String) -> String { word.replacing("'", with: "'\\''") }
}

/// The helper functions of scripts, by Calamari's names.
enum BashHelpers {
    static let text = #"""
        function __octopus_encode
        {
          printf '%s' "$1" | base64 | tr -d '\n'
        }
        function set_octopusvariable
        {
          __octopus_name=$(__octopus_encode "$1")
          __octopus_rest=""
          [ -n "$2" ] && __octopus_rest=" value='$(__octopus_encode "$2")'"
          [ "$3" = "-sensitive" ] && __octopus_rest="$__octopus_rest sensitive='$(__octopus_encode True)'"
          echo "##octopus[setVariable name='$__octopus_name'$__octopus_rest]"
        }
        function new_octopusartifact
        {
          if [ ! -e "$1" ]; then
            echo "The artifact $1 does not exist" >&2
            exit 1
          fi
          __octopus_path=$(readlink -f -- "$1")
          __octopus_name=${2:-$(basename -- "$__octopus_path")}
          __octopus_size=$(stat -c %s -- "$__octopus_path")
          echo "##octopus[createArtifact path='$(__octopus_encode "$__octopus_path")'" \
            "name='$(__octopus_encode "$__octopus_name")' length='$(__octopus_encode "$__octopus_size")']"
        }
        function update_progress
        {
          echo "##octopus[progress percentage='$(__octopus_encode "$1")' message='$(__octopus_encode "$2")']"
        }
        function fail_step
        {
          [ -n "$1" ] && echo "##octopus[resultMessage message='$(__octopus_encode "$1")']"
          exit 1
        }
        function __octopus_say
        {
          echo "##octopus[stdout-$1]"
          shift
          echo $@
          echo "##octopus[stdout-default]"
        }
        function write_verbose { __octopus_say verbose "$@"; }
        function write_highlight { __octopus_say highlight "$@"; }
        function write_wait { __octopus_say wait "$@"; }
        function write_warning { __octopus_say warning "$@"; }
        function echo_warning { __octopus_say warning "$@"; }
        function echo_error { echo "$@" >&2; }
        function fail_healthcheck { fail_step "$@"; }
        """#
}
