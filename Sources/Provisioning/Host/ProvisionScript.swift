import Core
import Foundation
import SSH

/// The one script that brings a host to its configuration, sent over SSH to `sh -s` as root.
///
/// It may be cut off at any point: what is still to be told to nginx or systemd is remembered below /run until it
/// is told, and the fingerprint is written last.
enum ProvisionScript {
    /// The file that says what a host was brought to: "nante 1 FINGERPRINT", then the paths of its files.
    static let record = "/etc/nante/provisioned"
    /// The mark behind a file's text in the script.
    static let mark = "NANTE-END-OF-FILE"

    static func text(_ configuration: HostConfiguration, fingerprint: String) -> String {
        let files = configuration.files
        var text = beginning + packages + users(configuration)
        for file in files { text += put(file) }
        text += removals(configuration, files: files)
        text += telling
        text += stops
        text += put(
            HostFile(
                record, kind: .plain,
                text: "nante 1 \(fingerprint)\n" + files.map { $0.path + "\n" }.joined()))
        return text + "say done\n"
    }

    private static let beginning = """
        # Written by nante; brings this host to what nante.yml says. Safe to run again after any interruption.
        set -eu
        umask 022
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        LC_ALL=C
        export PATH LC_ALL
        [ "$(id -u)" = 0 ] || { echo "this needs root" >&2; exit 1; }
        say() { printf 'nante: %s\\n' "$1"; }
        mkdir -p /etc/nante/apps /run/nante-provision
        exec 9>/run/nante-provision/lock
        flock -w 120 9 || { echo "another nante apply is at work here" >&2; exit 75; }
        work=$(mktemp -d /run/nante-provision/work.XXXXXX)
        trap 'rm -rf "$work"' EXIT
        : >"$work/touched"

        # later KIND: something is to be told of a change; kept until it was told, also over a kill.
        later() { : >"/run/nante-provision/tell-$1"; }
        is_later() { [ -e "/run/nante-provision/tell-$1" ]; }
        told() { rm -f "/run/nante-provision/tell-$1"; }

        # keep PATH: remembers a file of nginx as it was, in case the new ones do not pass its check.
        keep() {
            printf '%s\\n' "$1" >>"$work/touched"
            if [ -e "$1" ]; then cp -p "$1" "$work/old-$(printf %s "$1" | tr / %)"; fi
        }
        restore() {
            while IFS= read -r path; do
                old=$work/old-$(printf %s "$path" | tr / %)
                if [ -e "$old" ]; then cp -p "$old" "$path"; else rm -f "$path"; fi
            done <"$work/touched"
        }

        # put PATH MODE KIND: the text on standard input becomes the file, in one step.
        put() {
            cat >"$work/new"
            if [ -f "$1" ] && [ ! -L "$1" ] && cmp -s "$work/new" "$1" &&
                [ "$(stat -c '%a %u' "$1")" = "$2 0" ]; then return 0; fi
            case $3 in
            sudoers) visudo -cqf "$work/new" || { echo "$1 is refused by visudo" >&2; return 1; } ;;
            nginx) keep "$1"; later nginx ;;
            unit) later systemd ;;
            esac
            mkdir -p "${1%/*}"
            install -m "$2" -o root -g root "$work/new" "$1.nante-new"
            mv -f "$1.nante-new" "$1"
            say "wrote $1"
        }

        # take PATH KIND: the file goes.
        take() {
            [ -e "$1" ] || [ -L "$1" ] || return 0
            case $2 in nginx) keep "$1"; later nginx ;; unit) later systemd ;; esac
            rm -f "$1"
            say "removed $1"
        }


        """

    private static let packages = """
        missing=''
        need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
        need nginx nginx-light
        need curl curl
        need openssl openssl
        need sudo sudo
        need setpriv util-linux
        if [ -n "$missing" ]; then
            export DEBIAN_FRONTEND=noninteractive
            apt-get update -q >&2
            # shellcheck disable=SC2086
            apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 $missing >&2
            say "installed$missing"
        fi


        """

    private static func users(_ configuration: HostConfiguration) -> String {
        let user = HostConfiguration.deployUser
        var text = """
            if ! id -u \(user) >/dev/null 2>&1; then
                useradd --create-home --shell /bin/bash --password '*' --comment 'nante deployments' \(user)
                say "made user \(user)"
            fi
            # With the user's own rights: it owns the folder, and could put a link to any file in it.
            runuser -u \(user) -- sh -c '
                umask 077
                cd && mkdir -p .ssh && touch .ssh/authorized_keys
                grep -qxF -e "$1" .ssh/authorized_keys || printf "%s\\n" "$1" >>.ssh/authorized_keys
            ' sh \(ShellQuoting.quote(configuration.deployKey))

            # app NAME: its user, which is nobody else, and its folders.
            app() {
                if ! id -u "$1" >/dev/null 2>&1; then
                    useradd --system --user-group --no-create-home --home-dir /nonexistent \\
                        --shell /usr/sbin/nologin --comment 'nante application' "$1"
                    say "made user $1"
                fi
                case $(getent passwd "$1") in
                *:'nante application':*) ;;
                *) echo "the user $1 is there and belongs to something else" >&2; exit 1 ;;
                esac
                install -d -m 0755 -o root -g root "/opt/$1" "/opt/$1/releases" "/opt/$1/slots" "/opt/$1/sock"
            }


            """
        for app in configuration.apps { text += "app \(app.name)\n" }
        return text + "\n"
    }

    private static func put(_ file: HostFile) -> String {
        var mark = mark
        while file.text.contains(mark) { mark += "-" }
        let mode = String(file.mode, radix: 8)
        return "put \(file.path) \(mode) \(file.kind.rawValue) <<'\(mark)'\n\(file.text)\(mark)\n\n"
    }

    private static func removals(_ configuration: HostConfiguration, files: [HostFile]) -> String {
        let sites = files.filter { $0.kind == .nginx }.map(\.path)
        let apps = configuration.apps.map { "/etc/nante/apps/\($0.name).conf" }
        return """
            # What is no longer wanted: first its sites, so that no request comes any more.
            take /etc/nginx/sites-enabled/default nginx
            for path in /etc/nginx/conf.d/nante-*.conf; do
                case $path in
                \((sites + ["'/etc/nginx/conf.d/nante-*.conf'"]).joined(separator: " | "))) ;;
                *) take "$path" nginx ;;
                esac
            done
            gone=''
            for path in /etc/nante/apps/*.conf; do
                case $path in
                \((apps + ["'/etc/nante/apps/*.conf'"]).joined(separator: " | "))) ;;
                *) name=${path##*/}; gone="$gone ${name%.conf}" ;;
                esac
            done


            """
    }

    private static let telling = """
        if is_later systemd; then systemctl daemon-reload; told systemd; fi
        for path in /etc/tmpfiles.d/nante-*.conf; do
            [ ! -e "$path" ] || systemd-tmpfiles --create "$path"
        done
        if ! nginx -t >"$work/nginx" 2>&1; then
            cat "$work/nginx" >&2
            restore
            echo "nginx refuses the new configuration; the old one was put back" >&2
            exit 3
        fi
        systemctl is-enabled --quiet nginx || systemctl enable --quiet nginx
        if ! systemctl is-active --quiet nginx; then
            systemctl restart nginx
            told nginx
            say "started nginx"
        elif is_later nginx; then
            systemctl reload nginx
            told nginx
            say "reloaded nginx"
        fi


        """

    private static let stops = """
        for name in $gone; do
            systemctl disable --now --quiet "$name@blue.service" "$name@green.service" || true
            take "/etc/systemd/system/$name@.service" unit
            take "/etc/tmpfiles.d/nante-$name.conf" plain
            take "/etc/nante/apps/$name.conf" plain
            say "stopped $name; its releases stay in /opt/$name"
        done
        if is_later systemd; then systemctl daemon-reload; told systemd; fi

        """

}
