import Foundation
import Testing

/// What a test can hold of docs/ARCHITECTURE.md and CONTRIBUTING.md.
@Suite struct SourceTests {
    /// Which targets each may import, from the layers of docs/ARCHITECTURE.md; the same layer only where said.
    private static let layers: [String: Int] = [
        "Core": 0, "Console": 0, "Octopus": 1, "Nexus": 1, "Proxmox": 1, "SSH": 1, "StateStore": 1,
        "Terraform": 1, "Git": 1, "Workflows": 2, "Building": 2,
        "Deploying": 2, "Diagnosing": 2, "Provisioning": 2, "Lab": 3, "nante": 4,
    ]

    @Test func thereAreFiles() { #expect(Repository.swift.count > 50) }

    @Test func importsGoDownward() {
        for file in Repository.swift where file.path.hasPrefix("Sources/") {
            let room = String(file.path.split(separator: "/")[1])
            guard let layer = Self.layers[room] else {
                Issue.record("\(room) has no layer")
                continue
            }
            for name in file.lines.compactMap(Self.imported) {
                if let other = Self.layers[name] {
                    let allowed = other < layer || (room == "Console" && name == "Core")
                    #expect(allowed, "\(file.path) imports \(name), which is not below \(room)")
                }
                if name == "ArgumentParser" { #expect(room == "nante", "\(file.path) imports ArgumentParser") }
                if name.hasPrefix("Hummingbird") || name == "GRDB" {
                    #expect(room == "Lab", "\(file.path) imports \(name)")
                }
            }
        }
    }

    private static func imported(_ line: String) -> String? {
        guard line.hasPrefix("import ") || line.hasPrefix("@preconcurrency import ") else { return nil }
        return line.split(separator: " ").last.map(String.init)
    }

    @Test func linesAreAtMost120Columns() {
        for file in Repository.swift {
            for (number, line) in file.lines.enumerated() where line.count > 120 {
                Issue.record("\(file.path):\(number + 1) has \(line.count) columns")
            }
        }
    }

    @Test func functionsHaveAtMost70Lines() {
        for file in Repository.swift {
            for (name, line, length) in Self.functions(file.lines) where length > 70 {
                Issue.record("\(file.path):\(line) \(name) has \(length) lines")
            }
        }
    }

    /// Name, first line and length of each function: to the closing brace at its own indentation.
    static func functions(_ lines: [String]) -> [(name: String, line: Int, length: Int)] {
        var found: [(String, Int, Int)] = []
        for (number, line) in lines.enumerated() {
            let body = line.drop { $0 == " " }
            let words = body.prefix { $0 != "(" && $0 != "{" }.split(separator: " ")
            let isFunction = words.contains("func") || words.last.map { $0.hasPrefix("init") } == true
            guard isFunction, !body.hasPrefix("//"), !body.hasSuffix("}") else { continue }
            let close = String(line.prefix(line.count - body.count)) + "}"
            guard let end = lines[number...].firstIndex(where: { $0.hasPrefix(close) }) else { continue }
            found.append((String(words.last ?? ""), number + 1, end - number + 1))
        }
        return found
    }

    @Test func onlyTheTerminalPrints() {
        for file in Repository.swift where file.isSource {
            for (number, line) in file.lines.enumerated() {
                let code = line.drop { $0 == " " }
                for word in ["print(", "debugPrint(", "NSLog(", "fputs("] where code.hasPrefix(word) {
                    Issue.record("\(file.path):\(number + 1) uses \(word)…)")
                }
            }
        }
    }

    @Test func nothingIsForced() {
        let force = ["try!", "as!", "fatalError(", "preconditionFailure("]
        for file in Repository.swift where file.isSource {
            for (number, line) in file.lines.enumerated() where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                for word in force where line.contains(word) { Issue.record("\(file.path):\(number + 1) uses \(word)") }
            }
        }
    }

    @Test func uncheckedSendableSaysWhy() {
        for file in Repository.swift where file.isSource {
            let lines = file.lines
            for (number, line) in lines.enumerated()
            where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                let before = lines[max(0, number - 4)..<number].joined()
                #expect(before.contains("//"), "\(file.path):\(number + 1) does not say why")
            }
        }
    }

    @Test func publicDeclarationsHaveASummary() {
        let kinds = ["func ", "var ", "let ", "struct ", "enum ", "class ", "actor ", "protocol ", "init(", "init?("]
        for file in Repository.swift where file.isSource {
            let lines = file.lines
            for (number, line) in lines.enumerated() {
                let code = line.drop { $0 == " " }
                guard code.hasPrefix("public "), kinds.contains(where: code.contains), !code.contains(" override ")
                else { continue }
                var place = number - 1
                while place >= 0, lines[place].drop(while: { $0 == " " }).hasPrefix("@") { place -= 1 }
                let above = place >= 0 ? lines[place].drop { $0 == " " } : ""
                #expect(above.hasPrefix("///"), "\(file.path):\(number + 1) has no summary")
            }
        }
    }

    @Test func nothingIsLeftUnfinished() {
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
        for file in Repository.swift {
            for mark in marks { #expect(!file.text.contains(mark), "\(file.path) has \(mark)") }
        }
    }

    @Test func theChecksThemselvesFind() {
        let long = ["    func a() {"] + Array(repeating: "        x()", count: 70) + ["    }"]
        #expect(Self.functions(long).map(\.length) == [72])
        #expect(Self.imported("@preconcurrency import Foundation") == "Foundation")
    }
}
