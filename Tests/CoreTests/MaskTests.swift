import Core
import Foundation
import Testing

@Suite struct MaskTests {
    @Test(arguments: ["pa$$word-1", "API-ABC123XYZ", "with \"quotes\" and \\", "ünïcode secret"])
    func hidesEveryForm(secret: String) throws {
        let mask = Mask()
        mask.add(secret)
        let json = JSONValue.string("x \(secret) y").text()
        let forms = [secret, json, secret.percentEncoded, Data(secret.utf8).base64EncodedString()]
        for form in forms { #expect(!mask.apply("a \(form) b").contains(form), "\(form)") }
        for lead in ["", "u", "us", "user:"] {
            let encoded = Data("\(lead)\(secret)".utf8).base64EncodedString()
            #expect(mask.apply("Basic \(encoded)").contains("***"), "\(lead)")
        }
    }

    @Test func hidesEachLineOfAKey() {
        let mask = Mask()
        let key = "-----BEGIN KEY-----\nb3BlbnNzaC1rZXktdjEAAAA\nAAABAAAAMwAAAAtzc2gtZWQ\n-----END KEY-----\n"
        mask.add(key)
        for line in key.split(separator: "\n") { #expect(mask.apply("| \(line) |") == "| *** |") }
    }

    @Test func aSecretInsideAnotherLeavesNothing() {
        let mask = Mask()
        mask.add("secret")
        mask.add("secret-and-more")
        #expect(mask.apply("secret-and-more secret") == "*** ***")
    }

    @Test(arguments: ["", "a", "ab", " \n"]) func ignoresWhatWouldHideEverything(secret: String) {
        let mask = Mask()
        mask.add(secret)
        #expect(mask.apply("a b ab") == "a b ab")
    }
}
