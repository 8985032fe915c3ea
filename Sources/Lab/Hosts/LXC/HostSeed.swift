import Core
import Foundation

/// A file that makes a host differ from its image.
struct SeedFile: Codable, Sendable, Hashable {
    /// Path inside the host, without a leading slash.
    var path: String
    var text: String
    var mode: UInt16 = 0o644
}

/// A host's own files, laid over the image before it starts the first time.
enum HostSeed {
    /// The files, as a pure function of what is known of the host.
    ///
    /// - Parameters:
    ///   - machineID: 32 hexadecimal digits (machine-id(5)).
    ///   - resolver: the text of this machine's resolv.conf.
    static func files(
        _ record: HostRecord, hostKey: (private: String, public: String), authorizedKey: String, machineID: String,
        resolver: String
    ) -> [SeedFile] {
        [
            SeedFile(path: "etc/hostname", text: record.name + "\n"),
            SeedFile(path: "etc/machine-id", text: machineID + "\n", mode: 0o444),
            SeedFile(path: "etc/ssh/ssh_host_ed25519_key", text: hostKey.private, mode: 0o600),
            SeedFile(path: "etc/ssh/ssh_host_ed25519_key.pub", text: hostKey.public),
        ] + changing(record, authorizedKey: authorizedKey, resolver: resolver)
    }

    /// Those of the files that a change of the host may change.
    static func changing(_ record: HostRecord, authorizedKey: String, resolver: String) -> [SeedFile] {
        let others = record.spec.authorizedKeys.map { $0 + "\n" }.joined()
        let own = authorizedKey.hasSuffix("\n") || authorizedKey.isEmpty ? authorizedKey : authorizedKey + "\n"
        let address = "\(record.address) \(record.name)"
        return [
            SeedFile(path: "etc/hosts", text: "127.0.0.1 localhost\n\(address)\n::1 localhost\n"),
            SeedFile(path: "etc/resolv.conf", text: resolverText(record.spec, machine: resolver)),
        ]
            + ["root", "deploy"].map { user in
                SeedFile(
                    path: "etc/ssh/authorized_keys.d/\(user)",
                    text: own + (user == record.spec.user ?? "root" ? others : ""))
            }
    }

    /// The host's resolv.conf: its own name servers and domain where it has some, else this machine's.
    static func resolverText(_ spec: HostSpec, machine: String) -> String {
        guard !spec.nameServers.isEmpty || spec.searchDomain != nil else { return nameServers(machine) }
        let servers =
            spec.nameServers.isEmpty
            ? nameServers(machine).split(separator: "\n").filter { $0.hasPrefix("nameserver") }.map(String.init)
            : spec.nameServers.map { "nameserver \($0)" }
        return (servers + (spec.searchDomain.map { ["search \($0)"] } ?? [])).map { $0 + "\n" }.joined()
    }

    /// The lines that hold outside of this machine too: a server on loopback answers nobody but it.
    static func nameServers(_ resolver: String) -> String {
        let lines = resolver.split(separator: "\n").filter { line in
            let words = line.split(separator: " ")
            guard words.count >= 2 else { return false }
            switch words[0] {
            case "nameserver": return !words[1].hasPrefix("127.") && words[1] != "::1"
            case "search", "domain", "options": return true
            default: return false
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Writes the files below a folder, owned by the host's root; one that is there and not empty stays.
    ///
    /// Not forced to disk one by one: what a crash of the machine loses is written again at the next start.
    static func write(_ files: [SeedFile], to folder: String, owner: UInt32) throws {
        for file in files {
            let path = folder.appending(path: file.path)
            try makeFolders(file.path.parentPath, in: folder, owner: owner)
            var info = stat()
            if lstat(path, &info) == 0, info.st_size > 0 { continue }
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: NSNumber(value: file.mode)]
            guard FileManager.default.createFile(atPath: path, contents: Data(file.text.utf8), attributes: attributes),
                lchown(path, owner, owner) == 0, chmod(path, mode_t(file.mode)) == 0
            else { throw Failure(.missing, "can't write \(path)", why: String(cString: strerror(errno))) }
        }
    }

    private static func makeFolders(_ path: String, in folder: String, owner: UInt32) throws {
        var place = folder
        for part in path.split(separator: "/") {
            place = place.appending(path: String(part))
            if mkdir(place, 0o755) != 0 {
                let reason = errno
                var info = stat()
                // A link that the host's root laid here would lead out of its disk.
                guard reason == EEXIST, lstat(place, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
                    throw Failure(
                        .missing, "can't make \(place)",
                        why: reason == EEXIST ? "it is no folder" : String(cString: strerror(reason)))
                }
                continue
            }
            guard lchown(place, owner, owner) == 0, chmod(place, 0o755) == 0 else {
                throw Failure(.missing, "can't change the owner of \(place)", why: String(cString: strerror(errno)))
            }
        }
    }
}
