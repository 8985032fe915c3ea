import Core
import Crypto
import Foundation

/// The commands and files of a virtual machine, as pure values.
struct QEMUCommands: Sendable, Hashable {
    /// The folder of all hosts.
    let folder: String
    /// A folder with a short path: that of a socket has a limit (unix(7), 108 bytes).
    let sockets: String
    /// The bridge.
    let bridge: String

    func host(_ name: String) -> String { folder.appending(path: name) }
    func disk(_ name: String) -> String { host(name).appending(path: "disk.qcow2") }
    func seed(_ name: String) -> String { host(name).appending(path: "seed.iso") }
    /// What the machine prints on its first serial port.
    func serial(_ name: String) -> String { host(name).appending(path: "serial.log") }
    /// What QEMU itself says.
    func log(_ name: String) -> String { host(name).appending(path: "qemu.log") }
    /// Written and locked by QEMU itself.
    func pidFile(_ name: String) -> String { host(name).appending(path: "qemu.pid") }
    /// The socket of QEMU's machine protocol; no host has a name with a dot.
    func monitor(_ name: String) -> String { sockets.appending(path: "\(name).qmp") }

    /// The machine's end of its cable: a digest, since the name of an interface has at most 15 characters.
    func tap(_ name: String) -> String {
        "nv" + SHA256.hash(data: Data("\(bridge)\n\(folder)\n\(name)".utf8)).prefix(5).hex
    }

    /// Makes an empty layer over the image's disk.
    func makeDisk(_ path: String, image: String, size: Int) -> Command {
        Command(
            "qemu-img", ["create", "-q", "-f", "qcow2", "-b", image, "-F", "raw", path, "\(size)G"],
            deadline: .seconds(30))
    }

    func grow(_ name: String, to size: Int) -> Command {
        Command("qemu-img", ["resize", "-q", disk(name), "\(size)G"], deadline: .seconds(30))
    }

    func info(_ name: String) -> Command {
        Command("qemu-img", ["info", "--force-share", "--output=json", disk(name)], deadline: .seconds(30))
    }

    /// The disc that cloud-init reads (its data source NoCloud finds it by the name cidata).
    func makeSeed(from folder: String, to path: String) -> Command {
        Command(
            "genisoimage", ["-quiet", "-volid", "cidata", "-joliet", "-rock", "-output", path, folder],
            deadline: .seconds(30))
    }

    /// Makes the cable and puts it into the bridge; where it is there already, only the second.
    func plug(_ name: String, exists: Bool) -> [Command] {
        let make = Command("ip", ["tuntap", "add", "dev", tap(name), "mode", "tap"], deadline: .seconds(20))
        let join = Command("ip", ["link", "set", "dev", tap(name), "master", bridge, "up"], deadline: .seconds(20))
        return exists ? [join] : [make, join]
    }

    func unplug(_ name: String) -> Command { Command("ip", ["link", "delete", tap(name)], deadline: .seconds(20)) }

    /// The arguments of QEMU.
    ///
    /// The kernel is started directly: no boot loader, no firmware menu, no partitions.
    func machine(_ record: HostRecord, image: String, accelerator: QEMUAccelerator) -> [String] {
        let name = record.name
        func file(_ path: String) -> String { "file=" + path.replacing(",", with: ",,") }
        return [
            "-name", "guest=\(name)", "-nodefaults", "-no-user-config", "-display", "none", "-machine", "pc",
            "-accel", accelerator.text, "-cpu", accelerator.processor, "-smp", "\(record.spec.cores)",
            "-m", "\(record.spec.memory)M", "-kernel", image.appending(path: "vmlinuz"),
            "-initrd", image.appending(path: "initrd"),
            "-append", "root=/dev/vda rw console=ttyS0 quiet net.ifnames=0",
            "-drive", file(disk(name)) + ",if=none,id=disk,format=qcow2,discard=unmap,detect-zeroes=unmap",
            "-device", "virtio-blk-pci,drive=disk",
            "-drive", file(seed(name)) + ",if=none,id=seed,format=raw,readonly=on",
            "-device", "virtio-blk-pci,drive=seed",
            "-netdev", "tap,id=net,ifname=\(tap(name)),script=no,downscript=no",
            "-device", "virtio-net-pci,netdev=net,mac=\(record.hardwareAddress),romfile=",
            "-device", "virtio-rng-pci",
            // Memory that the machine no longer uses goes back to this one.
            "-device", "virtio-balloon-pci,free-page-reporting=on",
            "-chardev", "file,id=serial,path=" + serial(name).replacing(",", with: ",,"), "-serial", "chardev:serial",
            "-qmp", "unix:" + monitor(name).replacing(",", with: ",,") + ",server=on,wait=off",
            "-pidfile", pidFile(name),
        ]
    }
}

/// How the machines' processor is made.
struct QEMUAccelerator: Sendable, Hashable {
    /// QEMU's `-accel`.
    var text: String

    /// Emulation, which works everywhere, or what `NANTE_QEMU_ACCEL` says, such as "kvm".
    static func current(_ context: Context) throws -> QEMUAccelerator {
        let text = context.environment["NANTE_QEMU_ACCEL"] ?? ""
        guard !text.isEmpty else { return QEMUAccelerator(text: "tcg,thread=multi,tb-size=128") }
        let fits = text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "=,-".utf8.contains($0)
        }
        guard fits, !text.hasPrefix("-") else {
            throw Failure(
                .usage, "\"\(text)\" is no accelerator of QEMU", where: "NANTE_QEMU_ACCEL", why: "tcg or kvm, mostly")
        }
        return QEMUAccelerator(text: text)
    }

    var isKVM: Bool { text == "kvm" || text.hasPrefix("kvm,") }
    var processor: String { isKVM ? "host" : "max" }
}
