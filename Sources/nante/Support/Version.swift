/// Version and commit of this build; `scripts/stamp` writes the commit into a release.
enum Version {
    static let number = "0.1.0"
    static let commit = "development"
    static var text: String { "nante \(number) (\(commit))" }
}
