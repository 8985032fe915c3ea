import Core

/// Asks before something is taken away.
enum Confirm {
    /// Returns when it was said yes, by the flag or at the terminal.
    ///
    /// - Throws: a failure with exit `refused` in every other case, also where nobody can be asked.
    static func ask(_ question: String, yes: Bool, context: Context) throws {
        if yes { return }
        context.terminal.err("\(question) [y/N] ")
        let answer = context.terminal.readLine()
        if answer == nil { context.terminal.say("") }
        guard let answer, ["y", "yes"].contains(answer.lowercased()) else {
            throw Failure(
                .refused, "nothing was changed", why: answer == nil ? "nobody can be asked" : nil, next: ["--yes"])
        }
    }
}
