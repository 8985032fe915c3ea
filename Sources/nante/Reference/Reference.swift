import ArgumentParser
import Core
import Foundation

/// `nante reference`: the page docs/CLI.md, made of the commands themselves.
struct Reference: NanteCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the reference of all commands as Markdown.", shouldDisplay: false)

    @OptionGroup var global: GlobalOptions

    func run(_ context: Context) async throws {
        var pages: [String] = []
        Reference.collect(Nante.self, path: ["nante"], into: &pages)
        let head = """
            # Commands

            Made by `make reference` of the commands themselves; a test compares. Exit codes: 0 done, 1 the work
            failed or a check found something, 2 usage or invalid input, 3 a tool, service or credential is missing,
            4 refused, 5 held by another, 124 deadline, 130 and 143 interrupted.
            """
        context.terminal.out(([head] + pages).joined(separator: "\n\n") + "\n")
    }

    private static func collect(_ command: any ParsableCommand.Type, path: [String], into pages: inout [String]) {
        let help = Nante.helpMessage(for: command, columns: 100)
        pages.append("## \(path.joined(separator: " "))\n\n```\n\(help.trimmed)\n```")
        for child in command.configuration.subcommands + command.configuration.groupedSubcommands.flatMap(\.subcommands)
        where child.configuration.shouldDisplay {
            collect(child, path: path + [name(of: child)], into: &pages)
        }
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? command._commandName
    }
}

extension String {
    fileprivate var trimmed: String {
        split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
            .joined(separator: "\n").trimmingCharacters(in: .newlines)
    }
}
