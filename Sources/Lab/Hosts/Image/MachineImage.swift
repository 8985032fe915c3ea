import Core
import Crypto
import Foundation

/// The base image of virtual machines: a disk without partitions, and the kernel and first RAM disk that start it.
///
/// The disk is only read: each machine writes to a layer of its own above it.
struct MachineImage: ImageRecipe {
    /// Raised when the recipe's steps change in a way that its values do not show.
    static let revision = 1
    /// The size of the disk in GiB, and so the least that a machine can have.
    static let size = 1
    /// The Debian in it.
    var debian = Bootstrap(packages: [
        "systemd", "systemd-sysv", "udev", "dbus", "openssh-server", "nginx-light", "sudo", "curl", "openssl",
        "ca-certificates", "iproute2", "procps", "cloud-init", "linux-image-cloud-amd64", "kmod", "cpio",
        "busybox-static", "e2fsprogs",
    ])

    /// The recipe of this machine.
    static func current(_ context: Context) throws -> MachineImage {
        var recipe = MachineImage()
        recipe.debian.mirror = try Bootstrap.mirror(context)
        return recipe
    }

    var name: String {
        let parts = [
            "\(MachineImage.revision)", "\(MachineImage.size)", debian.suite, debian.packages.joined(separator: ","),
            MachineImage.customization, MachineImage.disk,
        ]
        let digest = SHA256.hash(data: Data(parts.joined(separator: "\n").utf8))
        return "\(debian.suite)-vm-" + digest.prefix(6).hex
    }

    var effort: String { "Debian \(debian.suite) with a kernel and cloud-init, about two minutes, once" }
    let programs = [
        (program: "mmdebstrap", package: "mmdebstrap"), (program: "mkfs.ext4", package: "e2fsprogs"),
        (program: "flock", package: "util-linux"),
    ]
    var base: (any ImageRecipe)? { nil }

    func make(_ work: ImageWork) async throws {
        try await work.run(debian.build(into: work.root, customization: MachineImage.customization, lock: work.busy))
        work.tell("base image: laying out the disk")
        try await work.run(
            Command(
                "flock", ["--nonblock", work.busy, "sh", "-euc", MachineImage.disk, "sh", work.folder],
                deadline: .seconds(600)))
    }

    /// The disk from the root file system, in the image's folder $1.
    ///
    /// Checksums of metadata cost time where the processor is emulated, and a sum of each file's is not kept anyway.
    static let disk = """
        cd "$1"
        cp rootfs/boot/vmlinuz-* vmlinuz
        mv rootfs/boot/nante-initrd initrd
        rm -f rootfs/boot/initrd.img-*
        truncate -s \(size)G disk.raw
        mkfs.ext4 -q -F -L root -O ^metadata_csum -E lazy_itable_init=0,lazy_journal_init=0 -d rootfs disk.raw
        chmod 0444 disk.raw
        rm -rf rootfs
        """

    /// Run by mmdebstrap with the root folder as $1.
    static let customization = """
        set -eu
        units=$1/etc/systemd/system
        ln -sf /lib/systemd/system/multi-user.target "$units/default.target"
        ln -sf /lib/systemd/system/systemd-networkd.service "$units/multi-user.target.wants/systemd-networkd.service"
        for unit in \(unneeded.joined(separator: " ")); do ln -sf /dev/null "$units/$unit"; done
        rm -f "$1"/etc/ssh/ssh_host_* "$1/etc/hostname" "$1/var/lib/dbus/machine-id"
        : > "$1/etc/machine-id"
        echo 'LABEL=root / ext4 noatime 0 1' > "$1/etc/fstab"
        cat > "$1/etc/ssh/sshd_config.d/nante.conf" <<'EOF'
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        UseDNS no
        PrintMotd no
        MaxStartups 100
        MaxSessions 100
        HostKey /etc/ssh/ssh_host_ed25519_key
        EOF
        mkdir -p "$1/etc/systemd/journald.conf.d"
        printf '[Journal]\\nStorage=persistent\\nSystemMaxUse=64M\\n' > "$1/etc/systemd/journald.conf.d/nante.conf"
        printf 'datasource: NoCloud\\n' > "$1/etc/cloud/ds-identify.cfg"
        cat > "$1/etc/cloud/cloud.cfg.d/90-nante.cfg" <<'EOF'
        \(cloud)
        EOF
        cat > "$1/tmp/initrd.sh" <<'EOF'
        \(initrd)
        EOF
        chroot "$1" sh /tmp/initrd.sh
        rm -rf "$1"/tmp/* "$1"/var/cache/apt/archives/*.deb "$1"/var/log/*.log "$1"/var/log/apt/*
        """

    /// cloud-init does what the lab's seeds and common seeds of users ask for; each module more costs its loading, and
    /// Python is most of what an emulated machine does until it answers.
    ///
    /// `ssh_pwauth` is not among them: for it the SSH server is started again after it answered the first time.
    private static let cloud = """
        datasource_list: [NoCloud]
        disable_root: false
        ssh_deletekeys: false
        manage_etc_hosts: true
        locale: false
        system_info:
          network:
            renderers: [networkd]
          default_user:
            name: deploy
            gecos: deploy
            groups: [adm, sudo]
        cloud_init_modules: [bootcmd, write-files, resizefs, set_hostname, update_etc_hosts, ca-certs, users-groups, \
        ssh]
        cloud_config_modules: [set-passwords, timezone, runcmd]
        cloud_final_modules: [package-update-upgrade-install, write-files-deferred, scripts-user, final-message]
        """

    /// A first RAM disk that loads two drivers and mounts the disk: Debian's own starts udev before it.
    private static let initrd = """
        set -eu
        kernel=$(ls /lib/modules)
        tree=/tmp/initrd
        mkdir -p $tree/bin $tree/lib $tree/dev $tree/root
        cp /bin/busybox $tree/bin/
        for module in virtio_pci virtio_blk; do modprobe -S "$kernel" --show-depends $module; done |
            awk '$1 == "insmod" && !seen[$2]++ {print $2}' > /tmp/modules
        while read -r file; do cp "$file" $tree/lib/; basename "$file"; done < /tmp/modules > $tree/modules
        cat > $tree/init <<'INIT'
        #!/bin/busybox sh
        /bin/busybox mount -t devtmpfs dev /dev
        for module in $(/bin/busybox cat /modules); do /bin/busybox insmod /lib/$module; done
        n=0
        while [ ! -b /dev/vda ] && [ $n -lt 100 ]; do /bin/busybox sleep 0.1; n=$((n + 1)); done
        /bin/busybox mount -t ext4 -o rw,noatime /dev/vda /root || exec /bin/busybox sh
        /bin/busybox mount --move /dev /root/dev
        exec /bin/busybox switch_root /root /sbin/init
        INIT
        chmod 0755 $tree/init
        (cd $tree && find . | cpio -o -H newc --quiet) | gzip -1 > /boot/nante-initrd
        """

    private static let unneeded = [
        "getty.target", "systemd-networkd-wait-online.service", "apt-daily.timer", "apt-daily-upgrade.timer",
        "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer", "dpkg-db-backup.timer",
        "systemd-firstboot.service", "ldconfig.service", "systemd-update-utmp.service",
        "systemd-update-utmp-runlevel.service", "systemd-hwdb-update.service", "systemd-pstore.service",
        "cloud-init-hotplugd.socket", "dev-hugepages.mount", "sys-kernel-debug.mount", "sys-kernel-tracing.mount",
    ]
}
