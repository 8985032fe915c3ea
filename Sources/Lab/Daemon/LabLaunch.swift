import Core
import Foundation

/// Starts a program that lives on when its starter ends: a session of its own, standard streams away from the
/// terminal, no inherited descriptors.
///
/// `ProcessRunner` can't do this, since everything that it starts ends with it.
struct LabLaunch: Sendable {
    let program: String
    let arguments: [String]
    let environment: [String: String]
    let log: String

    /// The variables that a lab in the background keeps; others may be secrets of whoever started it.
    static let kept: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "NANTE_HOME", "NANTE_BRIDGE", "NANTE_SUBNET", "NANTE_IMAGES", "NANTE_DEBIAN_MIRROR", "NANTE_QEMU_ACCEL",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy",
        "https_proxy", "no_proxy", "MALLOC_ARENA_MAX", "SWIFT_BACKTRACE",
    ]

    /// Starts it and returns its pid.
    func start() throws -> Int32 {
        keepDescriptors()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // POSIX_SPAWN_SETSID is 0x80 (glibc 2.26, spawn.h); the macro is hidden from Swift.
        posix_spawnattr_setflags(&attributes, Int16(0x80 | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        let envp = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, program, &actions, &attributes, argv, envp)
        guard result == 0 else {
            throw Failure(.missing, "can't start \(program)", why: String(cString: strerror(result)))
        }
        return pid
    }

    /// Every open descriptor but the standard ones is closed in the child: a pipe that stays open keeps its reader.
    private func keepDescriptors() {
        let names = (try? DiskFileSystem().list("/proc/self/fd")) ?? []
        for descriptor in names.compactMap({ Int32($0) }) where descriptor > 2 {
            let flags = fcntl(descriptor, F_GETFD)
            if flags >= 0 { _ = fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) }
        }
    }
}

/// A process of this machine, looked at in /proc.
struct LabProcess: Sendable, Hashable {
    let pid: Int32

    /// The arguments that it was started with; empty when it is gone.
    var arguments: [String] {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return [] }
        return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// It is a lab: started as "… lab serve".
    var isLab: Bool { arguments.suffix(2) == ["lab", "serve"] }

    /// Its program was replaced by another build since it started.
    var isReplaced: Bool {
        let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
        return program?.hasSuffix(" (deleted)") ?? false
    }

    /// Its code when it is a child of this process and has ended, else nil.
    func ended() -> Int32? {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
}
