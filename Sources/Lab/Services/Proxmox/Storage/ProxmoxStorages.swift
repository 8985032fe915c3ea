import Core
import Foundation

/// A place for disks or files.
struct ProxmoxStorage: Sendable, Hashable {
    var name: String
    var type: String
    var content: [String]
}

/// A file on the storage `local`.
struct ProxmoxVolume: Sendable, Hashable {
    var volume: String
    var content: String
    var format: String
    var size: Int64
    var created: Int
    /// nil for the lab's own template, which is no file.
    var path: String?
}

/// The storages: `local` is a folder of the lab, `zfs-vm` stands for wherever the lab keeps its hosts' disks.
struct ProxmoxStorages: Sendable {
    let folder: String
    let space: @Sendable (String) -> DiskSpace
    let context: Context

    /// The template of containers that is always there: the lab's own image.
    static let template = "local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst"
    static let all = [
        ProxmoxStorage(name: "local", type: "dir", content: ["import", "iso", "snippets", "vztmpl"]),
        ProxmoxStorage(name: "zfs-vm", type: "zfspool", content: ["images", "rootdir"]),
    ]
    /// The contents that are files, with the folder of each.
    static let folders = [
        "vztmpl": "template/cache", "iso": "template/iso", "import": "import", "snippets": "snippets",
    ]
    /// A guest is not made with less free space than this.
    static let least: Int64 = 512 << 20

    /// A storage by its name.
    ///
    /// - Throws: what Proxmox VE says of one that is not there.
    func find(_ name: String) throws -> ProxmoxStorage {
        if let found = ProxmoxStorages.all.first(where: { $0.name == name }) { return found }
        if let fault = ParameterFormat.storage.fault(name) { throw ProxmoxFault.parameter("storage", fault) }
        throw ProxmoxFault.refused("storage '\(name)' does not exist")
    }

    /// A storage that can hold a kind of content.
    func find(_ name: String, holding content: String) throws -> ProxmoxStorage {
        let found = try find(name)
        guard found.content.contains(content) else {
            let what = content == "rootdir" ? "container directories" : content == "images" ? "vm images" : content
            throw ProxmoxFault.refused("storage '\(name)' does not support \(what)")
        }
        return found
    }

    /// Free and whole space.
    var diskSpace: DiskSpace { space(folder.parentPath) }

    /// - Throws: what a full ZFS pool says.
    func checkSpace(_ volume: String) throws {
        if diskSpace.available < ProxmoxStorages.least {
            throw ProxmoxFault.refused("zfs error: cannot create 'zfs-vm/\(volume)': out of space")
        }
    }

    private func path(_ content: String) -> String? {
        ProxmoxStorages.folders[content].map { folder.appending(path: $0) }
    }

    /// The path of a file that is there or is about to be.
    func path(_ content: String, _ name: String) throws -> String {
        guard let folder = path(content), ParameterFormat.fileName.fault(name) == nil, ![".", ".."].contains(name),
            !name.hasPrefix(".")
        else { throw ProxmoxFault.parameter("filename", "wrong file extension or name: '\(name)'") }
        let endings = [
            "iso": [".iso", ".img"], "vztmpl": [".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2", ".tgz"],
            "import": [".qcow2", ".raw", ".vmdk", ".ova"],
        ]
        if let wanted = endings[content], !wanted.contains(where: { name.lowercased().hasSuffix($0) }) {
            throw ProxmoxFault.parameter("filename", "wrong file extension")
        }
        return folder.appending(path: name)
    }

    /// The files of `local`.
    func files() throws -> [ProxmoxVolume] {
        var found = [
            ProxmoxVolume(
                volume: ProxmoxStorages.template, content: "vztmpl", format: "tzst", size: 129_000_000,
                created: 1_757_000_000)
        ]
        for (content, _) in ProxmoxStorages.folders.sorted(by: { $0.key < $1.key }) {
            guard let folder = path(content), context.files.isDirectory(folder) else { continue }
            for name in try context.files.list(folder) where !name.hasPrefix(".") {
                let path = folder.appending(path: name)
                let facts = try? FileManager.default.attributesOfItem(atPath: path)
                let date = (facts?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
                found.append(
                    ProxmoxVolume(
                        volume: "local:\(content)/\(name)", content: content, format: format(content, name),
                        size: (facts?[.size] as? NSNumber)?.int64Value ?? 0, created: Int(date), path: path))
            }
        }
        return found
    }

    private func format(_ content: String, _ name: String) -> String {
        let ending = name.split(separator: ".").last.map(String.init) ?? ""
        switch content {
        case "vztmpl": return ["gz": "tgz", "xz": "txz", "zst": "tzst", "bz2": "tbz"][ending] ?? "tgz"
        case "iso": return "iso"
        case "snippets": return "snippet"
        default: return ending
        }
    }

    /// A file by its id.
    ///
    /// - Throws: what Proxmox VE says of one that is not there.
    func volume(_ id: String) throws -> ProxmoxVolume {
        guard let found = try files().first(where: { $0.volume == id }) else {
            throw ProxmoxFault.refused("volume '\(id)' does not exist")
        }
        return found
    }
}
