import Core
import Git

/// What all jobs of a run share.
struct RunServices: Sendable {
    let context: Context
    let request: RunRequest
    let facts: RunFacts
    /// The folder of the run: journal and logs.
    let folder: String
    /// The top of the user's repository, or the folder where there is none.
    let root: String
    /// The user's repository; nil where the folder is in none.
    let repository: Repository?
    /// The address of its `origin`.
    let originURL: String?
    let journal: JournalWriter
    let view: any RunView
    let bench: Workbench
    let finder: OriginFinder
    /// What programs start from.
    let base: [String: String]
    /// There is a bash in PATH.
    let hasBash: Bool
    let groups = ConcurrencyGroups()

    /// The commit's repository and files.
    var own: Origin { finder.own }
}
