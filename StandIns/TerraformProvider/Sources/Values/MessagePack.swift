/// One MessagePack value, without a schema.
///
/// https://github.com/msgpack/msgpack/blob/master/spec.md
package indirect enum MessagePack: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    case large(UInt64)
    case float(Double)
    case string(String)
    case binary([UInt8])
    case array([MessagePack])
    case map([Pair])
    case `extension`(Int8, [UInt8])

    /// A key and its value, in the order of the map.
    package struct Pair: Sendable, Hashable {
        package let key: MessagePack
        package let value: MessagePack

        package init(_ key: MessagePack, _ value: MessagePack) {
            self.key = key
            self.value = value
        }
    }

    /// The shortest form.
    package var bytes: [UInt8] {
        var out: [UInt8] = []
        write(to: &out)
        return out
    }

    private func write(to out: inout [UInt8]) {
        switch self {
        case .null: out.append(0xc0)
        case .bool(let flag): out.append(flag ? 0xc3 : 0xc2)
        case .int(let number): Self.write(number, to: &out)
        case .large(let number): Self.put(0xcf, number, 8, to: &out)
        case .float(let number): Self.put(0xcb, number.bitPattern, 8, to: &out)
        case .string(let text):
            let utf8 = Array(text.utf8)
            if utf8.count < 32 { out.append(0xa0 | UInt8(utf8.count)) } else { Self.head(0xd9, utf8.count, to: &out) }
            out += utf8
        case .binary(let data):
            Self.head(0xc4, data.count, to: &out)
            out += data
        case .array(let items):
            if items.count < 16 {
                out.append(0x90 | UInt8(items.count))
            } else {
                Self.wide(0xdc, items.count, to: &out)
            }
            for item in items { item.write(to: &out) }
        case .map(let pairs):
            if pairs.count < 16 {
                out.append(0x80 | UInt8(pairs.count))
            } else {
                Self.wide(0xde, pairs.count, to: &out)
            }
            for pair in pairs {
                pair.key.write(to: &out)
                pair.value.write(to: &out)
            }
        case .extension(let type, let data):
            let fixed: [Int: UInt8] = [1: 0xd4, 2: 0xd5, 4: 0xd6, 8: 0xd7, 16: 0xd8]
            if let mark = fixed[data.count] { out.append(mark) } else { Self.head(0xc7, data.count, to: &out) }
            out.append(UInt8(bitPattern: type))
            out += data
        }
    }

    private static func write(_ number: Int, to out: inout [UInt8]) {
        switch number {
        case 0...127, -32 ... -1: out.append(UInt8(truncatingIfNeeded: number))
        case 128...0xff: put(0xcc, UInt64(number), 1, to: &out)
        case 0x100...0xffff: put(0xcd, UInt64(number), 2, to: &out)
        case 0x1_0000...0xffff_ffff: put(0xce, UInt64(number), 4, to: &out)
        case 0x1_0000_0000...: put(0xcf, UInt64(number), 8, to: &out)
        case -128 ... -33: put(0xd0, UInt64(bitPattern: Int64(number)), 1, to: &out)
        case -0x8000 ... -129: put(0xd1, UInt64(bitPattern: Int64(number)), 2, to: &out)
        case -0x8000_0000 ... -0x8001: put(0xd2, UInt64(bitPattern: Int64(number)), 4, to: &out)
        default: put(0xd3, UInt64(bitPattern: Int64(number)), 8, to: &out)
        }
    }

    /// A mark and the lowest `count` bytes of a number, highest first.
    private static func put(_ mark: UInt8, _ number: UInt64, _ count: Int, to out: inout [UInt8]) {
        out.append(mark)
        for place in (0..<count).reversed() { out.append(UInt8(truncatingIfNeeded: number >> UInt64(place * 8))) }
    }

    /// A length of one, two or four bytes after `mark`, `mark` + 1 or `mark` + 2.
    private static func head(_ mark: UInt8, _ count: Int, to out: inout [UInt8]) {
        if count <= 0xff {
            put(mark, UInt64(count), 1, to: &out)
        } else {
            wide(mark + 1, count, to: &out)
        }
    }

    /// A length of two or four bytes after `mark` or `mark` + 1.
    private static func wide(_ mark: UInt8, _ count: Int, to out: inout [UInt8]) {
        if count <= 0xffff {
            put(mark, UInt64(count), 2, to: &out)
        } else {
            put(mark + 1, UInt64(count), 4, to: &out)
        }
    }
}
