import Core
import Foundation
import Git
import Testing

@testable import Building

@Suite struct VersionTests {
    private static let commit = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"

    private func state(
        branch: String? = "main", tags: [String] = [], base: String? = nil, distance: Int = 0, commits: Int = 12,
        dirt: String? = nil
    ) -> SourceState {
        SourceState(
            commit: VersionTests.commit, time: 0, branch: branch, tags: tags,
            base: base.map { TagDistance(tag: $0, distance: distance, commit: "1a2b3c4") }, commits: commits,
            dirt: dirt, tree: "t")
    }

    @Test(arguments: [
        (["v1.2.5"], "1.2.5"), (["v0.0.0"], "0.0.0"), (["v10.20.30"], "10.20.30"), (["v1.2.5", "v1.10.0"], "1.10.0"),
        (["v1.2.5", "nightly", "v2"], "1.2.5"), (["v2.0.0-rc.1", "v1.9.9"], "1.9.9"),
    ])
    func aTagIsTheVersion(tags: [String], version: String) {
        let made = BuildVersion(of: state(tags: tags, base: "v0.9.0", distance: 3))
        #expect(made.text == version)
        #expect(made.isRelease)
    }

    @Test(arguments: [
        ("v1.2.5", 7, "1.2.6-main.7+g1a2b3c4"), ("v1.2.9", 1, "1.2.10-main.1+g1a2b3c4"),
        ("v0.0.0", 400, "0.0.1-main.400+g1a2b3c4"), ("v9.9.99", 2, "9.9.100-main.2+g1a2b3c4"),
    ])
    func anotherCommitIsTheNextPatch(base: String, distance: Int, version: String) {
        let made = BuildVersion(of: state(base: base, distance: distance))
        #expect(made.text == version)
        #expect(!made.isRelease)
    }

    @Test func withoutATagEveryCommitCounts() {
        #expect(BuildVersion(of: state(commits: 12)).text == "0.0.1-main.12+g1a2b3c4")
        #expect(BuildVersion(of: state(tags: ["v1", "latest", "v1.2.3-rc.1"])).text == "0.0.1-main.12+g1a2b3c4")
    }

    @Test func aChangedTreeIsNoRelease() {
        let dirt = "89abcdef01"
        #expect(
            BuildVersion(of: state(base: "v1.2.5", distance: 7, dirt: dirt)).text
                == "1.2.6-main.7+g1a2b3c4.dirty.89abcdef")
        let tagged = BuildVersion(of: state(tags: ["v1.2.5"], base: "v1.2.5", dirt: dirt))
        #expect(tagged.text == "1.2.6-main.0+g1a2b3c4.dirty.89abcdef")
        #expect(!tagged.isRelease)
        #expect(BuildVersion(of: state(dirt: dirt)).text == "0.0.1-main.12+g1a2b3c4.dirty.89abcdef")
    }

    @Test(arguments: [
        ("main", "main"), ("feature/login", "feature-login"), ("Feature_X", "feature-x"), ("a//b", "a-b"),
        ("--x--", "x"), ("2024", "b2024"), ("007", "b007"), ("v2.0", "v2-0"), ("", "head"), ("///", "head"),
        ("übung", "bung"), ("日本", "head"), ("a;rm -rf $HOME", "a-rm-rf-home"),
        ("dependabot/go_modules/x-1.2", "dependabot-go-modules-x-1-2"),
        ("x\ny", "x-y"), ("refs/heads/a..b", "refs-heads-a-b"),
        (String(repeating: "long-", count: 20), "long-long-long-long-long-long-long-long"),
    ])
    func aBranchBecomesAnIdentifier(branch: String, identifier: String) {
        #expect(BuildVersion.identifier(branch) == identifier)
        let version = BuildVersion(of: state(branch: branch, base: "v1.2.5", distance: 7))
        #expect(version.text == "1.2.6-\(identifier).7+g1a2b3c4")
        #expect(BuildVersion.isSafe(version.text))
        #expect(version.docker == "1.2.6-\(identifier).7_g1a2b3c4")
    }

    @Test func aDetachedHeadHasAWordOfItsOwn() {
        #expect(BuildVersion(of: state(branch: nil, commits: 3)).text == "0.0.1-head.3+g1a2b3c4")
    }

    @Test(arguments: [
        "1.2", "v1.2", "v1.2.3.4", "v01.2.3", "v1.2.3-rc.1", "v1.2.3+b", "v1..3", "v-1.2.3", "1.2.3", "V1.2.3",
        "v1.2.3 ", "v١.٢.٣", "v1.2.99999999999", "v", "",
    ])
    func whatIsNoReleaseTag(text: String) { #expect(ReleaseTag(text) == nil) }

    @Test func releaseTagsAreOrderedByNumber() {
        let tags = ["v1.10.0", "v1.9.9", "v2.0.0", "v1.9.10"].compactMap(ReleaseTag.init).sorted()
        #expect(tags.map(\.version) == ["1.9.9", "1.9.10", "1.10.0", "2.0.0"])
    }

    @Test(arguments: [
        ("1.2.5", true), ("1.2.6-main.7+g1a2b3c4.dirty.89abcdef", true), ("1.2.5;id", false), ("../1.2.5", false),
        ("1..2", false), ("1.2 5", false), ("v1.2.5", false), ("", false), ("1/2", false), ("1.2.5\n", false),
        ("1$(id)", false), (String(repeating: "1", count: 129), false),
    ])
    func whatMayBeAVersion(text: String, isSafe: Bool) { #expect(BuildVersion.isSafe(text) == isSafe) }

    @Test func dockerTagsEndAt128Characters() {
        #expect(BuildVersion.docker("1.2.3+" + String(repeating: "a", count: 200)).count == 128)
    }
}
