import Foundation

/// The filter UriPart: one part of an absolute address, named as by .NET's `System.Uri`.
enum URIPartFilter {
    @Sendable static func part(_ input: String?, _ options: [String]) -> String? {
        guard let input else { return nil }
        guard let name = options.first else { return "[UriPart error: no argument given]" }
        guard let address = Address(input) else {
            if name.lowercased() == "isabsoluteuri" { return "false" }
            guard known.contains(name.lowercased()) else { return unsupported(name) }
            return "[UriPart \(name) error: This operation is not supported for a relative URI.]"
        }
        return address.part(name.lowercased()) ?? unsupported(name)
    }

    private static let known: Set<String> = [
        "absolutepath", "absoluteuri", "authority", "dnssafehost", "fragment", "host", "hostandport", "hostnametype",
        "isdefaultport", "isfile", "isloopback", "isunc", "path", "pathandquery", "port", "query", "scheme",
        "schemeandserver", "userinfo",
    ]

    private static func unsupported(_ name: String) -> String {
        "[UriPart \(name) error: argument '\(name)' not supported]"
    }

    /// An absolute address in its parts.
    private struct Address {
        let scheme: String
        let user: String
        let host: String
        let port: Int
        let path: String
        let query: String
        let fragment: String

        static let defaultPorts = ["http": 80, "https": 443, "ftp": 21, "ws": 80, "wss": 443, "ldap": 389, "ssh": -1]

        init?(_ text: String) {
            guard let parts = URLComponents(string: text.trimmed), let scheme = parts.scheme, scheme.count > 1 else {
                return nil
            }
            self.scheme = scheme.lowercased()
            host = (parts.host ?? "").lowercased()
            user = [parts.percentEncodedUser, parts.percentEncodedPassword].compactMap { $0 }.joined(separator: ":")
            port = parts.port ?? Address.defaultPorts[self.scheme] ?? -1
            path = parts.percentEncodedPath.isEmpty && !host.isEmpty ? "/" : parts.percentEncodedPath
            query = parts.percentEncodedQuery.map { $0.isEmpty ? "" : "?" + $0 } ?? ""
            fragment = parts.percentEncodedFragment.map { $0.isEmpty ? "" : "#" + $0 } ?? ""
        }

        var isDefaultPort: Bool { port == (Address.defaultPorts[scheme] ?? -1) }
        var isAddress: Bool { host.allSatisfy { $0.isNumber || $0 == "." } && host.split(separator: ".").count == 4 }
        var isIPv6: Bool { host.contains(":") }
        var shownHost: String { isIPv6 && !host.hasPrefix("[") ? "[\(host)]" : host }
        var authority: String { isDefaultPort ? shownHost : "\(shownHost):\(port)" }
        var isFile: Bool { scheme == "file" }

        func part(_ name: String) -> String? {
            switch name {
            case "absolutepath": path
            case "absoluteuri": whole
            case "authority": authority
            case "dnssafehost": host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
            case "fragment": fragment
            case "host": shownHost
            case "hostandport": port < 0 ? shownHost : "\(shownHost):\(port)"
            case "hostnametype": host.isEmpty ? "Basic" : isIPv6 ? "IPv6" : isAddress ? "IPv4" : "Dns"
            case "isabsoluteuri": "true"
            case "isdefaultport": String(isDefaultPort)
            case "isfile": String(isFile)
            case "isloopback": String(["localhost", "loopback", "127.0.0.1", "::1", "[::1]"].contains(host))
            case "isunc": String(isFile && !host.isEmpty)
            case "path": path.removingPercentEncoding ?? path
            case "pathandquery": path + query
            case "port": String(port)
            case "query": query
            case "scheme": scheme
            case "schemeandserver": "\(scheme)://\(authority)"
            case "userinfo": user
            default: nil
            }
        }

        private var whole: String {
            let login = user.isEmpty ? "" : user + "@"
            let server = host.isEmpty && !isFile ? ":" : "://\(login)\(authority)"
            return scheme + server + path + query + fragment
        }
    }
}
