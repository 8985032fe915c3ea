import Core
import Foundation
import Nexus

/// Nexus: a raw repository of its own, files up, down and away.
struct NexusLive: LiveCheck {
    let endpoint: NexusEndpoint
    let service = "Nexus"
    let makes = "a raw repository \(LiveName.prefix)…"

    private func client(_ live: LiveRun) -> NexusClient {
        NexusClient(endpoint, context: live.context, observe: { live.note($0) })
    }

    func run(_ live: LiveRun) async throws {
        let client = client(live)
        let name = try NexusName(live.name)
        try await live.step("ask for its status") {
            let status = try await client.status()
            live.found(version: status.server ?? "")
            try live.expect(status.writable, "it takes no changes")
        }
        try await live.step("list repositories") { _ = try await client.repositories() }
        try await live.step("make a repository") {
            let made = try await client.ensureRawRepository(name, writePolicy: .allow)
            try live.expect(made == .created, "it says \(made.rawValue)")
        }
        try await live.step("make it again") {
            let made = try await client.ensureRawRepository(name, writePolicy: .allow)
            try live.expect(made == .unchanged, "it says \(made.rawValue)")
        }
        try await files(live, client, name)
        try await live.step("delete the repository") {
            let gone = try await client.deleteRepository(name)
            try live.expect(gone == .deleted, "it says \(gone.rawValue)")
            try live.expect(try await client.rawRepository(name) == nil, "it is still there")
        }
    }

    private func files(_ live: LiveRun, _ client: NexusClient, _ name: NexusName) async throws {
        let path = try NexusPath("/a b/\(live.name).txt")
        let (one, two) = (Data("one".utf8), Data("two".utf8))
        try await live.step("upload a file") {
            let change = try await client.put(one, name, path).change
            try live.expect(change == .created, "it says \(change.rawValue)")
        }
        try await live.step("upload the same again") {
            let change = try await client.put(one, name, path).change
            try live.expect(change == .unchanged, "it says \(change.rawValue)")
        }
        try await live.step("replace it") {
            let change = try await client.put(two, name, path, replace: true).change
            try live.expect(change == .updated, "it says \(change.rawValue)")
        }
        try await live.step("download it") {
            try live.expect(try await client.read(name, path) == two, "its bytes are others")
        }
        try await live.step("list files") {
            // The index of a real server follows a moment later.
            _ = try await Wait.until("Nexus to list the file", within: .seconds(20), context: live.context) {
                try await client.assets(in: name).isEmpty ? nil : true
            }
        }
        try await live.step("keep what may be written only once") {
            let change = try await client.ensureRawRepository(name, writePolicy: .allowOnce)
            try live.expect(change == .updated, "it says \(change.rawValue)")
            do {
                _ = try await client.put(one, name, path, replace: true)
                try live.expect(false, "it was overwritten")
            } catch let failure as Failure where failure.exit == .refused {}
        }
        try await live.step("delete the file") {
            let gone = try await client.delete(name, path)
            try live.expect(gone == .deleted, "it says \(gone.rawValue)")
        }
    }

    func sweep(_ live: LiveRun) async throws -> [String] {
        let client = client(live)
        let names = try await client.repositories().map(\.name).filter(LiveName.isOurs)
        for name in names { _ = try await client.deleteRepository(try NexusName(name)) }
        return names
    }
}
