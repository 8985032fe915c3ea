import Core
import Foundation

/// Devices of this machine for its hosts.
///
/// The root of an unprivileged host is nobody outside and may not open a node that only root can, so such hosts get
/// nodes of their own. They lie below /dev, since other file systems may allow none, and no host can reach them to
/// put something else in their place.
struct LXCDevices: Sendable {
    let bridge: String
    let context: Context

    /// The folder of this lab's own nodes.
    var folder: String { "/dev/nante/\(bridge)" }

    /// Looks a host's devices up.
    ///
    /// - Throws: a failure with exit `missing` for one that this machine does not have.
    func find(_ spec: HostSpec) throws -> [LXCDevice] {
        try spec.devices.map { path in
            let node = try look(path)
            let source = spec.unprivileged ? folder + path.dropFirst("/dev".count) : path
            return LXCDevice(path: path, source: source, rule: node.rule)
        }
    }

    /// Makes the nodes that unprivileged hosts use.
    func make(_ spec: HostSpec, owner: UInt32) throws {
        guard spec.unprivileged else { return }
        for device in try find(spec) {
            let node = try look(device.path)
            var info = stat()
            if lstat(device.source, &info) == 0, info.st_rdev == node.number { continue }
            try context.files.makeDirectory(device.source.parentPath)
            var place = device.source.parentPath
            while place.count >= "/dev/nante".count {
                chmod(place, 0o755)
                place = place.parentPath
            }
            unlink(device.source)
            guard mknod(device.source, node.kind | 0o660, node.number) == 0 || errno == EEXIST,
                lchown(device.source, owner, owner) == 0, chmod(device.source, 0o660) == 0
            else { throw Failure(.missing, "can't make \(device.source)", why: String(cString: strerror(errno))) }
        }
    }

    /// Removes this lab's own nodes.
    func remove() throws {
        guard context.files.exists(folder) else { return }
        try context.files.remove(folder)
        rmdir(folder.parentPath)
    }

    private func look(_ path: String) throws -> (kind: mode_t, number: dev_t, rule: String) {
        var info = stat()
        let found = stat(path, &info) == 0
        let kind = info.st_mode & S_IFMT
        guard found, kind == S_IFCHR || kind == S_IFBLK else {
            let tun = path == "/dev/net/tun" ? ["mkdir -p /dev/net", "mknod -m 666 /dev/net/tun c 10 200"] : []
            throw Failure(
                .missing, "this machine has no device \(path)", why: found ? "it is no device" : "no such file",
                next: tun)
        }
        // The parts of a device number as in gnu_dev_major(3), which is a macro to Swift.
        let number = UInt64(info.st_rdev)
        let major = (number >> 8) & 0xFFF | (number >> 32) & ~0xFFF
        let minor = number & 0xFF | (number >> 12) & ~0xFF
        return (kind, info.st_rdev, "\(kind == S_IFCHR ? "c" : "b") \(major):\(minor) rwm")
    }
}
