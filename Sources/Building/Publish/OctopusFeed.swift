import Core
import Foundation
import Octopus

/// The built-in feed of an Octopus Server as the feed of packages.
///
/// Calls: `GET packages/{id}`, `GET packages/{id}/raw`, `POST packages/raw`
/// (https://octopus.com/docs/packaging-applications/package-repositories/built-in-repository).
public struct OctopusFeed: PackageFeed {
    private let endpoint: OctopusEndpoint
    private let context: Context

    /// The feed of the endpoint's space.
    public init(_ endpoint: OctopusEndpoint, context: Context) {
        self.endpoint = endpoint
        self.context = context
    }

    /// What the feed is called, for people.
    public var name: String { "the built-in feed of Octopus" }

    /// SHA-1 of a package: as the server tells it, else of the bytes that it gives.
    public func digest(_ id: String, version: String) async throws -> String? {
        let path = try await base() + "/packages/packages-\("\(id).\(version)".percentEncoded)"
        let answer = try await ask(path, doing: "look for \(id) \(version)")
        if answer.status == 404 { return nil }
        guard answer.isSuccess, let json = try? JSONValue.parse(answer.body),
            let package = try? FeedPackage(json: json)
        else { throw failure(answer, doing: "look for \(id) \(version)") }
        if let hash = package.hash, hash.count == 40 { return hash.lowercased() }
        let bytes = try await ask(path + "/raw", doing: "fetch \(id) \(version)", timeout: .seconds(600))
        guard bytes.isSuccess else { throw failure(bytes, doing: "fetch \(id) \(version)") }
        return Publisher.sha1(bytes.body)
    }

    /// Pushes a package; one that came there in between is never replaced.
    public func push(_ file: String) async throws {
        let name = file.lastPathComponent
        let doing = "take \(name)"
        let boundary = "nante-\(context.random.hex(bytes: 16))"
        let head = """
            --\(boundary)\r
            Content-Disposition: form-data; name="file"; filename="\(name)"\r
            Content-Type: application/octet-stream\r
            \r\n
            """
        var call = HTTPCall(
            "POST", endpoint.url + (try await base()) + "/packages/raw?overwriteMode=FailIfExists",
            headers: [
                ("X-Octopus-ApiKey", endpoint.apiKey), ("Content-Type", "multipart/form-data; boundary=\(boundary)"),
            ], timeout: .seconds(600))
        call.body = .pieces([.data(Data(head.utf8)), .file(file), .data(Data("\r\n--\(boundary)--\r\n".utf8))])
        let answer = try await send(call, doing: doing)
        guard answer.isSuccess else { throw failure(answer, doing: doing) }
    }

    /// The path of the space: by its id or name, or that of the default one.
    private func base() async throws -> String {
        let answer = try await ask("/api/spaces/all", doing: "list its spaces")
        guard answer.isSuccess, let list = try? JSONValue.parse(answer.body), let items = list.array,
            let spaces = try? items.map({ try Space(json: $0) })
        else { throw failure(answer, doing: "list its spaces") }
        let wanted = endpoint.space
        guard let space = spaces.first(where: { wanted.isEmpty ? $0.isDefault : [$0.id, $0.name].contains(wanted) })
        else {
            throw Failure(
                .usage, wanted.isEmpty ? "Octopus has no default space" : "Octopus has no space \(wanted)",
                why: "its spaces: \(spaces.map(\.name).joined(separator: ", "))", next: ["set OCTOPUS_SPACE_ID"])
        }
        return "/api/\(space.id)"
    }

    private func ask(_ path: String, doing: String, timeout: Duration = .seconds(30)) async throws -> HTTPAnswer {
        let call = HTTPCall(
            "GET", endpoint.url + path, headers: [("X-Octopus-ApiKey", endpoint.apiKey)], timeout: timeout)
        return try await Retry()(
            context: context, mayRepeat: { $0 is HTTPFault || ($0 as? Failure)?.exit == .missing },
            call: { try await send(call, doing: doing) })
    }

    private func send(_ call: HTTPCall, doing: String) async throws -> HTTPAnswer {
        do { return try await context.http.send(call) } catch let fault as HTTPFault {
            let what =
                switch fault.kind {
                case .unreachable: "Octopus can't be reached"
                case .unknownOutcome: "the connection to Octopus broke while it was to \(doing)"
                case .badAnswer, .badRequest: "what answers at this address is not Octopus"
                }
            throw Failure(.missing, what, where: endpoint.url, why: fault.message, next: ["run the same command again"])
        }
    }

    private func failure(_ answer: HTTPAnswer, doing: String) -> Failure {
        let json = try? JSONValue.parse(answer.body)
        let why = json?["ErrorMessage"]?.string ?? "it answered \(answer.status)"
        let evidence = json?["Errors"]?.array?.compactMap(\.string) ?? []
        switch answer.status {
        case 401, 403:
            return Failure(
                .missing, "Octopus refuses the API key", where: endpoint.url, why: why, next: ["set OCTOPUS_API_KEY"])
        case 409: return Failure(.refused, "Octopus would not \(doing)", where: endpoint.url, why: why)
        case 400:
            return Failure(.usage, "Octopus would not \(doing)", where: endpoint.url, why: why, evidence: evidence)
        default:
            let isHTML = (answer.header("Content-Type") ?? "").contains("html")
            let text = isHTML ? "it answered with a web page" : why
            return Failure(.missing, "Octopus could not \(doing)", where: endpoint.url, why: text, evidence: evidence)
        }
    }
}
