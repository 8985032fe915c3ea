import Foundation
import Planning
import Values

/// Where a Proxmox VE server is and how to get in.
package struct Access: Sendable, Hashable {
    /// How to get in.
    package enum Login: Sendable, Hashable {
        /// An API token, `USER@REALM!NAME=SECRET`.
        case token(String)
        /// A user, `USER@REALM`, with a ticket of two hours.
        case password(user: String, password: String)
    }

    /// Address up to and with `/api2/json`.
    package var endpoint: String
    /// How to get in.
    package var login: Login
    /// Whether the server's certificate is taken unseen.
    package var isInsecure: Bool
    /// A file of certificates to trust instead of the system's.
    package var authorities: String?
    /// `1.2` or `1.3`.
    package var minimumTLS: String

    /// Reads the configuration, and from the environment what it leaves out.
    ///
    /// Names and precedence are bpg's: a configured value first, then `PROXMOX_VE_*`.
    package init(config: Value, environment: [String: String]) throws {
        func setting(_ name: String) -> String? {
            config[name].text ?? environment["PROXMOX_VE_" + name.uppercased()].flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let address = setting("endpoint") else {
            throw Problem(
                "Missing endpoint", "Set endpoint of the provider, or PROXMOX_VE_ENDPOINT.", path: Path() + "endpoint")
        }
        endpoint = try Self.endpoint(address)
        login = try Self.login(setting)
        isInsecure =
            config["insecure"].bool ?? ["1", "true"].contains(environment["PROXMOX_VE_INSECURE"]?.lowercased() ?? "")
        authorities = environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        minimumTLS = setting("min_tls") ?? "1.3"
    }

    /// A token; without one user and password, as bpg's order is.
    private static func login(_ setting: (String) -> String?) throws -> Login {
        if let token = setting("api_token") {
            guard token.wholeMatch(of: /[^\s@]+@[^\s!]+![^\s=]+=\S+/) != nil else {
                throw Problem(
                    "Invalid API token", "It must read USER@REALM!NAME=SECRET.", path: Path() + "api_token")
            }
            return .token(token)
        }
        guard let user = setting("username"), let password = setting("password") else {
            throw Problem(
                "Missing credentials",
                "Set api_token of the provider, or PROXMOX_VE_API_TOKEN; or username and password, or "
                    + "PROXMOX_VE_USERNAME and PROXMOX_VE_PASSWORD. The stand-in knows no other way to log in.",
                path: Path() + "api_token")
        }
        guard user.wholeMatch(of: /[^\s@]+@[^\s@]+/) != nil else {
            throw Problem("Invalid user", "It must read USER@REALM.", path: Path() + "username")
        }
        return .password(user: user, password: password)
    }

    /// Address with `/api2/json` at its end, whether or not it was there.
    private static func endpoint(_ address: String) throws -> String {
        guard let url = URL(string: address), url.scheme == "https", url.host?.isEmpty == false else {
            throw Problem(
                "Invalid endpoint", "\"\(address)\" is not an https:// address.", path: Path() + "endpoint")
        }
        var text = address
        while text.hasSuffix("/") { text.removeLast() }
        return text.hasSuffix("/api2/json") ? text : text + "/api2/json"
    }
}
