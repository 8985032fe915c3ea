/// `nante.yml`: what a repository says of its apps and where they run; never a secret.
///
/// The annotated example is `examples/nante.yml`; the tests load it.
public struct Manifest: Sendable, Hashable {
    /// The file it was read from.
    public var file: String
    /// Addresses of real services; empty means the lab.
    public var platform: PlatformAddresses
    /// How machines are made.
    public var machines = Machines.usual
    /// Where `uses: OWNER/REPO/…@ref` is found on this machine; paths relative to the file.
    public var library: [String: String]
    /// The apps by name, in the order of the file.
    public var apps: [App]
    /// The environments by name, in the order of the file.
    public var environments: [Environment]

    /// Addresses of real services, as they stand in the file.
    public struct PlatformAddresses: Sendable, Hashable {
        /// Setting names (such as OCTOPUS_SERVER_URL) and their values.
        public var settings: [String: String]
    }

    /// An application.
    public struct App: Sendable, Hashable {
        /// How an app is delivered.
        public enum Kind: String, Sendable, Hashable, CaseIterable { case package, container, chart }
        /// Its name: also the Octopus project and the package id.
        public var name: String
        /// How it is delivered.
        public var kind: Kind
        /// Its folder, relative to the file; "." by default.
        public var path: String
        /// The Go package to build, relative to its folder; "." by default.
        public var main: String
        /// How it is built.
        public var build: Build
        /// Target tags of the hosts that it runs on.
        public var targets: [String]
        /// How its health is told.
        public var health: Health
        /// How long a new release is watched on a host before the old one is stopped.
        public var bake: Duration
        /// How long a stopping release may finish its requests.
        public var drain: Duration
        /// What the prober asks.
        public var probe: Probe
    }

    /// How an app is built.
    public struct Build: Sendable, Hashable {
        /// The Go variable that gets the version, such as `main.version`.
        public var version: String
        /// The Go variable that gets the commit.
        public var commit: String
        /// Go build tags.
        public var tags: [String]
        /// How an app is built.
        public init(version: String, commit: String, tags: [String]) {
            self.version = version
            self.commit = commit
            self.tags = tags
        }
    }

    /// The health check of an app.
    public struct Health: Sendable, Hashable {
        /// Path of the check; status 200 to 299 is healthy.
        public var path: String
        /// The longest that a new release may take to be healthy.
        public var within: Duration
    }

    /// The requests of the prober.
    public struct Probe: Sendable, Hashable {
        /// Requests a second.
        public var rate: Int
        /// Paths asked by GET.
        public var get: [String]
        /// Paths asked by POST, with an empty JSON object.
        public var post: [String]
    }

    /// An environment: hosts by group.
    public struct Environment: Sendable, Hashable {
        /// Its name, also that of the Octopus environment.
        public var name: String
        /// The groups in the order of the file.
        public var hosts: [HostGroup]
    }

    /// Hosts that are alike.
    public struct HostGroup: Sendable, Hashable {
        /// How a host is made.
        public enum Kind: String, Sendable, Hashable, CaseIterable { case lxc, vm }
        /// Its name.
        public var name: String
        /// How many.
        public var count: Int
        /// How they are made.
        public var kind: Kind
        /// Processor cores of each.
        public var cores: Int
        /// Memory of each in MiB.
        public var memory: Int
        /// Target tags of each, as registered in Octopus.
        public var targets: [String]
        /// Disk of each in GiB; nil as the platform has it.
        public var disk: Int?
        /// VLAN tag, 0 is untagged; nil as the platform has it.
        public var vlan: Int?
        /// The address of each host by its number; empty lets nante choose.
        public var addresses: [IPv4Address] = []
        /// The node that they are made on; nil as the platform has it.
        public var node: String?
        /// The storage of their disks; nil as the platform has it.
        public var storage: String?
        /// The template that they are made of; nil as the platform has it.
        public var template: String?
        /// Tags in Proxmox VE, beside nante's own.
        public var tags: [String] = []
        /// They are never removed or replaced, by nante or in Proxmox VE.
        public var protect = false
        /// Root inside a container is root outside.
        public var privileged = false
        /// Containers may be run inside of a container.
        public var nesting = false
        /// A container has `/dev/net/tun`.
        public var tun = false
        /// The user that logs in; nil is root in containers and `deploy` in virtual machines.
        public var user: String?
    }

    /// The app of a name.
    public func app(_ name: String) throws -> App {
        if let app = apps.first(where: { $0.name == name }) { return app }
        let known = apps.map(\.name).joined(separator: ", ")
        throw Failure(
            .usage, "\(file) has no app \(name)", why: apps.isEmpty ? "it has no apps" : "its apps: \(known)")
    }

    /// The environment of a name.
    public func environment(_ name: String) throws -> Environment {
        if let environment = environments.first(where: { $0.name == name }) { return environment }
        let known = environments.map(\.name).joined(separator: ", ")
        throw Failure(
            .usage, "\(file) has no environment \(name)",
            why: environments.isEmpty ? "it has no environments" : "its environments: \(known)")
    }
}

/// Rules for names that become host names, users, paths and resource names.
public enum NameRule {
    /// Lower-case letters, digits and inner hyphens, first a letter, at most 24 characters.
    public static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 24, text.last != "-" else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) && text.utf8.allSatisfy(isNameByte)
    }
    /// In words, for messages.
    public static let inWords = "lower-case letters, digits and inner hyphens, first a letter, at most 24 characters"

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// A path of a URL: a slash, then unreserved characters, slashes and a query.
    public static func isURLPath(_ text: String) -> Bool {
        text.hasPrefix("/") && text.utf8.count <= 512
            && text.utf8.allSatisfy {
                isNameByte($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                    || "._~/?=&%:@+".utf8.contains($0)
            }
    }

    /// A Go package with a variable in it, such as `main.version` or `example.com/app/build.Version`.
    public static func isGoVariable(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count > 1 && text.utf8.count <= 200 && parts.allSatisfy { !$0.isEmpty }
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789._/-".unicodeScalars.contains($0))
            }
    }

    /// A Go build tag: letters, digits, `_` and `.`.
    public static func isBuildTag(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 100
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789._".unicodeScalars.contains($0))
            }
    }

    /// A relative path that stays inside its folder.
    public static func isInnerPath(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix("/") && !text.contains("\0")
            && !text.split(separator: "/").contains("..") && !text.contains("\n")
    }
}
