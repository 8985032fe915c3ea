/// Test results in the XML that build servers read (the schema of Jenkins' xUnit plugin).
enum JUnit {
    static func xml(_ report: GoTestReport, app: String) -> String {
        let leaves = report.leaves
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<testsuites name=\"\(escape(app))\" tests=\"\(leaves.count)\""
        text += " failures=\"\(leaves.count { $0.ending == .failed })\">\n"
        for package in report.packages {
            let tests = leaves.filter { $0.package == package.name }
            text += "  <testsuite name=\"\(escape(package.name))\" tests=\"\(tests.count)\""
            text += " failures=\"\(tests.count { $0.ending == .failed })\""
            text += " skipped=\"\(tests.count { $0.ending == .skipped })\" time=\"\(package.seconds)\">\n"
            text += tests.map(element).joined()
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    private static func element(_ test: GoTestReport.Test) -> String {
        let head = "    <testcase classname=\"\(escape(test.package))\" name=\"\(escape(test.name))\""
        let time = " time=\"\(test.seconds)\""
        switch test.ending {
        case .passed: return "\(head)\(time)/>\n"
        case .skipped: return "\(head)\(time)><skipped/></testcase>\n"
        case .failed:
            let output = escape(test.output.joined(separator: "\n"))
            return "\(head)\(time)><failure message=\"failed\">\(output)</failure></testcase>\n"
        }
    }

    /// Text in XML 1.0, in which most control characters can't be written at all.
    static func escape(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "\n", "\t": out.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: out += "?"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
