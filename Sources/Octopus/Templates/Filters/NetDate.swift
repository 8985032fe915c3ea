import Foundation

/// A date and time of the proleptic Gregorian calendar in ticks of 100 ns, with an offset where one was given.
///
/// .NET's `DateTime` and `DateTimeOffset` in one; the culture is the invariant one, the local zone is UTC.
struct NetDate: Equatable {
    static let ticksPerSecond = 10_000_000
    static let ticksPerDay = 86400 * ticksPerSecond
    /// The first moment of the year 10000.
    static let end = 3_652_059 * ticksPerDay

    enum Zone: Equatable { case none, utc, offset(minutes: Int) }

    /// Since the first moment of year 1, local to the zone.
    var ticks: Int
    var zone: Zone

    init(ticks: Int, zone: Zone) {
        self.ticks = ticks
        self.zone = zone
    }

    init(_ date: Date, zone: Zone) {
        let days = 719_162
        let seconds = date.timeIntervalSince1970
        ticks = days * NetDate.ticksPerDay + Int((seconds * 10_000_000).rounded())
        self.zone = zone
    }

    /// A date of parts; nil where a part is out of range.
    init?(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, fraction: Int = 0, zone: Zone
    ) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= NetDate.days(in: month, of: year), (0..<24).contains(hour), (0..<60).contains(minute),
            (0..<60).contains(second)
        else { return nil }
        let days = NetDate.days(before: year) + NetDate.days(before: month, of: year) + day - 1
        ticks =
            ((days * 24 + hour) * 60 + minute) * 60 * NetDate.ticksPerSecond + second * NetDate.ticksPerSecond
            + fraction
        self.zone = zone
    }

    var year: Int { parts.year }
    var month: Int { parts.month }
    var day: Int { parts.day }
    var hour: Int { ticks / (3600 * NetDate.ticksPerSecond) % 24 }
    var minute: Int { ticks / (60 * NetDate.ticksPerSecond) % 60 }
    var second: Int { ticks / NetDate.ticksPerSecond % 60 }
    var fraction: Int { ticks % NetDate.ticksPerSecond }
    /// Sunday is 0.
    var weekday: Int { (ticks / NetDate.ticksPerDay + 1) % 7 }
    /// Minutes east of UTC, 0 where none was given.
    var offset: Int { if case .offset(let minutes) = zone { minutes } else { 0 } }

    /// The date moved by a number of ticks; nil outside of the years 1 to 9999.
    func adding(ticks change: Double) -> NetDate? {
        guard change.magnitude < Double(NetDate.end) else { return nil }
        let moved = ticks + Int(change.rounded())
        guard moved >= 0, moved < NetDate.end else { return nil }
        return NetDate(ticks: moved, zone: zone)
    }

    /// The same moment in UTC.
    var utc: NetDate { NetDate(ticks: ticks - offset * 60 * NetDate.ticksPerSecond, zone: .utc) }

    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    static func days(in month: Int, of year: Int) -> Int {
        [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }
    private static func days(before year: Int) -> Int {
        let past = year - 1
        return past * 365 + past / 4 - past / 100 + past / 400
    }
    private static func days(before month: Int, of year: Int) -> Int {
        (1..<month).reduce(0) { $0 + days(in: $1, of: year) }
    }

    private var parts: (year: Int, month: Int, day: Int) {
        var rest = ticks / NetDate.ticksPerDay
        var year = rest / 366 + 1
        while NetDate.days(before: year + 1) <= rest { year += 1 }
        rest -= NetDate.days(before: year)
        var month = 1
        while rest >= NetDate.days(in: month, of: year) {
            rest -= NetDate.days(in: month, of: year)
            month += 1
        }
        return (year, month, rest + 1)
    }
}
