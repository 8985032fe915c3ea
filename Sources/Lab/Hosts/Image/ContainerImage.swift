import Core
import Crypto
import Foundation

/// The base image of unprivileged containers: a root file system whose every owner is moved up.
struct ContainerImage: ImageRecipe, Hashable {
    /// Raised when the recipe's steps change in a way that its values do not show.
    static let revision = 1
    /// The Debian in it.
    var debian = Bootstrap(packages: [
        "systemd", "systemd-sysv", "openssh-server", "nginx-light", "sudo", "curl", "openssl", "ca-certificates",
        "iproute2", "procps",
    ])
    /// The first user id of the hosts; each id inside is moved up by it.
    var shift: UInt32 = 100_000

    /// The recipe of this machine.
    static func current(_ context: Context) throws -> ContainerImage {
        var recipe = ContainerImage()
        recipe.debian.mirror = try Bootstrap.mirror(context)
        return recipe
    }

    var name: String {
        let parts = [
            "\(ContainerImage.revision)", debian.suite, debian.packages.joined(separator: ","), "\(shift)",
            ContainerImage.customization,
        ]
        let digest = SHA256.hash(data: Data(parts.joined(separator: "\n").utf8))
        return "\(debian.suite)-lxc-" + digest.prefix(6).hex
    }

    var effort: String { "Debian \(debian.suite), about a minute, once" }
    let programs = [(program: "mmdebstrap", package: "mmdebstrap")]
    var base: (any ImageRecipe)? { nil }

    func make(_ work: ImageWork) async throws {
        try await work.run(
            debian.build(into: work.root, customization: ContainerImage.customization, lock: work.busy))
        try IDShift.apply(work.root, by: Int(shift))
    }

    static func == (left: ContainerImage, right: ContainerImage) -> Bool {
        left.debian == right.debian && left.shift == right.shift
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(debian)
        hasher.combine(shift)
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

/// The base image of privileged containers: the same files, every owner as Debian has it.
///
/// A copy, since the owners of the shared one are those of unprivileged hosts, which must not change below them.
struct PlainContainerImage: ImageRecipe {
    let shifted: ContainerImage

    var name: String { shifted.name + "-root" }
    var effort: String { "a copy of \(shifted.name), a few seconds, once" }
    let programs = [(program: "cp", package: "coreutils"), (program: "flock", package: "util-linux")]
    var base: (any ImageRecipe)? { shifted }

    func make(_ work: ImageWork) async throws {
        let from = work.images.root(shifted.name)
        try await work.run(
            Command(
                "flock", ["--nonblock", work.busy, "cp", "--archive", "--reflink=auto", "--", from + "/.", work.root],
                deadline: .seconds(600)))
        try IDShift.apply(work.root, by: -Int(shifted.shift))
    }
}
