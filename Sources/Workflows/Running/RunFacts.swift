import Core
import Foundation
import OrderedCollections

/// What a run knows of its repository, event and machine; the same for all of its jobs.
struct RunFacts: Sendable {
    /// The run's id in `.nante/runs`.
    var id: String
    /// A number that no other run of the repository has.
    var runID: Int64
    /// How many runs there were, this one included.
    var number: Int
    /// `owner/name`.
    var repository: String
    /// The full ref.
    var ref: String
    /// The commit; forty zeros where there is none.
    var sha: String
    /// Who started it.
    var actor: String
    /// The event's name.
    var event: String
    /// The event's payload.
    var payload: JSONValue
    /// The workflow's name, or its file.
    var workflow: String
    /// The workflow's file.
    var path: String
    /// Address of the server, without a slash at the end.
    var server = "https://github.com"
    /// `github.token`.
    var token = ""

    /// `refs/heads/main` is `main`, `refs/pull/1/merge` is `1/merge`.
    var refName: String {
        for prefix in ["refs/heads/", "refs/tags/", "refs/pull/"] where ref.hasPrefix(prefix) {
            return String(ref.dropFirst(prefix.count))
        }
        return ref
    }

    /// `tag` or `branch`.
    var refType: String { ref.hasPrefix("refs/tags/") ? "tag" : "branch" }

    /// `owner/name/path@ref` of the workflow.
    var workflowRef: String { "\(repository)/\(path)@\(ref)" }

    private var pull: JSONValue? { payload["pull_request"] }

    /// The `github` context that all jobs share, without the payload: names and texts.
    var texts: OrderedDictionary<String, String> {
        let owner = repository.split(separator: "/").first.map(String.init) ?? ""
        let isCloud = server == "https://github.com"
        return [
            "actor": actor, "actor_id": "1", "triggering_actor": actor,
            "api_url": isCloud ? "https://api.github.com" : "\(server)/api/v3",
            "base_ref": pull?["base"]?["ref"]?.string ?? "", "head_ref": pull?["head"]?["ref"]?.string ?? "",
            "event_name": event, "graphql_url": isCloud ? "https://api.github.com/graphql" : "\(server)/api/graphql",
            "ref": ref, "ref_name": refName, "ref_protected": "false", "ref_type": refType,
            "repository": repository, "repository_id": payload["repository"]?["id"]?.int.map(String.init) ?? "1",
            "repository_owner": owner, "repository_owner_id": "1", "retention_days": "90", "run_attempt": "1",
            "run_id": String(runID), "run_number": String(number), "server_url": server, "sha": sha,
            "workflow": workflow, "workflow_ref": workflowRef, "workflow_sha": sha,
        ]
    }

    /// Members of the `github` context that have no variable of the same name.
    var others: [(String, ExpressionValue)] {
        [
            ("event", ExpressionValue(payload)), ("repositoryUrl", .string("git://github.com/\(repository).git")),
            ("secret_source", .string("Actions")),
        ]
    }

    /// The names of the machine in GitHub's words.
    static let system: (os: String, architecture: String) = {
        #if os(macOS)
            let os = "macOS"
        #else
            let os = "Linux"
        #endif
        #if arch(arm64)
            return (os, "ARM64")
        #else
            return (os, "X64")
        #endif
    }()
}

/// The payload of an event that happened on this machine only.
enum EventPayload {
    /// A payload with the members that workflows ask for most.
    static func make(
        event: String, repository: String, ref: String, sha: String, before: String, message: String, author: String,
        inputs: OrderedDictionary<String, String>, workflow: String
    ) -> JSONValue {
        let parts = repository.split(separator: "/").map(String.init)
        let owner = parts.first ?? ""
        let person: JSONValue = ["login": .string(author), "name": .string(author), "type": "User"]
        var payload: JSONValue = [
            "repository": [
                "id": 1, "name": .string(parts.last ?? repository), "full_name": .string(repository),
                "default_branch": "main", "private": true, "fork": false,
                "owner": ["login": .string(owner), "name": .string(owner)],
                "html_url": .string("https://github.com/\(repository)"),
                "clone_url": .string("https://github.com/\(repository).git"),
            ],
            "sender": person, "ref": .string(ref),
        ]
        switch event {
        case "push":
            let commit: JSONValue = ["id": .string(sha), "message": .string(message), "author": person]
            payload.set("before", .string(before))
            payload.set("after", .string(sha))
            payload.set("created", false)
            payload.set("deleted", false)
            payload.set("forced", false)
            payload.set("pusher", person)
            payload.set("head_commit", commit)
            payload.set("commits", [commit])
        case "workflow_dispatch":
            payload.set("inputs", .texts(inputs))
            payload.set("workflow", .string(workflow))
        default: break
        }
        return payload
    }
}
