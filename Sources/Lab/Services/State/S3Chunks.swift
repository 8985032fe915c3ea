import Core
import Crypto
import Foundation
import StateStore

/// Takes a body in `aws-chunked` form apart: pieces with their length and signature, and fields behind them.
///
/// Source: "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks" and
/// "… with trailing headers" of the Amazon S3 API Reference.
struct S3Chunks: Sendable {
    /// What the signatures of pieces hang on; nil for unsigned pieces.
    private let signed: S3Authentication.Signed?
    private let hasTrailer: Bool
    private var previous: String
    private var state = State.size
    private var line: [UInt8] = []
    private var hash = SHA256()
    private var wanted = ""
    /// The fields behind the body.
    private(set) var trailer: [(name: String, value: String)] = []

    private enum State: Sendable, Hashable {
        case size
        case data(left: Int)
        /// The line end behind a piece's data.
        case dataEnd
        case trailer
        case done
    }

    /// The longest line: the head of a piece, or a field.
    static let longestLine = 4096

    init(_ signed: S3Authentication.Signed, hasSignatures: Bool, hasTrailer: Bool) {
        self.signed = hasSignatures ? signed : nil
        self.hasTrailer = hasTrailer
        previous = signed.signature
    }

    /// Takes the next bytes as they came.
    ///
    /// - Returns: the bytes of the content in them.
    mutating func take(_ bytes: some Collection<UInt8>) throws(S3Fault) -> [UInt8] {
        var out: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            if case .data(let left) = state {
                let part = rest.prefix(left)
                out.append(contentsOf: part)
                if signed != nil { hash.update(data: Array(part)) }
                rest = rest.dropFirst(part.count)
                state = part.count == left ? .dataEnd : .data(left: left - part.count)
                continue
            }
            guard let byte = rest.popFirst() else { break }
            guard state != .done else { throw Self.fault("bytes behind the end") }
            line.append(byte)
            guard line.count <= Self.longestLine else { throw Self.fault("a line is too long") }
            guard line.count >= 2, line.suffix(2) == [0x0D, 0x0A] else { continue }
            let text = String(decoding: line.dropLast(2), as: UTF8.self)
            line = []
            try end(text)
        }
        return out
    }

    private mutating func end(_ line: String) throws(S3Fault) {
        switch state {
        case .size: try head(line)
        case .dataEnd:
            guard line.isEmpty else { throw Self.fault("a piece is longer than it says") }
            try checkPiece()
            state = .size
        case .trailer:
            if line.isEmpty {
                try checkTrailer()
                state = .done
                return
            }
            guard let colon = line.firstIndex(of: ":"), trailer.count < 16 else { throw Self.fault("no field") }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            trailer.append((line[..<colon].lowercased(), value))
        case .data, .done: break
        }
    }

    private mutating func head(_ line: String) throws(S3Fault) {
        let parts = line.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        guard (1...8).contains(parts[0].utf8.count), let size = UInt32(parts[0], radix: 16),
            !parts[0].hasPrefix("+")
        else { throw Self.fault("a piece has no length") }
        if signed != nil {
            guard parts.count == 2, parts[1].hasPrefix("chunk-signature=") else {
                throw Self.fault("a piece has no signature")
            }
            wanted = String(parts[1].dropFirst("chunk-signature=".count))
        }
        if size > 0 {
            state = .data(left: Int(size))
        } else {
            try checkPiece()
            state = .trailer
        }
    }

    private mutating func checkPiece() throws(S3Fault) {
        guard let signed else { return }
        let text = S3Signature.chunkToSign(
            date: signed.date, scope: signed.scope, previous: previous, hash: hash.finalize().hex)
        let expected = S3Signature.sign(text, key: signed.key)
        guard expected.equalsInConstantTime(wanted) else { throw S3Fault.notSigned }
        previous = expected
        hash = SHA256()
    }

    private mutating func checkTrailer() throws(S3Fault) {
        let signature = trailer.first { $0.name == "x-amz-trailer-signature" }?.value
        trailer.removeAll { $0.name == "x-amz-trailer-signature" }
        guard hasTrailer else {
            guard trailer.isEmpty, signature == nil else { throw Self.fault("fields behind the body") }
            return
        }
        guard let signed else { return }
        let fields = trailer.map { "\($0.name):\($0.value)\n" }.joined()
        let text = S3Signature.trailerToSign(
            date: signed.date, scope: signed.scope, previous: previous, fields: fields)
        guard S3Signature.sign(text, key: signed.key).equalsInConstantTime(signature ?? "") else {
            throw S3Fault.notSigned
        }
    }

    /// Throws where the body ended before its end.
    func finish() throws(S3Fault) {
        guard state == .done else { throw S3Fault.incomplete }
    }

    private static func fault(_ why: String) -> S3Fault {
        S3Fault.invalid("The body is not in aws-chunked form: \(why)", "InvalidRequest")
    }
}
