import Core
import Git

/// The payload of a push event, with the members of GitHub's that a repository on this machine has.
///
/// Source: https://docs.github.com/webhooks/webhook-events-and-payloads (push).
struct PushEvent: Sendable {
    let name: RepoName
    let ref: PushedRef
    let path: String
    let defaultBranch: String
    /// The pushed commits, newest first: id, author, date, subject.
    let commits: [[String]]
    let pusher: String

    /// The payload.
    var value: JSONValue {
        let zeros = String(repeating: "0", count: 40)
        let all = commits.map(PushEvent.commit)
        let owner: JSONValue = ["login": "lab", "name": "lab", "type": "Organization"]
        return [
            "ref": .string(ref.name), "before": .string(ref.before ?? zeros), "after": .string(ref.after ?? zeros),
            "created": .bool(ref.before == nil), "deleted": .bool(ref.after == nil), "forced": false,
            "base_ref": .null, "compare": "", "commits": .array(all.reversed()), "head_commit": all.first ?? .null,
            "pusher": ["name": .string(pusher)], "sender": ["login": .string(pusher), "type": "User"],
            "repository": [
                "name": .string("\(name)"), "full_name": .string("lab/\(name)"), "private": true, "owner": owner,
                "default_branch": .string(defaultBranch), "master_branch": .string(defaultBranch),
                "clone_url": .string(path), "html_url": .string("file://\(path)"),
            ],
        ]
    }

    private static func commit(_ fields: [String]) -> JSONValue {
        let field = { (place: Int) -> JSONValue in fields.indices.contains(place) ? .string(fields[place]) : "" }
        return [
            "id": field(0), "message": field(3), "timestamp": field(2), "distinct": true,
            "author": ["name": field(1)], "committer": ["name": field(1)],
        ]
    }
}
