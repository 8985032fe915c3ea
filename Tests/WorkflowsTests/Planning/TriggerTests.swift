import Testing

@testable import Workflows

@Suite("What starts a workflow")
struct TriggerTests {
    @Test(
        "patterns that fit",
        arguments: [
            ("main", "main"), ("*", "main"), ("*", ""), ("feature/*", "feature/a"), ("feature/**", "feature/a/b"),
            ("**", "a/b/c"), ("**/x", "a/b/x"), ("releases/**-alpha", "releases/1/2-alpha"), ("v[0-9]+.*", "v12.3"),
            ("v[12].[0-9]+", "v1.10"), ("colou?r", "color"), ("colou?r", "colour"), ("ab+", "abbb"),
            ("**.js", "a/b.js"),
            ("docs/**", "docs/a.md"), ("a\\*b", "a*b"), ("[", "["), ("*.md", "README.md"), ("a**", "a"),
            ("x[a-c]z", "xbz"), ("**/x", "x"), ("docs/**/*.md", "docs/a.md"), ("docs/**/*.md", "docs/a/b/c.md"),
            ("**/docs/**", "docs/a.md"),
        ])
    func fits(pattern: String, text: String) { #expect(FilterPattern(pattern).matches(text)) }

    @Test(
        "patterns that do not fit",
        arguments: [
            ("main", "mainly"), ("main", "Main"), ("*", "a/b"), ("feature/*", "feature/a/b"), ("v[0-9]+", "v"),
            ("ab+", "a"), ("colou?r", "colouur"), ("*.js", "a/b.js"), ("docs/*", "docs"), ("x[a-c]z", "xdz"), ("", "a"),
            ("**/x", "ax"), ("docs/**/a", "docsa"),
        ])
    func fitsNot(pattern: String, text: String) { #expect(!FilterPattern(pattern).matches(text)) }

    @Test("the last pattern that fits decides")
    func order() {
        #expect(FilterPattern.select("v1-beta", by: ["v*", "!v*-beta"]) == false)
        #expect(FilterPattern.select("v1-beta", by: ["v*", "!v*-beta", "v1-*"]))
        #expect(FilterPattern.select("x", by: ["!y"]) == false)
    }

    @Test("a hostile pattern ends quickly")
    func hostile() {
        let pattern = FilterPattern(String(repeating: "**a", count: 200))
        #expect(!pattern.matches(String(repeating: "a", count: 3_000) + "b"))
    }

    private func starts(_ on: String, _ event: TriggerEvent) throws -> Bool {
        try workflow("on: \(on)\njobs: { a: { runs-on: x } }\n").triggers.match(event)
    }

    @Test(
        "pushes",
        arguments: [
            ("push", "refs/heads/main", true), ("push", "refs/tags/v1", true),
            ("pull_request", "refs/heads/main", false),
            ("{ push: { branches: [main] } }", "refs/heads/main", true),
            ("{ push: { branches: [main] } }", "refs/heads/other", false),
            ("{ push: { branches: [main] } }", "refs/tags/main", false),
            ("{ push: { tags: ['v*'] } }", "refs/tags/v1", true),
            ("{ push: { tags: ['v*'] } }", "refs/heads/main", false),
            ("{ push: { branches: [main], tags: ['v*'] } }", "refs/tags/v1", true),
            ("{ push: { branches-ignore: [wip] } }", "refs/heads/wip", false),
            ("{ push: { branches-ignore: [wip] } }", "refs/heads/main", true),
            ("{ push: { branches: ['**', '!wip/**'] } }", "refs/heads/wip/a", false),
        ])
    func pushes(on: String, ref: String, wanted: Bool) throws {
        #expect(try starts(on, TriggerEvent(name: "push", ref: ref)) == wanted)
    }

    @Test("paths and activities")
    func pathsAndActivities() throws {
        let source = TriggerEvent(name: "push", ref: "refs/heads/main", paths: ["src/a.go", "README.md"])
        #expect(try starts("{ push: { paths: ['src/**'] } }", source))
        #expect(try !starts("{ push: { paths: ['docs/**'] } }", source))
        #expect(try starts("{ push: { paths-ignore: ['**.md'] } }", source))
        #expect(try !starts("{ push: { paths-ignore: ['**'] } }", source))
        func pull(_ activity: String) -> TriggerEvent {
            TriggerEvent(name: "pull_request", ref: "refs/heads/main", activity: activity)
        }
        #expect(try starts("pull_request", pull("opened")))
        #expect(try !starts("pull_request", pull("labeled")))
        #expect(try starts("{ pull_request: { types: [labeled] } }", pull("labeled")))
        #expect(try !starts("{ pull_request: { types: [labeled] } }", pull("opened")))
    }
}
