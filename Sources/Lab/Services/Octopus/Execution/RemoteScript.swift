import SSH

/// The far side of ``RemoteShell``: what frames a script there.
enum RemoteScript {
    /// The script with what runs it as a process group of its own, ends the group when standard input closes, and
    /// prints the mark with the exit code at last.
    ///
    /// The body is a bash script. It is evaluated, not passed on: an argument can be read by every user of the target.
    /// Its standard input is empty.
    static func framed(_ body: String, mark: String) -> String {
        """
        nante_body=\(ShellQuoting.quote(body))
        exec 9<&0 </dev/null
        set -m
        ( set +m; eval "$nante_body" ) 9<&- &
        nante_pid=$!
        {
            while read -r -u 9 _; do :; done
            trap "" TERM  # from here on it goes to the end, whoever has ended before
            kill -TERM -- "-$nante_pid"
            for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                kill -0 -- "-$nante_pid" || exit 0
                sleep 0.25
            done
            kill -KILL -- "-$nante_pid"
        } >/dev/null 2>&1 &
        nante_watch=$!
        exec 9<&- 2>/dev/null  # the shell's own words on jobs are no part of the output
        set +m
        wait "$nante_pid"
        nante_code=$?
        { kill -- "-$nante_watch"; wait "$nante_watch"; }
        printf '\\n%s %s\\n' \(ShellQuoting.quote(mark)) "$nante_code"
        exit 0

        """
    }

    /// A statement that puts a text into a file; the path is the caller's to quote.
    static func write(_ text: String, to path: String) -> String {
        "printf '%s' \(ShellQuoting.quote(text)) > \(path)"
    }
}
