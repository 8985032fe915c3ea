import Core
import Foundation
import Testing

@testable import Workflows

@Suite struct UsesTests {
    static let action = """
        name: Greet
        description: Greets.
        inputs:
          who: {description: Whom., default: nobody}
          flag: {description: A flag., default: "false"}
        outputs:
          text: {description: The text., value: "${{ steps.g.outputs.text }}"}
        runs:
          using: composite
          steps:
            - id: g
              shell: bash
              env: {WHO: "${{ inputs.who }}"}
              run: echo "text=Hello $WHO $OUTER" >> "$GITHUB_OUTPUT"; echo "MADE=inside" >> "$GITHUB_ENV"
            - shell: bash
              if: inputs.flag == 'true'
              run: exit 4
            - shell: bash
              if: failure()
              run: echo "mended, ${{ github.action_status }}"
        """

    static let callee = """
        on:
          workflow_call:
            inputs:
              flag: {type: boolean, default: true}
              count: {type: number}
              text: {type: string, required: true}
            secrets:
              KEY: {required: false}
            outputs:
              out: {value: "${{ jobs.inner.outputs.o }}"}
        env: {OWN: callee}
        jobs:
          inner:
            runs-on: ubuntu-latest
            outputs: {o: "${{ steps.s.outputs.o }}"}
            steps:
              - id: s
                env: {KEY: "${{ secrets.KEY }}"}
                run: >-
                  echo "o=${{ inputs.flag }} ${{ inputs.count }} ${{ inputs.text }} $OWN [$TOP] ${#KEY}"
                  >> "$GITHUB_OUTPUT"
        """

    @Test func compositeActions() async throws {
        let rig = try await Rig(
            jobs: """
                a:
                  runs-on: ubuntu-latest
                  steps:
                    - uses: ./.github/actions/greet
                      continue-on-error: true
                    - uses: actions/checkout@v4
                    - uses: ./.github/actions/greet
                      id: one
                      env: {OUTER: out}
                      with: {who: You, nobody-knows: x}
                    - uses: $/.github/actions/greet
                      id: two
                    - run: echo "${{ steps.one.outputs.text }}, ${{ steps.two.outputs.text }}, $MADE [$OUTER]"
                    - uses: $/.github/actions/greet
                      with: {flag: true}
                """, [".github/actions/greet/action.yml": Self.action])
        let report = try await rig.run()
        #expect(report.jobs["a"]?.steps["1"]?.record?.message?.contains("needs a checkout before it") == true)
        #expect(try rig.log(report, "a", "5") == "Hello You out, Hello nobody , inside []\n")
        #expect(report.jobs["a"]?.annotations.contains { $0.message.contains("'nobody-knows'") } == true)
        #expect(report.outcome("a", "6") == .failure)
        #expect(report.outcome("a", "6.2") == .failure)
        #expect(try rig.log(report, "a", "6.3") == "mended, failure\n")
        #expect(report.firstFailure?.step?.record?.step == "6.2")
    }

    @Test func reusableWorkflows() async throws {
        let rig = try await Rig([
            ".github/workflows/test.yml": """
            on: push
            env: {TOP: caller}
            jobs:
              one:
                uses: ./.github/workflows/callee.yml
                with: {text: "a ${{ github.event_name }}", count: 3}
                secrets: {KEY: "${{ secrets.KEY }}"}
              two:
                uses: $/.github/workflows/callee.yml
                with: {text: b, flag: false}
                secrets: inherit
              after:
                needs: [one, two]
                runs-on: ubuntu-latest
                steps: [{run: "echo '${{ needs.one.outputs.out }}; ${{ needs.two.outputs.out }}'"}]
            """,
            ".github/workflows/callee.yml": Self.callee,
        ])
        let report = try await rig.run { $0.secrets = ["KEY": "four-four"] }
        #expect(report.result == .success)
        #expect(try rig.log(report, "after", "1") == "true 3 a push callee [] 9; false 0 b callee [] 9\n")
        #expect(report.jobs["one/inner"]?.name == "one / inner")
    }

    @Test func libraries() async throws {
        let library = try await Rig([
            ".github/workflows/lib.yml": """
            on: workflow_call
            jobs:
              a:
                runs-on: ubuntu-latest
                steps:
                  - uses: $/.github/actions/greet
                    with: {who: Library}
                    id: g
                  - run: echo "$TEXT, ${{ job.workflow_repository }}, ${{ github.repository }}"
                    env: {TEXT: "${{ steps.g.outputs.text }}"}
              b:
                uses: ./.github/workflows/inner.yml
            """,
            ".github/workflows/inner.yml": """
            on: workflow_call
            jobs: {a: {runs-on: ubuntu-latest, steps: [{uses: $/.github/actions/greet}]}}
            """,
            ".github/actions/greet/action.yml": Self.action,
        ])
        let rig = try await Rig(
            jobs: """
                call:
                  uses: owner/lib/.github/workflows/lib.yml@v1
                step:
                  runs-on: ubuntu-latest
                  steps: [{uses: Owner/Lib/.github/actions/greet@v1}]
                """)
        let report = try await rig.run { $0.library = ["owner/lib": library.root] }
        #expect(report.result == .success)
        #expect(try rig.log(report, "call/a", "2") == "Hello Library , owner/lib, local/repo\n")
        #expect(report.results["call/b/a"] == .success)
        await #expect { try await rig.run() } throws: { "\($0)".contains("owner/lib@v1 is not known") }
    }

    @Test func actionsThatCannotRun() async throws {
        let rig = try await Rig(
            jobs: """
                a:
                  runs-on: ubuntu-latest
                  steps:
                    - uses: actions/upload-artifact@v4
                    - if: always()
                      uses: docker://alpine
                    - if: always()
                      uses: $/node
                """, ["node/action.yml": "name: n\ndescription: d\nruns: {using: node20, main: x.js}\n"])
        let report = try await rig.run()
        let messages = (1...3).map { report.jobs["a"]?.steps["\($0)"]?.record?.message ?? "" }
        #expect(messages.allSatisfy { $0.contains("actions/checkout") }, "\(messages)")
        #expect(messages[0].contains("actions/upload-artifact@v4 is not known"))
    }

    @Test func invalidWorkflowsAreExplained() async throws {
        let rig = try await Rig([
            ".github/workflows/test.yml": "on: push\njobs: {a: {runs-on: x, steps: [{run: \"${{ nope.x }}\"}]}}\n",
            ".github/workflows/call.yml": "on: push\njobs:\n  a:\n    uses: ./.github/workflows/callee.yml\n",
            ".github/workflows/callee.yml": Self.callee,
        ])
        await #expect(throws: SourceFaults.self) { try await rig.run() }
        await #expect { try await rig.run("call") } throws: { "\($0)".contains("text is required") }
        await #expect { try await rig.run("none") } throws: { "\($0)".contains("there is no workflow") }
    }
}
