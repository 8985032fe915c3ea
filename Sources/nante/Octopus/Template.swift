import ArgumentParser
import Core
import Octopus

/// `nante octopus template`.
struct OctopusTemplate: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Evaluate a template of Octopus' #{variable} language.",
        discussion: """
            Prints the result. Tokens that can't be resolved are echoed and told on standard error, with exit code 1.
            """)
    @OptionGroup var global: GlobalOptions
    @Option(help: "A JSON file of variables: an object of names and values.")
    var variables: String?
    @Option(help: "A JSON file of cases; one JSON line a case is printed.")
    var cases: String?
    @Flag(help: "Keep what can't be read as text and evaluate the rest, as in files and scripts.")
    var `continue` = false
    @Argument(help: "The template.")
    var text: String?

    func validate() throws {
        guard (cases == nil) != (text == nil) else { throw ValidationError("give a template, or --cases FILE") }
    }

    func run(_ context: Context) async throws {
        if let cases {
            for item in try read(cases, context).array ?? [] {
                context.terminal.out(TemplateCases.evaluate(item, time: context.time).text() + "\n")
            }
            return
        }
        let values = try variables.map { try read($0, context) }
        let dictionary = TemplateCases.variables(values, time: context.time)
        let result = dictionary.evaluate(text ?? "", haltOnError: !`continue`)
        if let value = result.value { context.terminal.out(value + "\n") }
        if let error = result.error { throw Failure(.failed, error) }
    }

    private func read(_ path: String, _ context: Context) throws -> JSONValue {
        let file = context.path(path)
        guard context.files.exists(file) else { throw Failure(.usage, "the file \(path) does not exist") }
        do { return try JSONValue.parse(try context.files.readText(file)) } catch let error as JSONSyntaxError {
            throw Failure(.usage, "\(path) is not JSON", why: error.description)
        }
    }
}
