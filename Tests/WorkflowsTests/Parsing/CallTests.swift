import Core
import Testing

@testable import Workflows

@Suite("Calls of reusable workflows")
struct CallTests {
    private static let called = """
        on:
          workflow_call:
            inputs:
              Name: { type: string, required: true }
              fast: { type: boolean }
              count: { type: number }
            secrets:
              key: { required: true }
        jobs:
          inner: { runs-on: x, steps: [{ run: a }] }
        """

    private func faults(_ caller: String, _ files: [String: String], _ change: (inout WorkflowCheck) -> Void = { _ in })
        -> [String]
    {
        var check = WorkflowCheck(source: TextSource(files: files))
        change(&check)
        do {
            _ = try check.check(text: caller, file: "ci.yml")
            return []
        } catch {
            return error.faults.map { "\($0.line):\($0.column) \($0.message)" }
        }
    }

    private func call(_ lines: String) -> String {
        "on: push\njobs:\n  a:\n    uses: ./w.yml\n" + lines + "\n"
    }

    @Test(
        "inputs and secrets",
        arguments: [
            ("    with: { name: x }\n    secrets: inherit", []), ("    with: { NAME: 5 }\n    secrets: { KEY: x }", []),
            (
                "    secrets: inherit",
                ["4:11 Input Name is required, but not provided while calling."]
            ),
            (
                "    with: { name: x }",
                ["4:11 Secret key is required, but not provided while calling."]
            ),
            (
                "    with: { name: x, other: y }\n    secrets: inherit",
                ["5:29 Invalid input, other is not defined in the referenced workflow."]
            ),
            (
                "    with: { name: x, fast: 'true' }\n    secrets: inherit", ["5:28 Unexpected value 'true'"]
            ),
            ("    with: { name: x, count: '5' }\n    secrets: inherit", ["5:29 Unexpected value '5'"]),
            ("    with: { name: x, fast: '${{ github.x }}' }\n    secrets: inherit", []),
            (
                "    with: { name: x }\n    secrets: { key: a, b: c }",
                ["6:27 Invalid secret, b is not defined in the referenced workflow."]
            ),
        ])
    func arguments(lines: String, wanted: [String]) {
        #expect(faults(call(lines), ["./w.yml": Self.called]) == wanted)
    }

    @Test("a file that is not there, is no callee, or is at fault itself")
    func files() {
        let caller = "on: push\njobs:\n  a:\n    uses: ./w.yml\n"
        #expect(faults(caller, [:]) == ["4:11 The workflow './w.yml' was not found"])
        let plain = "on: push\njobs: { a: { runs-on: x } }\n"
        #expect(
            faults(caller, ["./w.yml": plain])
                == ["4:11 The workflow './w.yml' can't be called: it has no 'workflow_call' trigger"])
        #expect(
            faults(caller, ["./w.yml": "on: workflow_call\n"])
                == ["4:11 Error from called workflow ./w.yml (Line: 1, Col: 1): Required property is missing: jobs"])
        #expect(faults("on: push\njobs:\n  a:\n    uses: o/r/w.yml@v1\n", [:]) == [])
        #expect(
            faults("on: push\njobs:\n  a:\n    uses: w.yml\n", [:]).first?.contains("Invalid workflow reference")
                == true)
    }

    @Test("a workflow that calls itself ends at the nesting limit, and calls that multiply end too")
    func endless() {
        let loop = "on: workflow_call\njobs:\n  a: { uses: ./w.yml }\n"
        #expect(
            faults("on: push\njobs: { a: { uses: ./w.yml } }\n", ["./w.yml": loop]) == [
                "0:0 Nested reusable workflow depth exceeded 9."
            ])
        let wide = "on: workflow_call\njobs:\n" + (0..<20).map { "  j\($0): { uses: ./w.yml }\n" }.joined()
        #expect(faults("on: push\njobs: { a: { uses: ./w.yml } }\n", ["./w.yml": wide]).count == 1)
    }

    @Test("permissions that the caller does not grant")
    func permissions() {
        func callee(_ top: String, _ job: String) -> String {
            "on: workflow_call\n\(top)jobs:\n  inner:\n    runs-on: x\n\(job)"
        }
        let caller = "on: push\npermissions: { contents: read }\njobs:\n  a:\n    uses: ./w.yml\n"
        let top = callee("permissions: { contents: write }\n", "")
        #expect(
            faults(caller, ["./w.yml": top]) == [
                "4:3 Error calling workflow './w.yml'. The workflow './w.yml' is requesting 'contents: write', "
                    + "but is only allowed 'contents: read'."
            ])
        let job = callee("", "    name: Inner\n    permissions: { id-token: write }\n")
        #expect(
            faults(caller, ["./w.yml": job]) == [
                "4:3 Error calling workflow './w.yml'. The nested job 'Inner' is requesting 'id-token: write', "
                    + "but is only allowed 'id-token: none'."
            ])
        #expect(faults(caller, ["./w.yml": callee("permissions: { contents: read }\n", "")]) == [])
        let open = "on: push\njobs:\n  a:\n    uses: ./w.yml\n"
        #expect(faults(open, ["./w.yml": top]) == [])
        #expect(faults(open, ["./w.yml": top]) { $0.policy = .limitedRead }.count == 1)
    }

    @Test("files are found in the repository, in the library, and for a library's own calls in the library")
    func folders() throws {
        let root = try Folder()
        defer { root.remove() }
        try root.write(".github/workflows/a.yml", "a")
        try root.write("lib/.github/workflows/b.yml", "b")
        try root.write("lib/.github/workflows/c.yml", "c")
        let source = FolderSource(
            files: DiskFileSystem(), root: root.path, library: ["Own/Lib": root.path + "/lib"])
        let local = try source.workflow(.local(path: ".github/workflows/a.yml"), calledFrom: "ci.yml")
        #expect(local == CalledFile(name: "./.github/workflows/a.yml", text: "a"))
        let remote = WorkflowReference("own/lib/.github/workflows/b.yml@v1")
        let found = try source.workflow(try #require(remote), calledFrom: "ci.yml")
        #expect(found?.text == "b")
        let next = try source.workflow(.local(path: ".github/workflows/c.yml"), calledFrom: found?.name ?? "")
        #expect(next == CalledFile(name: "own/lib/.github/workflows/c.yml@v1", text: "c"))
        #expect(try source.workflow(.local(path: "none.yml"), calledFrom: "ci.yml") == nil)
    }
}
