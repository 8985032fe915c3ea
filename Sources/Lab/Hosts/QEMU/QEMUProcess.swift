import Core
import Foundation

/// Finds the process of a machine, by what it was started with and not by a number alone.
struct QEMUProcess: Sendable {
    /// The file that QEMU was told to write its number to; its path is part of the process' arguments.
    let pidFile: String
    let context: Context

    /// The number of the process; nil when the machine is off.
    ///
    /// All processes are looked at where the file does not help: a command may have been killed after it had started
    /// QEMU and before QEMU had written the file.
    func find() -> Int32? {
        let text = (try? context.files.readText(pidFile)) ?? ""
        if let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)) {
            if isMachine(pid) { return pid }
            // One that this process started and that has ended is waited for, or it stays as a zombie.
            _ = LabProcess(pid: pid).ended()
        }
        let all = (try? context.files.list("/proc")) ?? []
        return all.compactMap { Int32($0) }.first(where: isMachine)
    }

    private func isMachine(_ pid: Int32) -> Bool {
        let words = LabProcess(pid: pid).arguments
        guard words.first?.lastPathComponent.hasPrefix("qemu-system") == true,
            let place = words.firstIndex(of: "-pidfile"), place + 1 < words.count
        else { return false }
        return words[place + 1] == pidFile
    }

    /// Bytes of this machine's memory that a process holds (proc(5), VmRSS).
    static func memory(_ pid: Int32) -> Int? {
        let text = FileManager.default.contents(atPath: "/proc/\(pid)/status").map {
            String(decoding: $0, as: UTF8.self)
        }
        let line = text?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 * 1024 }
    }
}

/// What this machine must have for virtual machines.
struct QEMUNeeds: Sendable {
    let context: Context
    /// The effective user id.
    var user: UInt32 = geteuid()

    /// Programs and the Debian packages that have them.
    static let programs: [(program: String, package: String)] = [
        ("qemu-system-x86_64", "qemu-system-x86"), ("qemu-img", "qemu-utils"), ("genisoimage", "genisoimage"),
        ("ip", "iproute2"), ("iptables", "iptables"), ("sysctl", "procps"), ("ssh-keygen", "openssh-client"),
    ]

    /// Looks for all of it.
    ///
    /// - Throws: a failure with exit `missing` that lists everything that is missing, and how to get it.
    func check(_ accelerator: QEMUAccelerator) throws {
        var missing: [String] = []
        var next: [String] = []
        if user != 0 {
            missing.append("root: making the network needs it (this is user id \(user))")
            next.append("sudo nante …")
        }
        let absent = QEMUNeeds.programs.filter { context.processes.find($0.program) == nil }
        if !absent.isEmpty {
            missing.append("programs: " + absent.map(\.program).joined(separator: ", "))
            next.append("apt-get install " + absent.map(\.package).joined(separator: " "))
        }
        if !context.files.exists("/dev/net/tun") {
            missing.append("/dev/net/tun: the machines' network cables")
            next.append("modprobe tun")
        }
        if accelerator.isKVM, !context.files.exists("/dev/kvm") {
            missing.append("/dev/kvm: NANTE_QEMU_ACCEL asks for it")
            next.append("unset NANTE_QEMU_ACCEL")
        }
        guard !missing.isEmpty else { return }
        throw Failure(
            .missing, "virtual machines can't run on this machine",
            details: missing.map { Failure.Detail("missing", $0) }, next: next)
    }
}
