import Foundation
import Testing

/// What callers see of the workflows, actions and documents.
@Suite struct LibraryTests {
    @Test func thereAreFiles() { #expect(Repository.workflows.count >= 10) }

    @Test func everyInputSecretAndOutputIsDescribed() {
        for file in Repository.workflows {
            let lines = file.lines
            for (number, line) in lines.enumerated() {
                let key = line.trimmingCharacters(in: .whitespaces)
                guard ["inputs:", "secrets:", "outputs:"].contains(key) else { continue }
                let depth = line.prefix { $0 == " " }.count
                guard depth == 0 || Self.isUnderCall(lines, number, depth) else { continue }
                for (name, place) in Self.members(lines, number, depth) {
                    let next = lines[place + 1].trimmingCharacters(in: .whitespaces)
                    #expect(next.hasPrefix("description: "), "\(file.path):\(place + 1) \(name) is not described")
                }
            }
        }
    }

    private static func isUnderCall(_ lines: [String], _ number: Int, _ depth: Int) -> Bool {
        guard depth == 4 else { return false }
        let parent = lines[..<number].last { $0.prefix { $0 == " " }.count == 2 && !$0.isEmpty }
        return parent?.trimmingCharacters(in: .whitespaces) == "workflow_call:"
    }

    private static func members(_ lines: [String], _ number: Int, _ depth: Int) -> [(String, Int)] {
        var found: [(String, Int)] = []
        for place in (number + 1)..<lines.count {
            let line = lines[place]
            let indent = line.prefix { $0 == " " }.count
            if !line.trimmingCharacters(in: .whitespaces).isEmpty, indent <= depth { break }
            if indent == depth + 2, line.hasSuffix(":") {
                found.append((line.trimmingCharacters(in: .whitespaces), place))
            }
        }
        return found
    }

    @Test func everyVariableAndOutputOfTerraformIsDescribed() {
        #expect(Repository.terraform.count >= 15)
        for file in Repository.terraform {
            for (number, line) in file.lines.enumerated()
            where line.hasPrefix("variable \"") || line.hasPrefix("output \"") {
                let next = file.lines[number + 1].trimmingCharacters(in: .whitespaces)
                #expect(next.hasPrefix("description "), "\(file.path):\(number + 1) is not described")
            }
        }
    }

    /// Up to where a message begins to differ.
    @Test func everyRefusalOfTerraformIsInTheGuide() throws {
        let guide = try #require(Repository.file("docs/TROUBLESHOOTING.md")).text
        var count = 0
        for file in Repository.terraform {
            for found in file.text.matches(of: /error_message = "((?:[^"\\]|\\.)*?)(?:\$\{|"\n)/) {
                let message = String(found.1).replacing("\\\"", with: "\"").trimmingCharacters(in: .whitespaces)
                let known = guide.contains(message.trimmingCharacters(in: ["\""]))
                #expect(known, "docs/TROUBLESHOOTING.md does not have \(message)")
                count += 1
            }
        }
        #expect(count >= 80)
    }

    @Test func terraformUsesOnePinnedProvider() {
        for file in Repository.terraform {
            for line in file.lines {
                let text = line.trimmingCharacters(in: .whitespaces)
                let words = text.split(separator: " ")
                if text.hasPrefix("source "), text.contains("/"), !text.contains("\"./"), !text.contains("\"../") {
                    #expect(text.hasSuffix("\"bpg/proxmox\""), "\(file.path) uses another provider: \(text)")
                }
                if words.first == "version" {
                    #expect(text.hasSuffix("\"= 0.111.1\""), "\(file.path) does not pin the provider exactly")
                }
            }
        }
    }

    @Test func inputsAreNeverSplicedIntoScripts() {
        for file in Repository.workflows {
            var script = false
            var depth = 0
            for (number, line) in file.lines.enumerated() {
                let indent = line.prefix { $0 == " " }.count
                let text = line.trimmingCharacters(in: .whitespaces)
                if script, !text.isEmpty, indent <= depth { script = false }
                if text.hasPrefix("run: ") || text.hasPrefix("- run: ") {
                    script = true
                    depth = indent
                }
                if script { #expect(!text.contains("${{"), "\(file.path):\(number + 1) splices into a script") }
            }
        }
    }

    @Test func thirdPartyActionsArePinned() {
        for file in Repository.workflows {
            for line in file.lines {
                let text = line.trimmingCharacters(in: .whitespaces)
                guard let mark = text.range(of: "uses: ") else { continue }
                let target = text[mark.upperBound...]
                guard !target.hasPrefix("$/") else { continue }
                let sha = target.split(separator: "@").last?.prefix(40) ?? ""
                let pinned = sha.count == 40 && sha.allSatisfy(\.isHexDigit) && target.contains("# v")
                #expect(pinned, "\(file.path): \(target) is not pinned")
            }
        }
    }

    @Test func documentsAreLinkedRightly() {
        for file in Repository.documents {
            let folder = Repository.root.appending(path: file.path).deletingLastPathComponent()
            for link in file.text.matches(of: /\]\(([^)#:]+)(#[^)]*)?\)/) {
                let target = folder.appending(path: String(link.1)).standardizedFileURL.path
                #expect(FileManager.default.fileExists(atPath: target), "\(file.path) links to \(link.1)")
            }
        }
    }
}
