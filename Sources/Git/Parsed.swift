import Core
import Foundation

/// A commit as the log shows it.
public struct Commit: Sendable, Hashable {
    /// The full id.
    public var sha: String
    /// The author's name.
    public var author: String
    /// When it was written, ISO 8601 with offset.
    public var date: String
    /// The first line of its message.
    public var subject: String

    /// A commit.
    public init(sha: String, author: String, date: String, subject: String) {
        self.sha = sha
        self.author = author
        self.date = date
        self.subject = subject
    }

    /// The first seven digits of the id.
    public var short: String { String(sha.prefix(7)) }

    /// Reads what `GitArguments.log` prints.
    static func parse(log: String) -> [Commit] {
        let fields = log.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        return stride(from: 0, to: fields.count - 3, by: 4).map {
            Commit(sha: fields[$0], author: fields[$0 + 1], date: fields[$0 + 2], subject: fields[$0 + 3])
        }
    }
}

/// The place of a commit behind the nearest version tag.
public struct TagDistance: Sendable, Hashable {
    /// The tag, such as `v1.2.3`.
    public var tag: String
    /// Commits since the tag; 0 on it.
    public var distance: Int
    /// The first seven or more digits of the commit.
    public var commit: String

    /// A place.
    public init(tag: String, distance: Int, commit: String) {
        self.tag = tag
        self.distance = distance
        self.commit = commit
    }

    /// Reads `v1.2.3-7-g1a2b3c4` (`git describe --long`); nil for anything else.
    static func parse(_ text: String) -> TagDistance? {
        let parts = text.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: "-").map(String.init)
        guard parts.count >= 3, let last = parts.last, last.hasPrefix("g"), let distance = Int(parts[parts.count - 2])
        else { return nil }
        let tag = parts.dropLast(2).joined(separator: "-")
        return TagDistance(tag: tag, distance: distance, commit: String(last.dropFirst()))
    }
}

/// A path of the work tree that differs from HEAD.
public struct Change: Sendable, Hashable {
    /// Two letters of `git status --porcelain`: index and work tree, such as " M" or "??".
    public var code: String
    /// The path, from the top of the work tree.
    public var path: String

    /// A change.
    public init(code: String, path: String) {
        self.code = code
        self.path = path
    }

    /// Reads what `GitArguments.status` prints.
    static func parse(status: String) -> [Change] {
        status.split(separator: "\0").compactMap { entry in
            guard entry.count > 3 else { return nil }
            return Change(code: String(entry.prefix(2)), path: String(entry.dropFirst(3)))
        }
    }
}

/// A remote repository as it is configured.
public struct Remote: Sendable, Hashable {
    /// Its name, such as `origin`.
    public var name: String
    /// Its address.
    public var url: String

    /// A remote.
    public init(name: String, url: String) {
        self.name = name
        self.url = url
    }

    /// The last two parts of the address as `owner/name`, `.git` dropped; nil where it has no two parts.
    public var repository: String? { Remote.repository(of: url) }

    /// `owner/name` of an address: `https://host/owner/name.git`, `git@host:owner/name`, `/srv/owner/name.git`.
    public static func repository(of url: String) -> String? {
        var path = url
        if let scheme = path.range(of: "://") {
            path = String(path[scheme.upperBound...])
            guard let slash = path.firstIndex(of: "/") else { return nil }
            path = String(path[slash...])
        } else if let colon = path.firstIndex(of: ":"), !path[..<colon].contains("/") {
            path = String(path[path.index(after: colon)...])
        }
        let parts = path.split(separator: "/")
        guard parts.count >= 2, let last = parts.last else { return nil }
        let name = last.hasSuffix(".git") ? last.dropLast(4) : last
        let repository = "\(parts[parts.count - 2])/\(name)"
        return GitName.isRepository(repository) ? repository : nil
    }

    /// Reads what `GitArguments.remotes` prints.
    static func parse(config: String) -> [Remote] {
        config.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2, parts[0].hasPrefix("remote."), parts[0].hasSuffix(".url") else { return nil }
            return Remote(name: String(parts[0].dropFirst(7).dropLast(4)), url: parts[1])
        }
    }
}

/// A ref of a remote.
public struct RemoteRef: Sendable, Hashable {
    /// The full name, such as `refs/heads/main`; `^{}` behind it marks the commit of an annotated tag.
    public var name: String
    /// The id of the object.
    public var sha: String

    /// A ref.
    public init(name: String, sha: String) {
        self.name = name
        self.sha = sha
    }

    /// Reads what `git ls-remote` prints.
    static func parse(_ text: String) -> [RemoteRef] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t").map(String.init)
            return parts.count == 2 && GitName.isCommit(parts[0]) ? RemoteRef(name: parts[1], sha: parts[0]) : nil
        }
    }
}
