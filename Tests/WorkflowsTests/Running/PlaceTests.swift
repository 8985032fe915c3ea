import Core
import Foundation
import Testing

@testable import Workflows

@Suite struct PlaceTests {
    static let show = """
        a:
          runs-on: ubuntu-latest
          steps:
            - run: ls -A
            - uses: actions/checkout@v4
            - run: cat a.txt; git branch --show-current; echo "$GITHUB_REF $GITHUB_REPOSITORY $GITHUB_EVENT_NAME"
            - run: git status --porcelain && git tag made-in-job
        """

    @Test func aRunSeesTheCommit() async throws {
        let rig = try await Rig(jobs: Self.show, ["a.txt": "old\n"])
        try rig.context.files.write("new\n", to: rig.root.appending(path: "a.txt"))
        let run = try await rig.prepare()
        #expect(run.notes.first?.contains("not committed (a.txt)") == true)
        let report = try await run.run()
        #expect(report.result == .success)
        #expect(try rig.log(report, "a", "1") == "")
        #expect(try rig.log(report, "a", "3") == "old\nmain\nrefs/heads/main local/repo push\n")
        #expect(try await rig.context.processes.run(Command("git", ["tag"], workingDirectory: rig.root)).stdout == "")
        let dirty = try await rig.run { $0.workspace = .dirty }
        #expect(try rig.log(dirty, "a", "3").hasPrefix("new\nmain\n"))
        #expect(try !rig.context.files.exists(rig.folder.path.appending(path: "work/repo-0")))
    }

    @Test func aRunInTheWorkTree() async throws {
        let rig = try await Rig(jobs: Self.show.replacing(" && git tag made-in-job", with: ""), ["a.txt": "old\n"])
        try rig.context.files.write("new\n", to: rig.root.appending(path: "a.txt"))
        let report = try await rig.run { $0.workspace = .current }
        #expect(try rig.log(report, "a", "1").contains("a.txt"))
        #expect(try rig.log(report, "a", "3").hasPrefix("new\nmain\n"))
        #expect(try rig.log(report, "a", "4") == " M a.txt\n")
    }

    @Test func aFolderWithoutGit() async throws {
        let rig = try await Rig(
            [
                ".github/workflows/test.yml": """
                on: push
                jobs: {a: {runs-on: x, steps: [{uses: actions/checkout@v4}, {run: cat a.txt}]}}
                """,
                "a.txt": "plain\n",
            ], git: false)
        let run = try await rig.prepare()
        #expect(run.notes.first?.contains("has no commit") == true)
        let report = try await run.run()
        #expect(try rig.log(report, "a", "2") == "plain\n")
    }

    @Test func workflowsThatAreNotCommitted() async throws {
        let rig = try await Rig(["a.txt": "1"])
        try rig.context.files.write(
            "on: push\njobs: {a: {runs-on: x, steps: [{run: echo hi}]}}\n",
            to: rig.root.appending(path: ".github/workflows/new.yml"))
        await #expect { try await rig.run("new") } throws: { "\($0)".contains("is not in the commit") }
        #expect(try await rig.run("new") { $0.workspace = .dirty }.result == .success)
        #expect(try await WorkflowFiles.only(rig.context).hasSuffix("new.yml"))
    }

    @Test func eventsAndInputs() async throws {
        let rig = try await Rig(
            jobs: """
                a:
                  runs-on: ubuntu-latest
                  steps:
                    - run: >-
                        echo "${{ github.event_name }} ${{ inputs.on }} ${{ inputs.on && 'y' || 'n' }}
                        ${{ inputs.kind }} ${{ inputs.n + 0 }} ${{ github.event.inputs.on }} ${{ github.ref }}"
                """.replacing("${{ inputs.n + 0 }}", with: "${{ inputs.n == 2 }}"),
            on: """
                {push: , pull_request: , workflow_dispatch: {inputs: {on: {type: boolean},
                n: {type: number, default: 2}, kind: {type: choice, options: [x, y], default: y}}}}
                """)
        let report = try await rig.run { $0.event = "workflow_dispatch" }
        #expect(try rig.log(report, "a", "1") == "workflow_dispatch false n y true false refs/heads/main\n")
        let given = try await rig.run {
            $0.event = "workflow_dispatch"
            $0.inputs = ["ON": "true", "kind": "x", "n": "3"]
        }
        #expect(try rig.log(given, "a", "1") == "workflow_dispatch true y x false true refs/heads/main\n")
        let pull = try await rig.run {
            $0.event = "pull_request"
            $0.payload = ["number": 7, "pull_request": ["head": ["ref": "topic"], "base": ["ref": "main"]]]
        }
        #expect(try rig.log(pull, "a", "1").contains("refs/pull/7/merge"))
        for inputs in [["kind": "z"], ["on": "maybe"], ["n": "x"], ["none": "1"]] {
            await #expect(throws: Failure.self) {
                try await rig.run {
                    $0.event = "workflow_dispatch"
                    $0.inputs = .init(uniqueKeysWithValues: inputs.map { ($0.key, $0.value) })
                }
            }
        }
        await #expect { try await rig.run { $0.event = "release" } } throws: {
            "\($0)".contains("not started by release")
        }
    }
}

@Suite struct WorkflowGroupTests {
    /// Two runs of one group take turns, and the second says for whom it waits.
    @Test func runsOfAGroupTakeTurns() async throws {
        let rig = try await Rig([
            ".github/workflows/test.yml": """
            on: push
            concurrency: {group: "deploy-${{ github.ref }}"}
            env: {LOCK: "${{ vars.LOCK }}"}
            jobs: {a: {runs-on: x, steps: [{run: "mkdir $LOCK; sleep 0.2; rmdir $LOCK"}]}}
            """
        ])
        let lock = rig.folder.path.appending(path: "held")
        let first = try await rig.prepare { $0.variables = ["LOCK": lock] }
        let second = try await rig.prepare { $0.variables = ["LOCK": lock] }
        async let one = first.run()
        async let two = second.run()
        let results = try await [one.result, two.result]
        #expect(results == [.success, .success])
        let store = RunStore(context: rig.context, root: rig.root)
        let events = try [first, second].flatMap { try store.entries($0.id) }.map(\.event)
        #expect(events.contains { if case .other("run.waiting", _) = $0 { true } else { false } })
    }
}
