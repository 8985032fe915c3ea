import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL
import Planning
import Values

/// Names and values of a request, in the order of their names.
package typealias Form = [String: String]

/// A Proxmox VE server, reached by its API.
///
/// https://pve.proxmox.com/pve-docs/api-viewer/
package struct Server: Sendable {
    /// How often a wait looks.
    static let interval = Duration.milliseconds(100)

    let access: Access
    private let client: HTTPClient
    private let ticket: Ticket
    let identifiers: Identifiers
    let stop: Stop

    package init(
        _ access: Access, client: HTTPClient, ticket: Ticket = Ticket(), identifiers: Identifiers = Identifiers(),
        stop: Stop = Stop()
    ) {
        self.access = access
        self.client = client
        self.ticket = ticket
        self.identifiers = identifiers
        self.stop = stop
    }

    /// A client that trusts what the access says.
    package static func client(_ access: Access) throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = access.minimumTLS == "1.3" ? .tlsv13 : .tlsv12
        if access.isInsecure {
            tls.certificateVerification = .none
        } else if let file = access.authorities {
            tls.trustRoots = .file(file)
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, timeout: .init(connect: .seconds(10), read: .seconds(60)))
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    // MARK: requests

    package func get(_ path: String, _ query: Form = [:]) async throws -> JSON { try await call("GET", path, query) }
    package func post(_ path: String, _ form: Form = [:]) async throws -> JSON { try await call("POST", path, form) }
    package func put(_ path: String, _ form: Form) async throws -> JSON { try await call("PUT", path, form) }
    package func delete(_ path: String, _ query: Form = [:]) async throws -> JSON {
        try await call("DELETE", path, query)
    }

    /// Answers `data` of the response.
    private func call(_ method: String, _ path: String, _ form: Form) async throws -> JSON {
        let encoded = Self.encoded(form)
        let isInQuery = method == "GET" || method == "DELETE"
        let query = isInQuery && !encoded.isEmpty ? "?" + encoded : ""
        var request = HTTPClientRequest(url: access.endpoint + "/" + path + query)
        request.method = .init(rawValue: method)
        if !isInQuery {
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: encoded))
        }
        return try await send(request, "\(method) \(path)")
    }

    /// Sends a file as multipart/form-data.
    package func upload(_ path: String, fields: [(String, String)], file: (name: String, bytes: [UInt8])) async throws
        -> JSON
    {
        let boundary = "stand-in-\(UUID().uuidString)"
        var body = ByteBuffer()
        for (name, value) in fields {
            body.writeString("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n")
        }
        body.writeString("--\(boundary)\r\nContent-Disposition: form-data; name=\"filename\"; ")
        body.writeString("filename=\"\(file.name)\"\r\nContent-Type: application/octet-stream\r\n\r\n")
        body.writeBytes(file.bytes)
        body.writeString("\r\n--\(boundary)--\r\n")
        var request = HTTPClientRequest(url: access.endpoint + "/" + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "multipart/form-data; boundary=\(boundary)")
        request.body = .bytes(body)
        return try await send(request, "POST \(path)", timeout: .minutes(30))
    }

    private func send(_ request: HTTPClientRequest, _ name: String, timeout: TimeAmount = .minutes(5)) async throws
        -> JSON
    {
        switch access.login {
        case .token(let token):
            var request = request
            request.headers.add(name: "Authorization", value: "PVEAPIToken=\(token)")
            return try await exchange(request, name, timeout: timeout)
        case .password(let user, let password):
            let make: @Sendable () async throws -> Ticket.Proof = { try await logIn(user, password) }
            let proof = try await ticket.proof(make)
            do { return try await exchange(Self.proved(request, proof), name, timeout: timeout) } catch let trouble
                as ServerTrouble where trouble.status == 401
            {
                // A ticket holds for two hours.
                let fresh = try await ticket.proof(instead: proof, make)
                return try await exchange(Self.proved(request, fresh), name, timeout: timeout)
            }
        }
    }

    private static func proved(_ request: HTTPClientRequest, _ proof: Ticket.Proof) -> HTTPClientRequest {
        var request = request
        request.headers.add(name: "Cookie", value: "PVEAuthCookie=\(proof.cookie)")
        if request.method != .GET { request.headers.add(name: "CSRFPreventionToken", value: proof.prevention) }
        return request
    }

    func exchange(_ request: HTTPClientRequest, _ name: String, timeout: TimeAmount = .minutes(5)) async throws
        -> JSON
    {
        var request = request
        request.headers.add(name: "Accept", value: "application/json")
        do {
            let response = try await client.execute(request, timeout: timeout)
            let bytes = try await response.body.collect(upTo: 64 << 20)
            return try Self.answer(Int(response.status.code), Array(bytes.readableBytesView), name)
        } catch let trouble as ServerTrouble {
            throw trouble
        } catch {
            throw ServerTrouble(call: name, status: nil, message: Self.reason(error, access))
        }
    }

    /// Why a request got no answer, in words.
    private static func reason(_ error: any Error, _ access: Access) -> String {
        if let error = error as? HTTPClientError {
            if error == .connectTimeout || error == .readTimeout || error == .deadlineExceeded {
                return "no answer in time (\(error.shortDescription))"
            }
            return error.shortDescription
        }
        let text = String(describing: error)
        guard text.contains("CERTIFICATE_VERIFY_FAILED") else { return text }
        return
            "its certificate is not trusted (SSL_CERT_FILE of the provider's process: \(access.authorities ?? "unset"))"
    }

    // MARK: forms

    /// A segment of a path.
    package static func segment(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
    }

    static func encoded(_ form: Form) -> String {
        form.sorted { $0.key < $1.key }.map { "\(segment($0.key))=\(segment($0.value))" }.joined(separator: "&")
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
