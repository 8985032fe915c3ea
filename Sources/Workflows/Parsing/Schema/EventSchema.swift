extension Schema {
    /// Events that take nothing but, some of them, types of activity.
    private static let activities: [(event: String, types: String)] = [
        ("branch_protection_rule", "created edited deleted"),
        ("check_run", "completed created rerequested requested_action"), ("check_suite", "completed"),
        ("create", ""), ("delete", ""), ("deployment", ""), ("deployment_status", ""),
        (
            "discussion",
            "created edited deleted transferred pinned unpinned labeled unlabeled locked unlocked "
                + "category_changed answered unanswered"
        ),
        ("discussion_comment", "created edited deleted"), ("fork", ""), ("gollum", ""),
        ("issue_comment", "created edited deleted"),
        (
            "issues",
            "opened edited deleted transferred pinned unpinned closed reopened assigned unassigned labeled unlabeled "
                + "locked unlocked milestoned demilestoned field_added field_removed typed untyped"
        ),
        ("label", "created edited deleted"), ("milestone", "created closed opened edited deleted"),
        ("page_build", ""), ("project", "created closed reopened edited deleted"),
        ("project_card", "created moved converted edited deleted"),
        ("project_column", "created updated moved deleted"), ("public", ""),
        ("pull_request_comment", "created edited deleted"), ("pull_request_review", "submitted edited dismissed"),
        ("pull_request_review_comment", "created edited deleted"), ("registry_package", "published updated"),
        ("release", "published unpublished created edited deleted prereleased released"), ("status", ""),
        ("watch", "started"),
    ]

    /// Events with filters of their own, in the notation.
    private static let filtered = """
        push: { branches: texts, branches-ignore: texts, tags: texts, tags-ignore: texts, paths: texts,
          paths-ignore: texts }
        pull_request: { types: pull-request-types, branches: texts, branches-ignore: texts, paths: texts,
          paths-ignore: texts }
        pull-request-type: 'assigned' 'unassigned' 'labeled' 'unlabeled' 'opened' 'edited' 'closed' 'reopened'
          'synchronize' 'converted_to_draft' 'locked' 'unlocked' 'enqueued' 'dequeued' 'milestoned' 'demilestoned'
          'ready_for_review' 'review_requested' 'review_request_removed' 'auto_merge_enabled' 'auto_merge_disabled'
          'stacked'
        pull-request-types: pull-request-type | [pull-request-type]
        merge_group: { types: merge-group-types, branches: texts, branches-ignore: texts }
        merge-group-types: 'checks_requested' | ['checks_requested']
        image_version: { types: image-version-types, names: texts, versions: texts }
        image-version-type: 'created' 'ready' 'deleted'
        image-version-types: image-version-type | [image-version-type]
        workflow_run: { types: workflow-run-types, workflows: texts, branches: texts, branches-ignore: texts }
        workflow-run-type: 'requested' 'completed' 'in_progress'
        workflow-run-types: workflow-run-type | [workflow-run-type]
        repository_dispatch: { types: texts }
        workflow_call: { inputs: call-inputs, secrets: call-secret-map, outputs: call-outputs }
        @call-default: github inputs vars
        call-inputs: { *text: call-input }
        call-input: { type!: 'string' 'boolean' 'number', required: boolean, default: call-default, description: string,
          deprecationMessage: string }
        call-default: @call-default string | boolean | number
        call-secret-map: { *text: null | { required: boolean, description: string } }
        call-outputs: { *text: { description: string, value!: call-output } }
        @call-output: github inputs vars jobs
        call-output: @call-output string
        # GitHub passes over unknown keys of a hand-started run.
        workflow_dispatch: { inputs: dispatch-inputs, *text: any }
        dispatch-inputs: null | { *text: dispatch-input }
        dispatch-input: null | { type: 'string' 'boolean' 'number' 'environment' 'choice', required: boolean,
          default: string | boolean | number, options: [string], description: string, deprecationMessage: string,
          *text: any }

        """

    /// The notation of `on`.
    static let events: String = {
        var text = filtered
        var names = [
            "push", "pull_request", "merge_group", "image_version", "workflow_run", "repository_dispatch",
            "workflow_call", "workflow_dispatch",
        ]
        var properties = names.map { "\($0): null | \($0)" }
        for (event, types) in activities {
            names.append(event)
            let words = types.split(separator: " ").map { "'\($0)'" }.joined(separator: " ")
            properties.append("\(event): null" + (types.isEmpty ? "" : " | { types: \(words) | [\(words)] }"))
        }
        names += ["pull_request_target", "schedule"]
        properties += ["pull_request_target: null | pull_request", "schedule: [{ cron!: text, timezone: text }]"]
        let event = names.map { "'\($0)'" }.joined(separator: " ")
        text += "event: \(event)\ntriggers: event | [event] | { \(properties.joined(separator: ", ")) }\n"
        return text
    }()
}
