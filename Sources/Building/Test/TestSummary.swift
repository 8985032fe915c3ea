import Core

/// What the tests of an app said, in numbers.
public struct TestSummary: Sendable, Hashable {
    /// Tests that passed.
    public var passed: Int
    /// Tests that failed.
    public var failed: Int
    /// Tests that were skipped.
    public var skipped: Int
    /// The part of the statements that was run, 0 to 100.
    public var coverage: Double

    /// A summary.
    public init(passed: Int, failed: Int, skipped: Int, coverage: Double) {
        self.passed = passed
        self.failed = failed
        self.skipped = skipped
        self.coverage = coverage
    }

    /// The summary as JSON.
    public var json: JSONValue {
        [
            "passed": .number(Double(passed)), "failed": .number(Double(failed)),
            "skipped": .number(Double(skipped)), "coverage": .number(coverage),
        ]
    }

    /// Reads a summary; nil for anything else.
    public init?(_ json: JSONValue) {
        guard let passed = json["passed"]?.int, let failed = json["failed"]?.int, let skipped = json["skipped"]?.int,
            let coverage = json["coverage"]?.number
        else { return nil }
        self.init(passed: passed, failed: failed, skipped: skipped, coverage: coverage)
    }

    /// One line for people.
    public var line: String {
        let bad = failed > 0 ? "\(failed) failed, " : ""
        return "\(bad)\(passed) passed, \(skipped) skipped, coverage \(coverage.percentText)"
    }

    static func name(_ app: String) -> String { "\(app).test.json" }

    /// The tests that passed for exactly this source; nil when they did not, or were not run.
    static func load(_ app: String, fingerprint: String, in folder: String, context: Context) -> TestSummary? {
        guard let data = try? context.files.read(folder.appending(path: name(app))),
            let json = try? JSONValue.parse(data), json["fingerprint"]?.string == fingerprint,
            let summary = json["tests"].flatMap(TestSummary.init), summary.failed == 0
        else { return nil }
        return summary
    }

    func save(_ app: String, fingerprint: String, in folder: String, context: Context) throws {
        let json: JSONValue = ["format": 1, "fingerprint": .string(fingerprint), "tests": self.json]
        try context.files.write(json.text(indent: 2) + "\n", to: folder.appending(path: TestSummary.name(app)))
    }
}
