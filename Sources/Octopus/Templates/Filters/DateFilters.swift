import Core
import Foundation

/// Filters on dates.
enum DateFilters {
    /// The present, without input: `[format]`.
    static func now(_ input: String?, _ options: [String], isUTC: Bool, time: any TimeSource) -> String? {
        guard input == nil, options.count <= 1 else { return nil }
        let date = NetDate(time.now(), zone: isUTC ? .utc : .none)
        return options.first.map { date.text($0, hasOffset: false) } ?? date.roundTrip
    }

    /// Moves a date by a number of units; a date without zone stays so, an offset is kept.
    static func add(seconds unit: Double) -> TemplateFilters.Filter {
        { input, options in
            guard let input, options.count == 1, let amount = Double(options[0].trimmed), amount.isFinite,
                let date = NetDate(input)
            else { return nil }
            // .NET rounds the span to whole milliseconds only in old versions; ticks are exact enough here.
            return date.adding(ticks: amount * unit * Double(NetDate.ticksPerSecond))?.roundTrip
        }
    }
}

/// The filter Format: `format`, or `type format`.
enum FormatFilter {
    @Sendable static func format(_ input: String?, _ options: [String]) -> String? {
        guard let input else { return nil }
        switch options.count {
        case 1:
            if let number = NetNumber.decimal(input) { return NetNumberFormat.text(number, options[0], kind: .decimal) }
            return withOffset(input)?.text(options[0], hasOffset: true)
        case 2: return typed(input, options[0].lowercased(), options[1])
        default: return nil
        }
    }

    private static func typed(_ input: String, _ type: String, _ format: String) -> String? {
        switch type {
        case "int32", "int":
            return Int32(input.trimmed).flatMap { NetNumberFormat.text(Decimal(Int($0)), format, kind: .integer) }
        case "double":
            guard let number = NetNumber.double(input), number.isFinite else { return nil }
            let text = NetNumber.text(of: number)
            let exact = Decimal(string: text.replacing("E+", with: "E"), locale: Locale(identifier: "en_US_POSIX"))
            return exact.flatMap { NetNumberFormat.text($0, format, kind: .double) }
        case "decimal": return NetNumber.decimal(input).flatMap { NetNumberFormat.text($0, format, kind: .decimal) }
        case "date", "datetime":
            // .NET turns a date with an offset into the server's own zone, which is UTC here.
            guard let date = NetDate(input) else { return nil }
            return (date.zone == .none ? date : date.utc).text(format, hasOffset: false)
        case "datetimeoffset": return withOffset(input)?.text(format, hasOffset: true)
        default: return nil
        }
    }

    private static func withOffset(_ input: String) -> NetDate? {
        NetDate(input).map { NetDate(ticks: $0.ticks, zone: .offset(minutes: $0.offset)) }
    }
}
