import Core
import Foundation
import Testing

@testable import Workflows

@Suite struct StepTests {
    @Test func filesForCommands() async throws {
        let rig = try await Rig(
            jobs: """
                a:
                  runs-on: ubuntu-latest
                  env: {LEVEL: job, OVER: job}
                  outputs: {v: "${{ steps.s.outputs.v }}", e: "${{ steps.s.outputs.empty }}"}
                  steps:
                    - id: s
                      env: {LEVEL: step}
                      run: |
                        echo "v=$LEVEL" >> "$GITHUB_OUTPUT"
                        echo "empty=" >> "$GITHUB_OUTPUT"
                        echo "OVER=written" >> "$GITHUB_ENV"
                        mkdir -p "$RUNNER_TEMP/bin"
                        printf '#!/bin/sh\\necho tool\\n' > "$RUNNER_TEMP/bin/my-tool"
                        chmod +x "$RUNNER_TEMP/bin/my-tool"
                        echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"
                        echo "# Summary" >> "$GITHUB_STEP_SUMMARY"
                        echo "::set-output name=old::1"
                    - run: echo "$LEVEL $OVER $(my-tool) ${{ env.OVER }} ${{ steps.s.outputs.old }} $CI"
                """)
        let report = try await rig.run()
        #expect(report.result == .success)
        #expect(report.jobs["a"]?.outputs == ["v": "step"])
        #expect(try rig.log(report, "a", "2") == "job written tool written 1 true\n")
        let summary = rig.root.appending(path: ".nante/runs/\(report.id)/logs/a/1.summary.md")
        #expect(try rig.context.files.readText(summary) == "# Summary\n")
    }

    @Test func malformedFilesFailTheStep() async throws {
        let rig = try await Rig(
            jobs: """
                a:
                  runs-on: ubuntu-latest
                  steps:
                    - run: echo nonsense >> "$GITHUB_OUTPUT"
                    - if: failure()
                      run: printf 'A<<EOF\\nno end' >> "$GITHUB_ENV"
                    - if: failure()
                      run: rm "$GITHUB_OUTPUT"; echo '::set-env name=A::b'
                """)
        let report = try await rig.run()
        #expect(report.results == ["a": .failure])
        #expect(report.jobs["a"]?.steps["1"]?.record?.message == "GITHUB_OUTPUT: Invalid format 'nonsense'")
        #expect(report.outcome("a", "2") == .failure)
        #expect(report.outcome("a", "3") == .failure)
    }

    @Test func failuresAndConditions() async throws {
        let rig = try await Rig(
            jobs: """
                a:
                  runs-on: ubuntu-latest
                  steps:
                    - id: soft
                      continue-on-error: true
                      run: exit 3
                    - run: test "${{ steps.soft.outcome }} ${{ steps.soft.conclusion }}" = "failure success"
                    - run: false | true
                    - run: "false | true"
                      shell: bash
                    - run: echo never
                    - if: failure()
                      run: echo "status ${{ job.status }}"
                    - if: always()
                      run: echo always
                    - if: ${{ cancelled() }}
                      run: echo no
                """)
        let report = try await rig.run()
        #expect(report.result == .failure)
        let outcomes = (1...8).map { report.outcome("a", "\($0)") }
        #expect(outcomes == [.failure, .success, .success, .failure, .skipped, .success, .success, .skipped])
        #expect(try rig.log(report, "a", "6") == "status failure\n")
        #expect(report.firstFailure?.step?.record?.step == "4")
        #expect(report.firstFailure?.step?.record?.script == "false | true")
    }

    @Test func shellsAndFolders() async throws {
        let rig = try await Rig(
            jobs: """
                a:
                  runs-on: ubuntu-latest
                  defaults: {run: {working-directory: sub, shell: sh}}
                  steps:
                    - uses: actions/checkout@v4
                    - run: basename "$PWD"
                    - run: print("py")
                      shell: python3 {0}
                    - run: echo "$0"
                      shell: bash
                      working-directory: .
                    - run: echo no
                      working-directory: none
                    - if: always()
                      run: echo no
                      shell: zebra
                """, ["sub/x": "1"])
        let report = try await rig.run()
        #expect(try rig.log(report, "a", "2") == "sub\n")
        #expect(try rig.log(report, "a", "3") == "py\n")
        #expect(try rig.log(report, "a", "4").hasSuffix(".sh\n"))
        #expect(report.jobs["a"]?.steps["5"]?.record?.message?.contains("does not exist") == true)
        #expect(report.jobs["a"]?.steps["6"]?.record?.message?.contains("\"zebra\" is no shell") == true)
    }

    @Test func secretsAreHidden() async throws {
        let rig = try await Rig(
            jobs: """
                a:
                  runs-on: ubuntu-latest
                  outputs:
                    plain: ${{ steps.s.outputs.plain }}
                    secret: ${{ steps.s.outputs.secret }}
                    made: ${{ steps.s.outputs.made }}
                  steps:
                    - id: s
                      name: Make
                      env: {TOKEN: "${{ secrets.TOKEN }}"}
                      run: |
                        echo "::add-mask::made-up-1"
                        echo "it is $TOKEN and made-up-1, in base64 $(printf %s "$TOKEN" | base64)"
                        echo "::notice title=$TOKEN::$TOKEN"
                        { echo plain=ok; echo "secret=x$TOKEN"; echo made=made-up-1; } >> "$GITHUB_OUTPUT"
                    - run: "echo 'name ${{ secrets.TOKEN }}'; exit 1"
                b:
                  needs: a
                  if: always()
                  runs-on: ubuntu-latest
                  steps: [{run: "echo '${{ needs.a.outputs.plain }}-${{ needs.a.outputs.secret }}'"}]
                """)
        let report = try await rig.run { $0.secrets = ["TOKEN": "correct-horse-9"] }
        #expect(report.jobs["a"]?.outputs == ["plain": "ok"])
        #expect(try rig.log(report, "b", "1") == "ok-\n")
        let run = rig.root.appending(path: ".nante/runs/\(report.id)")
        var all = try rig.context.files.readText(run.appending(path: "journal.jsonl"))
        all += try rig.log(report, "a", "1") + rig.log(report, "a", "2")
        for secret in ["correct-horse-9", "made-up-1", Data("correct-horse-9".utf8).base64EncodedString()] {
            let leak = all.split(separator: "\n").first { $0.contains(secret) }
            #expect(leak == nil)
        }
        #expect(all.contains("it is *** and ***"))
    }

    @Test func namesWithShellSigns() async throws {
        let name = "a'b\"; $(touch /tmp/nante-pwned) `id` && x"
        let rig = try await Rig(
            jobs: """
                a:
                  runs-on: ubuntu-latest
                  steps:
                    - name: ${{ inputs.name }}
                      env: {NAME: "${{ inputs.name }}"}
                      run: printf '%s' "$NAME"
                """, on: "{workflow_dispatch: {inputs: {name: {type: string}}}}")
        let report = try await rig.run { $0.inputs = ["name": name] }
        #expect(try rig.log(report, "a", "1") == name + "\n")
        #expect(report.jobs["a"]?.steps["1"]?.name == name)
        #expect(!rig.context.files.exists("/tmp/nante-pwned"))
        await #expect(throws: Failure.self) { try await rig.run { $0.jobs = ["$(id)"] } }
        await #expect(throws: Failure.self) { try await rig.run("../../x; id") }
    }

    @Test func environmentIsAllowListed() async throws {
        let base = BaseEnvironment.make(
            ["PATH": "/bin", "HOME": "/h", "AWS_SECRET": "x", "NANTE_HOME": "/n", "NEXUS_URL": "u", "EXTRA": "e"],
            extra: ["EXTRA"], binary: "/opt/nante")
        #expect(base == ["PATH": "/opt/nante:/bin", "HOME": "/h", "NANTE_HOME": "/n", "NEXUS_URL": "u", "EXTRA": "e"])
        #expect(BaseEnvironment.make(["NEXUS_URL": "u"], binary: nil, lab: true)["NEXUS_URL"] == nil)
        var layers = StepEnvironment(base: ["A": "base", "PATH": "/bin"])
        layers.global = ["A": "global", "B": "global"]
        layers.step = ["B": "step", "GITHUB_SHA": "mine"]
        layers.runner = ["GITHUB_SHA": "real"]
        layers.prepend("/one")
        layers.prepend("/two")
        layers.prepend("/one")
        #expect(layers.variables["A"] == "global")
        #expect(layers.variables["B"] == "step")
        #expect(layers.variables["GITHUB_SHA"] == "real")
        #expect(layers.variables["PATH"] == "/one:/two:/bin")
    }
}
