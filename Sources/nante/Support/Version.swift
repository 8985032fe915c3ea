/// Version and commit of this build.
enum Version {
    static let number = "0.1.0"
    static var text: String { "nante \(number) (\(Commit.hash))" }
}
