import Core
import Foundation
import StateStore

extension Doctor {
    /// The store of Terraform states: reached, with its bucket, versions and locks.
    var state: [Check] {
        let (platform, context) = (platform, context)
        let group = "State store"
        let client: @Sendable () throws -> S3Client = {
            S3Client(try platform.state(), context: context, retry: Retry(attempts: 2), timeout: .seconds(10))
        }
        return [
            settingsCheck("state.settings", group) {
                let endpoint = try platform.state()
                return "\(endpoint.url), access key \(endpoint.accessKey)"
            },
            Check("state.bucket", group, "bucket", needs: ["state.settings"]) {
                let client = try client()
                guard try await client.bucketExists() else {
                    let place = "STORE/\(client.endpoint.bucket)"
                    return CheckOutcome(
                        .failed, "the bucket \(client.endpoint.bucket) is not there",
                        fix: [
                            "mc mb \(place) && mc version enable \(place)",
                            "or the same with your store's own tool",
                        ])
                }
                return .ok("\(client.endpoint.bucket) is there, and the keys may use it")
            },
            Check("state.versions", group, "versions", needs: ["state.bucket"]) {
                let client = try client()
                switch try await client.keepsVersions() {
                case true: return .ok("earlier states are kept")
                case false:
                    return CheckOutcome(
                        .warning, "earlier states are not kept: one that is lost can't be restored",
                        fix: ["mc version enable STORE/\(client.endpoint.bucket)"])
                case nil: return CheckOutcome(.warning, "the store does not tell whether it keeps earlier states")
                }
            },
            Check("state.locks", group, "locks", needs: ["state.bucket"]) {
                try await Doctor.locks(try client(), context)
            },
        ]
    }

    /// Who holds which state, and since when.
    private static func locks(_ client: S3Client, _ context: Context) async throws -> CheckOutcome {
        let entries = try await client.list()
        let states = entries.compactMap { StateKey.workspace(object: $0.key) }
        let keys = entries.map(\.key).filter { $0.hasSuffix(".tflock") && !$0.hasPrefix("nante-doctor/") }
        let count = "\(states.count) state\(states.count == 1 ? "" : "s")"
        guard !keys.isEmpty else { return .ok("\(count), none is locked") }
        var lines: [String] = []
        var fix: [String] = []
        for key in keys.prefix(10) {
            let object = String(key.dropLast(".tflock".count))
            guard let lock = try await StateLocks(client).find(object) else { continue }
            let name = StateKey.workspace(object: object) ?? object
            let age = Date(iso8601: lock.created).map { context.time.now().timeIntervalSince($0) }
            lines.append("\(name): \(lock.holder)" + (age.map { " (\(Duration.seconds(max(0, $0)).short))" } ?? ""))
            // Work on machines takes minutes; what is older was most likely left behind.
            if (age ?? .infinity) > 3_600 { fix.append("nante terraform unlock --app \(name)") }
        }
        guard !lines.isEmpty else { return .ok("\(count), none is locked") }
        return CheckOutcome(
            .warning, "\(count), \(lines.count) locked", details: lines,
            fix: fix.isEmpty ? [] : ["after making sure that nobody works there: \(fix.joined(separator: "; "))"])
    }
}
