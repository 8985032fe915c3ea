import Core

/// The configuration of nginx, static: a release is switched by a link, never by a reload.
///
/// Every setting was measured under load; why each is as it is stands in docs/HOSTS.md.
enum NginxFiles {
    /// The time of a connection that is not there: what a dead host costs a request before the next one is asked.
    static let connect = "proxy_connect_timeout 300ms;"
    /// The longest silence of a host before the balancer asks the next one; above the longest legitimate answer.
    static let silence = "proxy_read_timeout 5s;"

    /// Settings of all sites: for upgraded connections (websockets).
    static let common = """
        map $http_upgrade $nante_connection {
            default upgrade;
            '' '';
        }

        """

    /// Settings of the main level: how long old workers may finish requests after a reload.
    static let main = "worker_shutdown_timeout 35s;\n"

    /// The site of an app on a host that runs it: each connection follows the link to the slot that serves, and the
    /// old slot stands by while a new release is watched.
    static func host(_ app: Manifest.App, isDefault: Bool) -> String {
        let name = app.name
        return """
            upstream nante-\(name) {
                server unix:/opt/\(name)/sock/current max_fails=0;
                server unix:/opt/\(name)/sock/previous backup max_fails=0;
            }

            server {
                listen 80\(isDefault ? " default_server" : "");
                server_name \(name) \(name).*;
                client_max_body_size 100m;

                location / {
                    proxy_pass http://nante-\(name);
            \(headers(forwarded: "$http_x_forwarded_proto"))
                    \(connect)
                    proxy_read_timeout 300s;
                    proxy_next_upstream error timeout;
                    error_page 502 504 =503 /_503.html;
                }

                location = /_503.html {
                    internal;
                    default_type text/plain;
                    add_header Retry-After 1 always;
                    return 503 "no release of \(name) serves on this host\\n";
                }
            }

            """
    }

    /// The site of an app on a balancer.
    ///
    /// A request that may be repeated goes to the next host when one fails; one that may not goes on only while it was
    /// not sent.
    static func balancer(_ app: Manifest.App, backends: [Backend], isDefault: Bool) -> String {
        let name = app.name
        let start = """
            server {
                listen 80\(isDefault ? " default_server" : "");
                server_name \(name) \(name).*;
                client_max_body_size 100m;


            """
        guard !backends.isEmpty else {
            return start + """
                    location / {
                        default_type text/plain;
                        add_header Retry-After 5 always;
                        return 503 "\(name) has no hosts\\n";
                    }
                }

                """
        }
        // All hosts as standbys would be refused: one that serves nothing is as good as another.
        let allIdle = backends.allSatisfy(\.isIdle)
        let servers = backends.map { backend in
            "    server \(backend.address):80 max_fails=0\(backend.isIdle && !allIdle ? " backup" : "");\n"
        }
        return "upstream nante-lb_\(name) {\n" + servers.joined() + "}\n\n" + start + """
                location / {
                    proxy_pass http://nante-lb_\(name);
            \(headers(forwarded: "$scheme"))
                    \(connect)
                    \(silence)
                    proxy_next_upstream error timeout http_502 http_503 http_504;
                    proxy_next_upstream_tries \(max(2, min(3, backends.count)));
                }
            }

            """
    }

    private static func headers(forwarded: String) -> String {
        """
                proxy_http_version 1.1;
                proxy_set_header Host $http_host;
                proxy_set_header Connection $nante_connection;
                proxy_set_header Upgrade $http_upgrade;
                proxy_set_header X-Real-IP $remote_addr;
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                proxy_set_header X-Forwarded-Proto \(forwarded);
        """
    }
}

/// A host behind a balancer.
public struct Backend: Sendable, Hashable {
    /// Its address.
    public var address: String
    /// No release serves on it yet: it stands by until one does, so that no request meets it meanwhile.
    public var isIdle: Bool

    /// A host behind a balancer.
    public init(address: String, isIdle: Bool) {
        self.address = address
        self.isIdle = isIdle
    }
}
