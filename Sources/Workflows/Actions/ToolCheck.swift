import Core
import OrderedCollections

/// What an action such as actions/setup-go comes to on this machine: the tool is there, in a version that will do.
struct ToolCheck: Sendable, Hashable {
    /// The program.
    let program: String
    /// How it says its version.
    let arguments: [String]
    /// The input that asks for a version.
    let input: String
    /// The Debian package that has it.
    let package: String

    /// The actions by repository.
    static let all: [String: ToolCheck] = [
        "actions/setup-go": ToolCheck(
            program: "go", arguments: ["version"], input: "go-version", package: "golang-go"),
        "actions/setup-python": ToolCheck(
            program: "python3", arguments: ["--version"], input: "python-version", package: "python3"),
        "actions/setup-node": ToolCheck(
            program: "node", arguments: ["--version"], input: "node-version", package: "nodejs"),
        "actions/setup-java": ToolCheck(
            program: "java", arguments: ["--version"], input: "java-version", package: "default-jdk-headless"),
    ]

    func run(_ call: NativeAction.Call) async throws -> StepRun.End {
        let command = Command(program, arguments, environment: .exact(call.environment), deadline: .seconds(30))
        let result: CommandResult
        do { result = try await call.services.context.processes.run(command) } catch let failure as Failure {
            guard failure.exit == .missing else { throw failure }
            throw Failure(
                .missing, "\(program) is not installed", why: "the workflow sets it up, here it must be there",
                next: ["apt-get install \(package)"])
        }
        let text = result.stdout + result.stderr
        guard result.succeeded, let found = ToolCheck.numbers(text) else {
            throw Failure(.missing, "\(program) does not say its version", evidence: [String(text.prefix(200))])
        }
        let version = found.map(String.init).joined(separator: ".")
        call.log.say("\(program) \(version) is installed")
        if let wanted = call.input(input).flatMap(ToolCheck.numbers), ToolCheck.isOlder(found, than: wanted) {
            let asked = wanted.map(String.init).joined(separator: ".")
            throw Failure(.missing, "\(program) \(version) is older than \(asked), which the workflow asks for")
        }
        var end = StepRun.End(conclusion: .success)
        end.outputs = [input: version]
        return end
    }

    /// The first version number in a text, such as 1.23.4 in "go version go1.23.4 linux/amd64".
    static func numbers(_ text: String) -> [Int]? {
        guard let start = text.firstIndex(where: \.isNumber) else { return nil }
        let digits = text[start...].prefix { $0.isNumber || $0 == "." }
        let parts = digits.split(separator: ".").compactMap { Int($0) }
        return parts.isEmpty ? nil : parts
    }

    static func isOlder(_ version: [Int], than wanted: [Int]) -> Bool {
        for (have, want) in zip(version, wanted) where have != want { return have < want }
        return false
    }
}
