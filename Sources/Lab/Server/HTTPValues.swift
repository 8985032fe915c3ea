import Foundation

/// The range of a request (RFC 9110 section 14.2), one range of bytes at most.
enum ByteRange: Sendable, Hashable {
    /// No range, or one that is ignored.
    case whole
    /// From the lower bound up to, without, the upper one.
    case part(Range<Int64>)
    /// Nothing of the file is in the range.
    case unsatisfiable

    /// Reads a Range field; several ranges and other units are ignored, as the RFC allows.
    static func parse(_ field: String?, size: Int64) -> ByteRange {
        guard let field, let match = field.wholeMatch(of: #/\s*bytes\s*=\s*(\d{0,18})-(\d{0,18})\s*/#) else {
            return .whole
        }
        switch (Int64(match.1), Int64(match.2)) {
        case (nil, nil): return .whole
        case (nil, let last?):
            if last == 0 || size == 0 { return .unsatisfiable }
            return .part(max(0, size - last)..<size)
        case (let first?, nil): return first < size ? .part(first..<size) : .unsatisfiable
        case (let first?, let last?):
            if first > last { return .whole }
            return first < size ? .part(first..<min(size, last + 1)) : .unsatisfiable
        }
    }
}

/// Dates of HTTP (RFC 9110 section 5.6.7), in seconds since 1970.
enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Such as "Tue, 24 Nov 2026 05:29:37 GMT".
    static func text(_ seconds: Double) -> String {
        var moment = time_t(seconds.rounded(.down))
        var parts = tm()
        gmtime_r(&moment, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
            + "\(parts.tm_year + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }

    /// Reads that form; nil for any other.
    static func parse(_ text: String) -> Double? {
        guard let match = text.wholeMatch(of: #/\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT/#),
            let month = months.firstIndex(of: String(match.2))
        else { return nil }
        var parts = tm()
        parts.tm_mday = Int32(match.1) ?? 1
        parts.tm_mon = Int32(month)
        parts.tm_year = (Int32(match.3) ?? 1970) - 1900
        parts.tm_hour = Int32(match.4) ?? 0
        parts.tm_min = Int32(match.5) ?? 0
        parts.tm_sec = Int32(match.6) ?? 0
        return Double(timegm(&parts))
    }
}
