import Core
import Foundation
import StateStore

/// The state store: one state below a prefix of its own, written, locked, read, versioned and removed.
struct StateLive: LiveCheck {
    static let folder = "nante-doctor/"
    let endpoint: StateEndpoint
    let service = "State store"
    var makes: String { "an object below \(StateLive.folder) in the bucket \(endpoint.bucket)" }

    func run(_ live: LiveRun) async throws {
        let client = S3Client(endpoint, context: live.context)
        let key = "\(StateLive.folder)\(live.name)/terraform.tfstate"
        try await live.step("look for the bucket") {
            try live.expect(try await client.bucketExists(), "the bucket \(endpoint.bucket) is not there")
        }
        let versions = try await live.step("ask for versions") { try await client.keepsVersions() }
        live.found(version: versions == true ? "(keeps versions)" : "(keeps no versions)")
        let first = Data("{\"version\":4,\"serial\":1}".utf8)
        let second = Data("{\"version\":4,\"serial\":2}".utf8)
        let written = try await live.step("write where nothing is") {
            let made = try await client.put(key, first, if: .absent)
            try live.expect(made != nil, "it says that something is there")
            return made
        }
        try await live.step("write again only where nothing is") {
            let made = try await client.put(key, second, if: .absent)
            try live.expect(
                made == nil, "it was overwritten: the store does not know If-None-Match, so locks don't hold")
        }
        if let etag = written?.etag {
            try await live.step("write over what was read") {
                let made = try await client.put(key, second, if: .matches(etag: etag))
                try live.expect(made != nil, "it says that it was changed in between")
            }
        }
        try await live.step("read") {
            try live.expect(try await client.get(key)?.body.isEmpty == false, "it is not there")
            try live.expect(try await client.head(key) != nil, "HEAD does not find it")
            let found = try await client.list(prefix: StateLive.folder).contains { $0.key == key }
            try live.expect(found, "the list does not show it")
        }
        if versions == true {
            try await live.step("list versions") {
                let all = try await client.versions(prefix: key)
                try live.expect(all.count >= 2, "it shows \(all.count) of 2")
            }
        }
        try await locks(live, StateLocks(client), key)
        try await live.step("delete") {
            try await client.delete(key)
            try live.expect(try await client.get(key) == nil, "it is still there")
        }
    }

    private func locks(_ live: LiveRun, _ locks: StateLocks, _ key: String) async throws {
        let lock = StateLock(id: live.name, operation: "OperationTypePlan", who: "nante doctor")
        try await live.step("lock") { try await locks.take(key, lock, next: []) }
        try await live.step("lock what is locked") {
            do {
                try await locks.take(key, StateLock(id: "other"), next: [])
                try live.expect(false, "two hold the same lock")
            } catch let failure as Failure where failure.exit == .held {}
            try live.expect(try await locks.find(key)?.id == live.name, "the lock has another holder")
        }
        try await live.step("unlock") {
            try live.expect(try await locks.remove(key, id: live.name) != nil, "the lock was gone")
        }
    }

    func sweep(_ live: LiveRun) async throws -> [String] {
        let client = S3Client(endpoint, context: live.context)
        guard try await client.bucketExists() else { return [] }
        var names: Set<String> = []
        // Somebody else may keep something in such a folder.
        func name(_ key: String) -> String? {
            let name = String(key.dropFirst(StateLive.folder.count).prefix { $0 != "/" })
            return LiveName.isOurs(name) && key.hasPrefix("\(StateLive.folder)\(name)/") ? name : nil
        }
        for entry in try await client.list(prefix: StateLive.folder) {
            guard let name = name(entry.key) else { continue }
            names.insert(name)
            try await client.delete(entry.key)
        }
        if try await client.keepsVersions() == true {
            for version in try await client.versions(prefix: StateLive.folder) where name(version.key) != nil {
                try await client.delete(version.key, version: version.id)
            }
        }
        return names.sorted()
    }
}
