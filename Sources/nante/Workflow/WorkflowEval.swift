import ArgumentParser
import Core
import Workflows

/// `nante workflow eval`: expressions outside of a run.
struct WorkflowEvalCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Evaluate an expression of the workflow language.",
        discussion: """
            To try a condition: nante workflow eval --contexts contexts.json "github.ref == 'refs/heads/main'"
            The file holds one JSON object with a member for each context. Exit 2 where the expression is at fault.
            """)

    @OptionGroup var global: GlobalOptions

    @Option(help: "JSON file of the contexts; no contexts where it is left out.")
    var contexts: String?

    @Option(help: "JSON file of many expressions, in the form of GitHub's test data; prints one JSON line each.")
    var cases: String?

    @Argument(help: "The expression, without ${{ }}.") var expression: String?

    func validate() throws {
        if (cases == nil) == (expression == nil) {
            throw ValidationError("give one expression, or --cases FILE")
        }
    }

    func run(_ context: Context) async throws {
        if let cases {
            let lines = try ExpressionCases.lines(try json(cases, context))
            context.terminal.out(lines.map { $0.text() + "\n" }.joined())
            return
        }
        let values = try contexts.map { try json($0, context) } ?? .emptyObject
        guard values.object != nil else { throw Failure(.usage, "the contexts must be a JSON object") }
        do {
            let value = try ExpressionCases.evaluate(expression ?? "", contexts: values)
            context.terminal.out(ExpressionCases.shown(value).text() + "\n")
        } catch {
            throw Failure(.usage, error.message, details: [.init("kind", error.kind.rawValue)])
        }
    }

    private func json(_ file: String, _ context: Context) throws -> JSONValue {
        let text = try FileChecker.text(of: file, context)
        do { return try JSONValue.parse(text) } catch {
            throw Failure(.usage, "\(file) is not JSON", why: error.description)
        }
    }
}
