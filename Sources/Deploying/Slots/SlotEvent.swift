import Core

/// A line of progress of `nante-slot`, as it stands in the log of a deployment.
public struct SlotEvent: Sendable, Hashable {
    /// What was reached, such as `healthy`, `committed` or `failed`.
    public var phase: String
    /// Since the script's start.
    public var after: Duration
    /// Further facts by name, all text.
    public var facts: [String: String]

    /// Reads a line; nil for every line that is not one of nante-slot.
    public init?(line: String) {
        guard let start = line.range(of: "nante-slot {")?.lowerBound,
            let json = try? JSONValue.parse(String(line[line.index(start, offsetBy: 11)...])),
            let members = json.object, let phase = members["phase"]?.string, let ms = members["ms"]?.int
        else { return nil }
        self.phase = phase
        after = .milliseconds(ms)
        facts = members.compactMapValuesToText()
    }

    /// A fact by name; nil where it is missing or empty.
    public subscript(name: String) -> String? { facts[name].flatMap { $0.isEmpty ? nil : $0 } }
}

extension Sequence where Element == (key: String, value: JSONValue) {
    /// The members that are text.
    fileprivate func compactMapValuesToText() -> [String: String] {
        var out: [String: String] = [:]
        for (key, value) in self { if let text = value.string { out[key] = text } }
        return out
    }
}

/// Why a host refused a release, put together from the lines of `nante-slot`.
public struct SlotRefusal: Sendable, Hashable {
    /// The script's exit code: 1 unhealthy, 2 bad package, 4 switched back, 75 busy.
    public var code: Int
    /// The slot; nil where it did not come so far.
    public var slot: String?
    /// Why, in a sentence without an end.
    public var reason: String
    /// The health check in words, with the number of tries and the last answer; nil where none was made.
    public var check: String?
    /// The last lines of the release's log.
    public var log: [String]
    /// The version that serves there; nil where none does.
    public var serves: String?

    /// The refusal that lines tell of; nil when none of them does.
    public init?(lines: some Sequence<String>) {
        let events = lines.compactMap(SlotEvent.init)
        guard let failed = events.last(where: { $0.phase == "failed" || $0.phase == "busy" }) else { return nil }
        code = failed["code"].flatMap { Int($0) } ?? 1
        slot = failed["slot"]
        reason = failed["reason"] ?? failed["holder"].map { "another run holds the host: \($0)" } ?? "no reason given"
        serves = failed["serves"]
        log = events.filter { $0.phase == "log" }.compactMap { $0["line"] }
        guard let tries = failed["tries"], tries != "0", let path = failed["path"], let slot else { return }
        let last = failed["last"].map { ", last: \($0)" } ?? ""
        let within = failed["within"].map { code == 1 ? " in \($0) s" : "" } ?? ""
        check = "GET \(path) on slot \(slot), \(tries) \(tries == "1" ? "try" : "tries")\(within)\(last)"
    }
}
