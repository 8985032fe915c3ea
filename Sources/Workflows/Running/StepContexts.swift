import Core
import Foundation
import OrderedCollections

extension StepsJobRun {
    /// The `github` context inside of steps, as names and texts, without the payload.
    func githubTexts(_ scope: StepScope, action: String) -> OrderedDictionary<String, String> {
        var texts = services.facts.texts
        texts["action"] = action
        texts["job"] = job.id
        texts["workspace"] = folders.workspace
        texts["event_path"] = services.folder.appending(path: "event.json")
        if let call = scope.call {
            texts["action_path"] = call.folder
            texts["action_repository"] = call.origin.repository
            texts["action_ref"] = call.origin.ref
        }
        return texts
    }

    /// The variables that the runner itself sets; nothing overrides them.
    func runnerVariables(_ scope: StepScope, action: String, files: CommandFiles?) -> [String: String] {
        var all: [String: String] = [:]
        for (name, value) in githubTexts(scope, action: action) where !value.isEmpty {
            all["GITHUB_\(name.uppercased())"] = value
        }
        for name in ["GITHUB_BASE_REF", "GITHUB_HEAD_REF"] { all[name] = all[name] ?? "" }
        for (name, value) in runnerTexts { all["RUNNER_\(name.uppercased())"] = value }
        all["CI"] = "true"
        all["GITHUB_ACTIONS"] = "true"
        // What nante in a step tells its user to look at.
        all["NANTE_RUN_ID"] = services.facts.id
        all.merge(files?.variables ?? [:]) { $1 }
        return all
    }

    /// The `runner` context.
    private var runnerTexts: OrderedDictionary<String, String> {
        [
            "name": "nante", "os": RunFacts.system.os, "arch": RunFacts.system.architecture,
            "environment": "self-hosted", "temp": folders.temporary, "tool_cache": services.bench.tools,
            "workspace": folders.own,
        ]
    }

    /// The `job` context.
    private var jobContext: ExpressionValue {
        let facts = services.facts
        let origin = scope.loaded.origin
        let path = scope.loaded.path
        return .object([
            ("status", .string(status.value.rawValue)), ("services", .object([])), ("container", .object([])),
            ("workflow_ref", .string("\(origin.repository)/\(path)@\(origin.ref)")),
            ("workflow_sha", .string(origin.sha.isEmpty ? facts.sha : origin.sha)),
            ("workflow_repository", .string(origin.repository)), ("workflow_file_path", .string(path)),
        ])
    }

    /// What expressions of a step see.
    func evaluator(_ scope: StepScope, _ environment: StepEnvironment, action: String) -> Evaluator {
        var github = githubTexts(scope, action: action).map { ($0.key, ExpressionValue.string($0.value)) }
        github += services.facts.others
        github.append(("token", .string(services.facts.token)))
        if scope.call != nil { github.append(("action_status", .string(scope.status.value.rawValue))) }
        var members: [(String, ExpressionValue)] = [
            ("github", .object(github)), ("matrix", contexts.matrix), ("strategy", contexts.strategy),
            ("job", jobContext), ("runner", .texts(runnerTexts)), ("steps", scope.steps),
            ("env", .texts(environment.context, caseSensitive: true)),
            ("inputs", scope.call?.inputs ?? contexts.inputs),
        ]
        if scope.call == nil {
            // An action gets secrets, vars and needs only as inputs.
            members += [
                ("vars", contexts.variables), ("secrets", contexts.secrets), ("needs", contexts.needs),
            ]
        }
        return Evaluator(contexts: ExpressionObject(members), functions: functions(scope))
    }

    /// Status functions and `hashFiles`.
    ///
    /// In an action success and failure are those of the action's own steps.
    private func functions(_ scope: StepScope) -> [String: ExpressionFunction] {
        let files = services.context.files
        let workspace = folders.workspace
        let inner = scope.status
        let outer = status
        return [
            "always": { _ in .boolean(true) },
            "success": { _ in .boolean(inner.value == .success && outer.value != .cancelled) },
            "failure": { _ in .boolean(inner.value == .failure) },
            "cancelled": { _ in .boolean(outer.value == .cancelled) },
            "hashfiles": { arguments in
                .string(try HashFiles(files: files, workspace: workspace)(arguments.map(\.text)))
            },
        ]
    }
}
