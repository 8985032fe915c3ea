import Core
import Crypto
import Foundation

/// What the base image of hosts is made of; another recipe is another image.
struct ImageRecipe: Sendable, Hashable {
    /// Raised when the recipe's steps change in a way that its values do not show.
    static let revision = 1
    /// The Debian release.
    var suite = "bookworm"
    /// The packages beside the essential ones.
    var packages = [
        "systemd", "systemd-sysv", "openssh-server", "nginx-light", "sudo", "curl", "openssl", "ca-certificates",
        "iproute2", "procps",
    ]
    /// A mirror instead of Debian's own addresses.
    var mirror: String?
    /// The first user id of the hosts; each id inside is moved up by it.
    var shift: UInt32 = 100_000

    /// The recipe of this machine: `NANTE_DEBIAN_MIRROR` names another mirror.
    static func current(_ context: Context) throws -> ImageRecipe {
        var recipe = ImageRecipe()
        if let mirror = context.environment["NANTE_DEBIAN_MIRROR"], !mirror.isEmpty {
            guard mirror.hasPrefix("http://") || mirror.hasPrefix("https://"), !mirror.contains(where: \.isWhitespace)
            else { throw Failure(.usage, "\"\(mirror)\" is no mirror address", where: "NANTE_DEBIAN_MIRROR") }
            recipe.mirror = mirror
        }
        return recipe
    }

    /// The image's name: suite and a digest of all that goes into it.
    var name: String {
        let parts = [
            "\(ImageRecipe.revision)", suite, packages.joined(separator: ","), "\(shift)", ImageRecipe.customization,
        ]
        let digest = SHA256.hash(data: Data(parts.joined(separator: "\n").utf8))
        return "\(suite)-lxc-" + digest.prefix(6).hex
    }

    /// The command that makes the root file system in an empty folder.
    ///
    /// Its mounts (/proc, /sys, /dev/pts) are seen by itself alone, so that nobody removes files through them, and it
    /// holds a lock as long as any part of it lives: killing nante does not end it.
    ///
    /// - Parameter lock: the file that is locked.
    func build(into folder: String, lock: String) -> Command {
        var words = [
            "--variant=minbase", "--mode=root", "--include=" + packages.joined(separator: ","),
            #"--aptopt=Acquire::Languages "none""#, #"--aptopt=APT::Install-Recommends "false""#,
        ]
        for path in ["man", "doc", "locale", "info"] { words.append("--dpkgopt=path-exclude=/usr/share/\(path)/*") }
        words += ["--customize-hook=" + ImageRecipe.customization, suite, folder]
        if let mirror { words.append(mirror) }
        let wrapper = ["--mount", "--propagation", "private", "flock", "--nonblock", lock, "mmdebstrap"]
        return Command("unshare", wrapper + words, deadline: .seconds(1800))
    }

    /// Run by mmdebstrap with the root folder as $1: what a container does not need is switched off, keys and names
    /// that each host gets for itself are removed.
    static let customization = """
        set -eu
        units=$1/etc/systemd/system
        ln -sf /lib/systemd/system/multi-user.target "$units/default.target"
        for unit in \(unneeded.joined(separator: " ")); do ln -sf /dev/null "$units/$unit"; done
        rm -f "$1"/etc/ssh/ssh_host_* "$1/etc/hostname" "$1/etc/machine-id" "$1/var/lib/dbus/machine-id"
        cat > "$1/etc/ssh/sshd_config.d/nante.conf" <<'EOF'
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        UsePAM no
        UseDNS no
        PrintMotd no
        MaxStartups 100
        MaxSessions 100
        HostKey /etc/ssh/ssh_host_ed25519_key
        AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/authorized_keys.d/%u
        EOF
        mkdir -p "$1/etc/systemd/journald.conf.d"
        printf '[Journal]\\nStorage=persistent\\nSystemMaxUse=64M\\n' > "$1/etc/systemd/journald.conf.d/nante.conf"
        chroot "$1" useradd --create-home --shell /bin/bash --password '*' deploy
        rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/log/*.log "$1"/var/log/apt/*
        """

    private static let unneeded = [
        "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "fstrim.timer",
        "e2scrub_reap.service", "getty.target", "console-getty.service", "systemd-logind.service",
        "systemd-pstore.service", "systemd-firstboot.service", "systemd-repart.service", "systemd-binfmt.service",
        "proc-sys-fs-binfmt_misc.automount", "sys-kernel-config.mount", "sys-kernel-debug.mount",
        "sys-kernel-tracing.mount", "sys-fs-fuse-connections.mount", "dev-hugepages.mount",
        "systemd-modules-load.service", "systemd-update-utmp.service", "systemd-update-utmp-runlevel.service",
        "systemd-udevd.service", "systemd-udev-trigger.service", "systemd-hwdb-update.service", "ldconfig.service",
        "systemd-random-seed.service", "systemd-tmpfiles-setup-dev.service",
        "systemd-journal-catalog-update.service", "systemd-update-done.service", "cryptsetup.target",
        "veritysetup.target", "integritysetup.target", "remote-fs.target", "systemd-ask-password-wall.path",
        "systemd-ask-password-console.path",
    ]
}
