import Core
import Foundation
import Testing

@testable import Workflows

/// Evaluates over contexts given as JSON text.
func evaluate(_ text: String, _ contexts: String = "{}") throws -> ExpressionValue {
    try ExpressionCases.evaluate(text, contexts: try JSONValue.parse(contexts))
}

/// The value as one line: kind and JSON.
func shown(_ text: String, _ contexts: String = "{}") throws -> String {
    let value = try evaluate(text, contexts)
    return "\(value.kindName) \(value.json.text())"
}

/// The fault of an expression; nil where it has none.
func fault(_ text: String, _ contexts: String = "{}") -> ExpressionFault? {
    do {
        _ = try evaluate(text, contexts)
        return nil
    } catch {
        return error as? ExpressionFault
    }
}

/// Data that others wrote, beside the repository.
enum Vectors {
    static let isThere = folder != nil

    private static let folder: String? = {
        let here = #filePath.split(separator: "/").dropLast(5).joined(separator: "/")
        let named = ProcessInfo.processInfo.environment["NANTE_SHARED"]
        return [named, "/\(here)/shared"].compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0) }
    }()

    static func files(_ folder: String, suffix: String) -> [String] {
        guard let shared = Vectors.folder else { return [] }
        let path = "\(shared)/conformance/\(folder)"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { "\(path)/\($0)" }
    }
}

/// A seeded source of randomness (xorshift64*), so that a failing case can be made again.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
