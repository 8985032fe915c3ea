import Core
import Crypto
import Foundation
import NIOSSL
import X509

/// The lab's own certificate authority and the certificate of its services, kept under `NANTE_HOME/tls`.
struct LabAuthority: Sendable {
    let home: LabHome
    let network: LabNetwork
    let context: Context

    /// Days that the authority is good for.
    static let authorityDays = 3650.0
    /// Days that a server's certificate is good for; some clients refuse more than 825.
    static let serverDays = 397.0
    /// A certificate with fewer days left is made anew.
    static let renewalDays = 30.0
    /// The system's authorities (Debian's ca-certificates).
    static let systemBundle = "/etc/ssl/certs/ca-certificates.crt"

    private var folder: String { home.authority.parentPath }
    private var authorityKey: String { folder.appending(path: "ca.key") }
    private var serverKey: String { folder.appending(path: "server.key") }
    private var serverCertificate: String { folder.appending(path: "server.pem") }

    /// The configuration of a listener; what is missing, near its end or for another gateway is made anew.
    func configuration() throws -> TLSConfiguration {
        try ensure()
        let chain = try NIOSSLCertificate.fromPEMFile(serverCertificate).map {
            NIOSSLCertificateSource.certificate($0)
        }
        let key = try NIOSSLPrivateKey(file: serverKey, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }

    /// Makes the authority, the certificate and the bundle where they are missing or no longer good.
    func ensure() throws {
        try context.files.makeDirectory(folder)
        let authority = try usableAuthority() ?? makeAuthority()
        if try !isGood(by: authority.certificate) { try makeServer(authority) }
        let system = (try? context.files.readText(LabAuthority.systemBundle)) ?? ""
        let bundle = system + (try authority.certificate.serializeAsPEM().pemString) + "\n"
        if (try? context.files.readText(home.authorityBundle)) != bundle {
            try context.files.write(bundle, to: home.authorityBundle)
        }
    }

    private typealias Authority = (certificate: Certificate, key: Certificate.PrivateKey)

    /// The names and addresses that the certificate is for.
    private var names: [GeneralName] {
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, host.count - 1)
        let own = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased()
        let octets = ["127.0.0.1", network.gateway].map { $0.split(separator: ".").compactMap { UInt8($0) } }
        let isName =
            !own.isEmpty && own != "localhost"
            && own.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x2E
            }
        return ["localhost", "pmx"].map { GeneralName.dnsName($0) } + (isName ? [.dnsName(own)] : [])
            + octets.map { .ipAddress(.init(contentBytes: $0[...])) }
    }

    private func usableAuthority() throws -> Authority? {
        guard let text = try? context.files.readText(home.authority),
            let certificate = try? Certificate(pemEncoded: text),
            let keyText = try? context.files.readText(authorityKey),
            let key = try? Certificate.PrivateKey(pemEncoded: keyText), key.publicKey == certificate.publicKey,
            lasts(certificate, days: LabAuthority.serverDays)
        else { return nil }
        return (certificate, key)
    }

    private func isGood(by authority: Certificate) throws -> Bool {
        guard let text = try? context.files.readText(serverCertificate),
            let found = try? Certificate(pemEncoded: text),
            let keyText = try? context.files.readText(serverKey),
            let key = try? Certificate.PrivateKey(pemEncoded: keyText), key.publicKey == found.publicKey,
            authority.publicKey.isValidSignature(found.signature, for: found),
            lasts(found, days: LabAuthority.renewalDays)
        else { return false }
        return try found.extensions.subjectAlternativeNames == SubjectAlternativeNames(names)
    }

    private func lasts(_ certificate: Certificate, days: Double) -> Bool {
        let now = context.time.now()
        return certificate.notValidBefore <= now
            && certificate.notValidAfter.timeIntervalSince(now) >= days * 86_400
    }

    private func makeAuthority() throws -> Authority {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let name = try DistinguishedName {
            CommonName("nante lab authority \(context.random.hex(bytes: 4))")
            OrganizationName("nante lab")
        }
        let now = context.time.now()
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: key.publicKey,
            notValidBefore: now.addingTimeInterval(-3600),
            notValidAfter: now.addingTimeInterval(LabAuthority.authorityDays * 86_400), issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: key.publicKey)
            }, issuerPrivateKey: key)
        try context.files.write(try key.serializeAsPEM().pemString + "\n", to: authorityKey, mode: 0o600)
        try context.files.write(try certificate.serializeAsPEM().pemString + "\n", to: home.authority)
        return (certificate, key)
    }

    private func makeServer(_ authority: Authority) throws {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let now = context.time.now()
        let alternatives = SubjectAlternativeNames(names)
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: key.publicKey,
            notValidBefore: now.addingTimeInterval(-3600),
            notValidAfter: now.addingTimeInterval(LabAuthority.serverDays * 86_400),
            issuer: authority.certificate.subject,
            subject: try DistinguishedName {
                CommonName("nante lab")
                OrganizationName("nante lab")
            }, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                alternatives
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: authority.key.publicKey).keyIdentifier)
                SubjectKeyIdentifier(hash: key.publicKey)
            }, issuerPrivateKey: authority.key)
        try context.files.write(try key.serializeAsPEM().pemString + "\n", to: serverKey, mode: 0o600)
        try context.files.write(try certificate.serializeAsPEM().pemString + "\n", to: serverCertificate)
    }
}
