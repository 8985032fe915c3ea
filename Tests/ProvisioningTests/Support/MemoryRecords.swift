import Core
import Foundation
import Synchronization

@testable import Provisioning

/// Records that are only kept in memory, as a store with conditional writes keeps them.
final class MemoryRecords: RecordStore {
    struct Content {
        var objects: [String: Data] = [:]
        var tags: [String: Int] = [:]
        var next = 1
    }
    let content = Mutex(Content())

    func create(_ key: String, _ data: Data) async throws -> Bool {
        content.withLock { content in
            guard content.objects[key] == nil else { return false }
            Self.put(key, data, &content)
            return true
        }
    }
    func read(_ key: String) async throws -> Data? { content.withLock { $0.objects[key] } }
    func write(_ key: String, _ data: Data) async throws { content.withLock { Self.put(key, data, &$0) } }
    func delete(_ key: String) async throws {
        content.withLock {
            $0.objects[key] = nil
            $0.tags[key] = nil
        }
    }
    func keys(_ prefix: String) async throws -> [String] {
        content.withLock { $0.objects.keys.filter { $0.hasPrefix(prefix) }.sorted() }
    }
    func tag(_ key: String) async throws -> String? { content.withLock { $0.tags[key].map { "\($0)" } } }

    private static func put(_ key: String, _ data: Data, _ content: inout Content) {
        content.objects[key] = data
        content.tags[key] = content.next
        content.next += 1
    }
}
