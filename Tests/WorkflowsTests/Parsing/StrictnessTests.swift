import Testing

@testable import Workflows

@Suite("What may not stand where")
struct StrictnessTests {
    @Test(
        "keys and values",
        arguments: [
            ("on: push\njobz: {}\n", ["2:1 Unexpected value 'jobz'", "1:1 Required property is missing: jobs"]),
            ("jobs: {}\n", ["1:1 Required property is missing: on"]),
            ("on: pushed\njobs: {}\n", ["1:5 Unexpected value 'pushed'"]),
            ("on: [push, x]\njobs: {}\n", ["1:12 Unexpected value 'x'"]),
            ("on: { push: { branch: a } }\njobs: {}\n", ["1:15 Unexpected value 'branch'"]),
            ("on: { issues: { types: [opened, eaten] } }\njobs: {}\n", ["1:33 Unexpected value 'eaten'"]),
            ("on: { schedule: [{}] }\njobs: {}\n", ["1:18 Required property is missing: cron"]),
            ("on: push\nON: push\njobs: {}\n", ["2:1 'ON' is already defined"]),
            ("on: push\npermissions: { contents: admin }\njobs: {}\n", ["2:26 Unexpected value 'admin'"]),
            ("on: push\npermissions: { id-token: read }\njobs: {}\n", ["2:26 Unexpected value 'read'"]),
            ("on: push\npermissions: all\njobs: {}\n", ["2:14 Unexpected value 'all'"]),
            ("on: push\nenv: { A: [x] }\njobs: {}\n", ["2:11 A sequence was not expected"]),
            ("on: push\nenv: { A: { B: c } }\njobs: {}\n", ["2:11 A mapping was not expected"]),
            ("on: push\nenv: { <<: { B: c } }\njobs: {}\n", ["2:8 Unexpected value '<<'"]),
            ("on: push\ndefaults: { run: { shel: bash } }\njobs: {}\n", ["2:20 Unexpected value 'shel'"]),
            (
                "on: push\nconcurrency: { cancel-in-progress: true }\njobs: {}\n",
                ["2:14 Required property is missing: group"]
            ),
            ("on: push\njobs: [a]\n", ["2:7 A sequence was not expected"]),
            ("on: push\njobs: text\n", ["2:7 Unexpected value 'text'"]),
        ])
    func root(text: String, wanted: [String]) { #expect(faults(text) == wanted) }

    @Test(
        "jobs",
        arguments: [
            ("    runs_on: y", ["5:5 Unexpected value 'runs_on'"]),
            ("    Runs-On: y", ["5:5 'Runs-On' is already defined"]),
            ("    timeout-minutes: soon", ["5:22 Unexpected value 'soon'"]),
            ("    timeout-minutes: '5'", ["5:22 Unexpected value '5'"]),
            ("    continue-on-error: yes", ["5:24 Unexpected value 'yes'"]),
            ("    strategy: { fail-fast: no }", ["5:28 Unexpected value 'no'"]),
            ("    strategy: { matrix: { os: linux } }", ["5:31 Unexpected value 'linux'"]),
            ("    strategy: { matrix: { os: [] } }", ["5:31 Matrix vector 'os' does not contain any values"]),
            ("    strategy: { matrix: {} }", ["5:25 Matrix must define at least one vector"]),
            (
                "    strategy: { matrix: { a: [1], exclude: [{ b: 1 }] } }",
                ["5:47 Matrix exclude key 'b' does not match any key within the matrix"]
            ),
            ("    environment: { url: x }", ["5:18 Required property is missing: name"]),
            ("    outputs: { o: [1] }", ["5:19 A sequence was not expected"]),
            ("    needs: b", ["5:12 Job 'a' depends on unknown job 'b'."]),
            ("    needs: a", ["3:3 The workflow must contain at least one job with no dependencies."]),
            ("    with: { a: b }", ["5:5 Unexpected value 'with'"]),
            ("    concurrency: ''", ["5:18 Unexpected value ''"]),
            ("    container: { image: '' }", ["5:25 Unexpected value ''"]),
        ])
    func jobs(lines: String, wanted: [String]) {
        let other = lines.contains("needs: b") ? "  c:\n    runs-on: x\n" : ""
        #expect(faults(job(lines) + other) == wanted)
    }

    @Test(
        "steps",
        arguments: [
            ("- name: x", ["6:9 There's not enough info to determine what you meant. Add one of these properties: "]),
            ("- run: x\n        uses: a/b@c", ["7:9 Unexpected value 'uses'"]),
            ("- uses: a/b@c\n        shell: sh", ["7:9 Unexpected value 'shell'"]),
            ("- run: x\n        with: {}", ["7:9 Unexpected value 'with'"]),
            ("- uses: a", ["6:15 Expected format {org}/{repo}[/path]@ref. Actual 'a'"]),
            ("- uses: $/x@v1", ["6:15 Expected format {org}/{repo}[/path]@ref. Actual '$/x@v1'"]),
            ("- run: x\n        id: 1a", ["7:13 The identifier '1a' is invalid. IDs may only contain alphanumeric"]),
            (
                "- run: x\n        id: __a",
                ["7:13 The identifier '__a' is invalid. IDs starting with '__' are reserved."]
            ),
            (
                "- { run: x, id: a }\n      - { run: x, id: A }",
                ["7:23 The identifier 'A' may not be used more than once within the same scope."]
            ),
            ("- run: x\n        if: a b", ["7:13 Unrecognized named-value: 'a'"]),
            ("- run: x\n        if: secrets.x", ["7:13 Unrecognized named-value: 'secrets'"]),
            ("- run: ${{ jobs.x }}", ["6:14 Unrecognized named-value: 'jobs'"]),
            ("- run: ${{ success() }}", ["6:14 Unrecognized function: 'success'"]),
            ("- run: ${{ }}", ["6:14 An expression was expected"]),
            ("- run: ${{ github.x", ["6:14 The expression is not closed."]),
            ("- run: a ${{ insert }}", ["6:14 The directive 'insert' is not allowed in this context."]),
            ("- run: x\n        shell: ${{ 1 }}", ["7:16 A template expression is not allowed in this context"]),
            ("- uses: ${{ 1 }}", ["6:15 A template expression is not allowed in this context"]),
            ("- run: ''\n        timeout-minutes: x", ["7:26 Unexpected value 'x'"]),
            ("- 5", ["6:9 Unexpected value '5'"]), ("- []", ["6:9 A sequence was not expected"]),
        ])
    func steps(lines: String, wanted: [String]) {
        let got = faults(job("", steps: "      " + lines))
        #expect(got.count == wanted.count, "\(got)")
        for (one, other) in zip(got, wanted) { #expect(one.hasPrefix(other), "\(one)") }
    }

    @Test("ten faults at most, and each with the line it stands in")
    func many() {
        let steps = (0..<30).map { _ in "      - nope: 1" }.joined(separator: "\n")
        #expect(faults(job("", steps: steps)).count == 10)
    }

    @Test("cycles and unknown needs name both jobs")
    func needs() {
        let text = """
            on: push
            jobs:
              start: { runs-on: x }
              a: { runs-on: x, needs: [start, B] }
              b: { runs-on: x, needs: a }
              c: { runs-on: x, needs: [start, zed] }
              d: { runs-on: x, needs: c }
            """
        #expect(
            faults(text) == [
                "4:35 Job 'a' depends on job 'B' which creates a cycle in the dependency graph.",
                "5:27 Job 'b' depends on job 'a' which creates a cycle in the dependency graph.",
                "6:35 Job 'c' depends on unknown job 'zed'.",
                "7:27 Job 'd' depends on job 'c' which creates a cycle in the dependency graph.",
            ])
    }
}
