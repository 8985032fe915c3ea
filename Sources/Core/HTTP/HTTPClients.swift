import AsyncHTTPClient
import Foundation
import NIOSSL
import Synchronization

/// The clients of the process: one for the system's certificates, and one for each file of others.
final class HTTPClients: Sendable {
    static let shared = HTTPClients()
    private let usual = HTTPClients.make(nil)
    private let special = Mutex<[String: HTTPClient]>([:])

    /// The client that checks servers with the certificates of a PEM file; nil takes the system's.
    ///
    /// A file that changed gets a client of its own, so that a renewed authority holds at once.
    func client(trusting file: String?) throws -> HTTPClient {
        guard let file else { return usual }
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        let key = "\(file)@\(changed)"
        return try special.withLock { clients in
            if let found = clients[key] { return found }
            let roots: [NIOSSLCertificate]
            do { roots = try NIOSSLCertificate.fromPEMFile(file) } catch {
                throw Failure(.missing, "\(file) can't be read as certificates", why: "PEM is expected")
            }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .certificates(roots)
            let client = HTTPClients.make(configuration)
            clients[key] = client
            return client
        }
    }

    /// As AsyncHTTPClient's own shared one, but a refused connection is told at once.
    private static func make(_ tls: TLSConfiguration?) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            // A redirect could take a key to another host: it is an answer like any other, and told.
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5)))
        configuration.connectionPool.retryConnectionEstablishment = false
        // Eight, the usual number, makes a crowd of callers wait for each other until they give up.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
