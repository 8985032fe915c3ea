import Core
import Testing

@Suite struct IPv4Tests {
    @Test(arguments: ["0.0.0.0", "10.87.0.1", "192.168.20.254", "255.255.255.255"])
    func readsWhatItWrites(text: String) { #expect(IPv4Address(text)?.description == text) }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.4 ", "a.b.c.d", "1..2.3", "-1.2.3.4",
    ])
    func refusesEveryOther(text: String) { #expect(IPv4Address(text) == nil) }

    @Test func networks() throws {
        let network = try #require(IPv4Network("192.168.20.0/24"))
        #expect(network.hosts.lowerBound.description == "192.168.20.1")
        #expect(network.hosts.upperBound.description == "192.168.20.254")
        #expect(network.contains(try #require(IPv4Address("192.168.20.255"))))
        #expect(!network.contains(try #require(IPv4Address("192.168.21.0"))))
        #expect(try #require(IPv4Network("0.0.0.0/0")).contains(try #require(IPv4Address("8.8.8.8"))))
        for text in ["192.168.20.1/24", "192.168.20.0", "192.168.20.0/33", "192.168.20.0/+8", "x/24"] {
            #expect(IPv4Network(text) == nil)
        }
    }

    @Test func counting() throws {
        let last = try #require(IPv4Address("255.255.255.255"))
        #expect(last.advanced(by: 1) == nil)
        #expect(last.advanced(by: -1)?.description == "255.255.255.254")
        #expect(try #require(IPv4Address("10.0.0.255")).advanced(by: 1)?.description == "10.0.1.0")
    }
}
