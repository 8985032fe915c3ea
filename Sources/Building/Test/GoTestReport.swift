import Core
import Foundation

/// What `go test -json` said (https://pkg.go.dev/cmd/test2json), gathered from its lines.
public struct GoTestReport: Sendable, Hashable {
    /// How a test or a package ended.
    public enum Ending: String, Sendable, Hashable {
        case passed, failed, skipped
    }

    /// One test, subtests apart.
    public struct Test: Sendable, Hashable {
        /// Its package.
        public var package: String
        /// Its name, with `/` before the name of a subtest.
        public var name: String
        /// How it ended; one that never did counts as failed.
        public var ending: Ending
        /// How long it took.
        public var seconds: Double
        /// What it printed, without go's own marks.
        public var output: [String]
    }

    /// One package.
    public struct Package: Sendable, Hashable {
        /// Its import path.
        public var name: String
        /// How it ended; one without tests is skipped.
        public var ending: Ending
        /// How long it took.
        public var seconds: Double
        /// What was printed outside of its tests.
        public var output: [String]
    }

    /// The packages in the order in which they ended.
    public private(set) var packages: [Package] = []
    /// The tests in the order in which they began.
    public private(set) var tests: [Test] = []
    /// Lines that belong to no package, such as those of the compiler.
    public private(set) var other: [String] = []
    private var places: [String: Int] = [:]
    private var loose: [String: [String]] = [:]

    /// Nothing said yet.
    public init() {}

    /// The tests without those that only hold subtests, which would count twice.
    public var leaves: [Test] {
        let parents = Set(
            tests.compactMap { test in
                test.name.lastIndex(of: "/").map { test.package + " " + test.name[..<$0] }
            })
        return tests.filter { !parents.contains($0.package + " " + $0.name) || ($0.ending == .failed && isAlone($0)) }
    }

    /// Takes a line; gives the package that it ended, if it did.
    @discardableResult
    public mutating func take(_ line: String) -> Package? {
        guard line.hasPrefix("{"), let event = try? JSONValue.parse(line), let action = event["Action"]?.string else {
            if !line.isEmpty { other.append(line) }
            return nil
        }
        if action == "build-output" {
            other += GoTestReport.lines(event["Output"]?.string ?? "")
            return nil
        }
        guard let package = event["Package"]?.string else { return nil }
        let seconds = event["Elapsed"]?.number ?? 0
        if let name = event["Test"]?.string {
            take(action, test: name, package, event["Output"]?.string ?? "", seconds)
            return nil
        }
        switch action {
        case "output": loose[package, default: []] += GoTestReport.lines(event["Output"]?.string ?? "")
        case "pass": return end(package, .passed, seconds)
        case "fail": return end(package, .failed, seconds)
        case "skip": return end(package, .skipped, seconds)
        default: break
        }
        return nil
    }

    private mutating func take(
        _ action: String, test name: String, _ package: String, _ output: String, _ seconds: Double
    ) {
        let key = package + " " + name
        let place = places[key] ?? tests.count
        if places[key] == nil {
            places[key] = place
            // Until it says otherwise it has failed: a panic or a deadline ends it without a word.
            tests.append(Test(package: package, name: name, ending: .failed, seconds: 0, output: []))
        }
        switch action {
        case "output": tests[place].output += GoTestReport.lines(output).filter { !GoTestReport.isMark($0) }
        case "pass": tests[place].ending = .passed
        case "skip": tests[place].ending = .skipped
        default: break
        }
        if ["pass", "fail", "skip"].contains(action) { tests[place].seconds = seconds }
    }

    private mutating func end(_ name: String, _ ending: Ending, _ seconds: Double) -> Package {
        let package = Package(name: name, ending: ending, seconds: seconds, output: loose[name] ?? [])
        packages.append(package)
        return package
    }

    /// A test that failed though none of its subtests did.
    private func isAlone(_ test: Test) -> Bool {
        !tests.contains {
            $0.package == test.package && $0.ending == .failed && $0.name.hasPrefix(test.name + "/")
        }
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }

    private static func isMark(_ line: String) -> Bool {
        let text = line.drop { $0 == " " }
        return ["=== RUN ", "=== PAUSE", "=== CONT", "=== NAME", "--- PASS", "--- FAIL", "--- SKIP"]
            .contains { text.hasPrefix($0) }
    }
}
