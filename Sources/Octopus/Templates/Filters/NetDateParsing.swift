import Foundation

extension NetDate {
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// Reads the usual forms: ISO 8601, `yyyy/MM/dd`, `MM/dd/yyyy`, month names, with time, AM or PM, and offset.
    ///
    /// - Parameter today: stands for the date where only a time is given.
    init?(_ text: String, today: NetDate? = nil) {
        var reader = DateReader(text)
        guard let date = reader.read(today: today) else { return nil }
        self = date
    }
}

/// Takes a text apart into a date, a time and a zone, in any order that is not ambiguous.
private struct DateReader {
    private var rest: String
    private var time: (hour: Int, minute: Int, second: Int, fraction: Int)?
    private var zone = NetDate.Zone.none

    init(_ text: String) { rest = text.trimmed }

    mutating func read(today: NetDate?) -> NetDate? {
        takeZone()
        guard takeTime() else { return nil }
        rest = rest.replacing(",", with: " ").trimmed
        if rest.hasSuffix("T") || rest.hasSuffix("t") { rest = String(rest.dropLast()).trimmed }
        dropWeekday()
        let day: (year: Int, month: Int, day: Int)
        if rest.isEmpty, time != nil, let today {
            day = (today.year, today.month, today.day)
        } else if let found = date() {
            day = found
        } else {
            return nil
        }
        return NetDate(
            year: day.year, month: day.month, day: day.day, hour: time?.hour ?? 0, minute: time?.minute ?? 0,
            second: time?.second ?? 0, fraction: time?.fraction ?? 0, zone: zone)
    }

    private mutating func takeZone() {
        let hasTime = rest.contains(":")
        if hasTime || rest.uppercased().hasSuffix("GMT"), let match = rest.firstMatch(of: #/(?i)\s*(?:Z|GMT|UTC)$/#) {
            zone = .utc
            rest = String(rest[..<match.range.lowerBound])
        } else if hasTime, let match = rest.firstMatch(of: #/\s*([+-])(\d{1,2}):?(\d{2})?$/#),
            let hours = Int(match.2), hours <= 14, rest[..<match.range.lowerBound].contains(":")
        {
            let minutes = hours * 60 + (match.3.flatMap { Int($0) } ?? 0)
            zone = .offset(minutes: match.1 == "-" ? -minutes : minutes)
            rest = String(rest[..<match.range.lowerBound])
        }
    }

    /// False where there is a time that is none.
    private mutating func takeTime() -> Bool {
        let pattern = #/(?i)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AP]M)?$/#
        guard let match = rest.firstMatch(of: pattern) else { return !rest.contains(":") }
        guard var hour = Int(match.1), let minute = Int(match.2) else { return false }
        if let half = match.5?.uppercased() {
            guard (1...12).contains(hour) else { return false }
            hour = hour % 12 + (half == "PM" ? 12 : 0)
        }
        let digits = String(match.4 ?? "")
        let fraction = Int((digits + "0000000").prefix(7)) ?? 0
        time = (hour, minute, match.3.flatMap { Int($0) } ?? 0, fraction)
        rest = String(rest[..<match.range.lowerBound])
        return true
    }

    private mutating func dropWeekday() {
        guard let word = rest.split(separator: " ").first.map({ String($0) }) else { return }
        let isDay = NetDate.weekdays.contains { day in
            day.lowercased() == word.lowercased() || day.prefix(3).lowercased() == word.lowercased()
        }
        if isDay { rest = String(rest.dropFirst(word.count)).trimmed }
    }

    private func date() -> (year: Int, month: Int, day: Int)? {
        let parts = rest.split { " /-.".contains($0) }.map { String($0) }
        guard (2...3).contains(parts.count) else { return nil }
        if let place = parts.firstIndex(where: { month($0) != nil }), let month = month(parts[place]) {
            var numbers = parts
            numbers.remove(at: place)
            let values = numbers.compactMap { Int($0) }
            guard values.count == numbers.count else { return nil }
            if values.count == 1 { return values[0] > 31 ? (values[0], month, 1) : nil }
            return numbers[0].count > 2
                ? (values[0], month, values[1]) : (full(values[1], numbers[1]), month, values[0])
        }
        let values = parts.compactMap { Int($0) }
        guard values.count == parts.count else { return nil }
        if parts[0].count == 4 { return (values[0], values[1], values.count == 3 ? values[2] : 1) }
        guard values.count == 3 else { return nil }
        return (full(values[2], parts[2]), values[0], values[1])
    }

    /// A year of two digits lies between 1950 and 2049.
    private func full(_ year: Int, _ text: String) -> Int {
        text.count > 2 ? year : year + (year < 50 ? 2000 : 1900)
    }

    private func month(_ text: String) -> Int? {
        let word = text.lowercased()
        guard word.count >= 3 else { return nil }
        return NetDate.months.firstIndex { $0.lowercased() == word || $0.prefix(3).lowercased() == word }.map { $0 + 1 }
    }
}
