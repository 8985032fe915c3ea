import Testing

@testable import Workflows

@Suite("Workflows made of noise")
struct WorkflowFuzzTests {
    private static let seed = """
        on: { push: { branches: [main] }, workflow_dispatch: { inputs: { x: { type: choice, options: [a] } } } }
        env: &e { A: "${{ github.ref }}", ${{ insert }}: "${{ fromJSON(vars.x) }}" }
        jobs:
          a:
            runs-on: ${{ matrix.os }}
            strategy: { matrix: { os: [a, b], include: [{ os: a, x: 1 }], exclude: [{ os: b }] } }
            env: *e
            steps:
              - { id: s, if: "always() && !failure()", run: 'echo ${{ toJSON(github) }}' }
              - uses: actions/checkout@v4
                with: { ref: x }
          b: { needs: a, uses: ./.github/workflows/b.yml, with: { y: "${{ needs.a.outputs.z }}" } }
        """

    private func tryOut(_ text: String) {
        _ = try? WorkflowParser.parse(text: text, file: "x.yml")
        _ = try? ActionParser.parse(text: text, file: "action.yml")
    }

    @Test("valid files with bytes changed", arguments: 1...6)
    func mutations(seed: Int) {
        var random = Seeded(UInt64(seed))
        let original = Array(Self.seed.utf8)
        for _ in 0..<300 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(Array("{}[]:,&*!|>'\"%@`#-?\n\t ".utf8).randomElement(using: &random) ?? 0, at: at)
                case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...9, using: &random)))
                default:
                    let end = min(bytes.count, at + Int.random(in: 1...40, using: &random))
                    bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0..<bytes.count, using: &random))
                }
                if bytes.isEmpty { break }
            }
            tryOut(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test("lines in any order and indentation", arguments: 1...6)
    func lines(seed: Int) {
        var random = Seeded(UInt64(seed) &+ 100)
        let lines = Self.seed.split(separator: "\n")
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 1...15, using: &random)).map { _ in
                let indent = String(repeating: " ", count: Int.random(in: 0...8, using: &random))
                return indent + (lines.randomElement(using: &random) ?? "").drop { $0 == " " }
            }
            tryOut(text.joined(separator: "\n"))
        }
    }

    @Test("random bytes", arguments: 1...4)
    func noise(seed: Int) {
        var random = Seeded(UInt64(seed) &+ 200)
        for _ in 0..<500 {
            let count = Int.random(in: 0...200, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            tryOut(String(decoding: bytes, as: UTF8.self))
        }
    }
}
