import Core
import Testing

@testable import Workflows

@Suite("The typed model")
struct ModelTests {
    private func steps(_ text: String) throws -> [Step] {
        guard case .steps(let work)? = try workflow(text).jobs["a"]?.work else { return [] }
        return work.steps
    }

    @Test(
        "text around expressions is folded into format",
        arguments: [
            ("x ${{ github.a }} y", "format('x {0} y', github.a)"), ("${{ github.a }}", "github.a"),
            ("${{ github.a }}${{ github.b }}", "format('{0}{1}', github.a, github.b)"),
            ("it's {x} ${{ 1 }}", "format('it''s {{x}} {0}', 1)"), ("${{ '}}' }}!", "format('{0}!', '}}')"),
            ("${{  github.a  }}", "github.a"), ("$${{ 1 }}", "format('${0}', 1)"),
        ])
    func folding(text: String, wanted: String) throws {
        let kind = try TemplateText.read(text, in: ExpressionScope(contexts: ["github"]))
        guard case .expression(let expression) = kind else {
            Issue.record("no expression in \(text)")
            return
        }
        #expect(expression.source == wanted)
    }

    @Test(
        "text without expressions, and a lone string expression, are literals",
        arguments: [
            ("plain", "plain"), ("$ {{ x }}", "$ {{ x }}"), ("${{ 'a''b' }}", "a'b"), ("{{ x }}", "{{ x }}"),
            ("$", "$"), ("${", "${"),
        ])
    func literals(text: String, wanted: String) throws {
        let kind = try TemplateText.read(text, in: ExpressionScope(contexts: []))
        guard case .string(let value) = kind else {
            Issue.record("no string in \(text)")
            return
        }
        #expect(value == wanted)
    }

    /// The condition of a step over a status and a value of `env.x`.
    private func holds(_ condition: String, success: Bool, x: String = "") throws -> Bool {
        let steps = try steps(
            job("", steps: "      - run: x\n" + (condition.isEmpty ? "" : "        if: \(condition)")))
        let evaluator = Evaluator(
            contexts: ExpressionObject([("env", .object([("x", .string(x))]))]),
            functions: [
                "success": { _ in .boolean(success) }, "failure": { _ in .boolean(!success) },
                "always": { _ in .boolean(true) }, "cancelled": { _ in .boolean(false) },
            ])
        return try #require(steps.first).condition.holds(evaluator)
    }

    @Test(
        "if is an expression, under success() unless it asks for a status itself",
        arguments: [
            ("", true, false), ("true", true, false), ("env.x == 'y'", true, false),
            ("${{ env.x == 'y' }}", true, false),
            ("env.x != 'y'", false, false), ("always()", true, true), ("failure()", false, true),
            ("${{ always() && env.x == 'y' }}", true, true), ("'success()'", true, false),
            ("${{ !cancelled() }}", true, true),
            ("false || failure()", false, true), ("\"${{ false }} # no\"", true, false), ("1", true, false),
            ("0", false, false), ("''", true, false), ("${{ false }} && true", true, false),
            ("fromJSON(toJSON(failure()))", false, true), ("env.none", false, false),
        ])
    func conditions(text: String, afterSuccess: Bool, afterFailure: Bool) throws {
        #expect(try holds(text, success: true, x: "y") == afterSuccess)
        #expect(try holds(text, success: false, x: "y") == afterFailure)
    }

    @Test("steps without an id get one that starts with two underscores and is unique")
    func ids() throws {
        let text = job(
            "",
            steps: """
                      - run: a
                      - run: b
                      - uses: actions/checkout@v4
                      - uses: docker://alpine:3
                      - uses: ./local
                      - { run: c, id: own }
                """)
        let steps = try steps(text)
        #expect(
            steps.map(\.id) == ["__run", "__run_2", "__actions_checkout", "__alpine_3", "__self", "own"])
        #expect(steps.map(\.hasOwnID) == [false, false, false, false, false, true])
    }

    @Test(
        "references of steps",
        arguments: [
            ("./a/b", ActionReference.workspace(path: "a/b")), ("$/.github/actions/x", .own(path: ".github/actions/x")),
            ("a/b@c", .repository(owner: "a", name: "b", path: "", ref: "c")),
            ("a/b/c/d@e/f", .repository(owner: "a", name: "b", path: "c/d", ref: "e/f")),
            ("docker://x:1", .docker(image: "x:1")), ("./", .workspace(path: "")),
        ])
    func references(text: String, wanted: ActionReference) { #expect(ActionReference(text) == wanted) }

    @Test(
        "what is no reference",
        arguments: ["", "a", "a/b", "a@b", "/@b", "a/b@", "a/b@c@d", "$/", "$/a@b", "@", "a/@x"])
    func noReference(text: String) { #expect(ActionReference(text) == nil) }

    @Test(
        "what is no reference to a workflow",
        arguments: ["", "a", "./", "./a@b", "a/b@c", "a/b/c", "./../x.yml", "a/b/../c@d", "a//c@d"])
    func noWorkflow(text: String) { #expect(WorkflowReference(text) == nil) }

    @Test("a whole workflow keeps everything that was written")
    func everything() throws {
        let workflow = try workflow(Self.whole)
        #expect(workflow.name == "Everything")
        #expect(workflow.triggers.contains("push"))
        #expect(workflow.triggers.events["push"]?.filters["branches"] == ["main", "v*"])
        #expect(workflow.triggers.events["schedule"]?.schedules.first?.cron == "0 1 * * *")
        #expect(workflow.triggers.call?.inputs["Version"]?.required == true)
        #expect(workflow.triggers.call?.outputs["out"]?.value.hasExpression == true)
        #expect(workflow.triggers.dispatch?.inputs["level"]?.options == ["low", "high"])
        #expect(workflow.permissions == .levels(["contents": .read]))
        #expect(workflow.jobs.keys.elements == ["build", "call"])
        let build = try #require(workflow.jobs["build"])
        guard case .steps(let work) = build.work else { return }
        #expect(work.outputs.keys.elements == ["o"])
        #expect(work.environmentURL?.literal == "http://x")
        #expect(work.steps.count == 5)
        guard case .wait(let targets) = work.steps[2].action else { return }
        #expect(targets == ["bg"])
        #expect(work.steps[0].background)
        let call = try #require(workflow.jobs["call"])
        #expect(call.needs == ["build"])
        guard case .call(let calls) = call.work else { return }
        #expect(calls.uses == .remote(owner: "o", repository: "r", path: ".github/workflows/w.yml", ref: "v1"))
        #expect(calls.with["Version"]?.literal == nil)
    }

    private static let whole = """
        name: Everything
        run-name: Run ${{ github.ref }}
        on:
          push: { branches: [main, 'v*'] }
          schedule: [{ cron: '0 1 * * *' }]
          workflow_call:
            inputs: { Version: { type: string, required: true }, fast: { type: boolean, default: false } }
            secrets: { key: { required: true } }
            outputs: { out: { value: '${{ jobs.build.outputs.o }}' } }
          workflow_dispatch:
            inputs: { level: { type: choice, options: [low, high], default: low, description: x } }
        permissions: { contents: read }
        env: { A: 1, B: '${{ vars.b }}' }
        defaults: { run: { shell: bash } }
        concurrency: { group: '${{ github.ref }}', cancel-in-progress: true }
        jobs:
          build:
            runs-on: [self-hosted, linux]
            environment: { name: dev, url: http://x }
            strategy: { fail-fast: false, max-parallel: 2, matrix: { os: [a, b], include: [{ os: a, x: 1 }] } }
            outputs: { o: '${{ steps.bg.outputs.o }}' }
            steps:
              - { id: bg, run: sleep 1, background: true }
              - { uses: actions/checkout@v4, with: { ref: main, fetch-depth: 0 } }
              - wait: bg
              - wait-all:
              - parallel: [{ run: a }, { run: b }]
          call:
            needs: BUILD
            uses: o/r/.github/workflows/w.yml@v1
            with: { Version: 1.2 }
            secrets: inherit
        """
}
