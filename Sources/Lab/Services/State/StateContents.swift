import Core
import Foundation
import GRDB

/// Content of objects as sealed pieces in the database.
struct StateContents: Sendable {
    let database: LabDatabase
    let seal: StateSeal

    /// Pieces that are written in one go while a large body comes in; smaller bodies are written with their row.
    static let batch = 8

    /// A sealed piece that is not in the database yet.
    struct Sealed: Sendable {
        var number: Int
        var data: Data
    }

    /// Takes bytes and keeps them sealed; memory stays at a few pieces.
    struct Writer: Sendable {
        let contents: StateContents
        let place: StateSeal.Place
        private var gathered: [UInt8] = []
        private var sealed: [Sealed] = []
        private var number = 0
        /// Bytes taken.
        private(set) var size: Int64 = 0

        init(_ contents: StateContents, _ place: StateSeal.Place) {
            self.contents = contents
            self.place = place
        }

        /// Takes the next bytes.
        mutating func write(_ bytes: some Collection<UInt8>) async throws {
            size += Int64(bytes.count)
            gathered.append(contentsOf: bytes)
            // The last piece is sealed as the last one, so a full one waits until there is more.
            while gathered.count > StateSeal.piece {
                try sealPiece(Array(gathered[..<StateSeal.piece]), last: false)
                gathered.removeFirst(StateSeal.piece)
                if sealed.count >= StateContents.batch { try await flush() }
            }
        }

        private mutating func sealPiece(_ bytes: [UInt8], last: Bool) throws {
            sealed.append(
                Sealed(number: number, data: try contents.seal.seal(bytes, place, number: number, last: last)))
            number += 1
        }

        private mutating func flush() async throws {
            let (pieces, place) = (sealed, place)
            sealed = []
            try await contents.database.write { try StateContents.insert(pieces, place, $0) }
        }

        /// The pieces that are still to be written, in the transaction that makes the content known.
        mutating func finish() throws -> [Sealed] {
            try sealPiece(gathered, last: true)
            gathered = []
            defer { sealed = [] }
            return sealed
        }
    }

    static func insert(_ pieces: [Sealed], _ place: StateSeal.Place, _ database: Database) throws {
        for piece in pieces {
            try database.execute(
                sql: "INSERT INTO state_piece (content, number, sealed) VALUES (?, ?, ?)",
                arguments: [place.content, piece.number, piece.data])
        }
    }

    static func remove(_ content: String, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM state_piece WHERE content = ?", arguments: [content])
    }

    /// One piece, opened.
    ///
    /// - Parameter size: the length of the whole content.
    func piece(_ number: Int, of place: StateSeal.Place, size: Int64) async throws -> [UInt8] {
        try await database.read { try StateContents.piece(number, of: place, size: size, seal, $0) }
    }

    static func piece(
        _ number: Int, of place: StateSeal.Place, size: Int64, _ seal: StateSeal, _ database: Database
    ) throws -> [UInt8] {
        let last = max(0, Int((size - 1) / Int64(StateSeal.piece)))
        let sealed = try Data.fetchOne(
            database, sql: "SELECT sealed FROM state_piece WHERE content = ? AND number = ?",
            arguments: [place.content, number])
        guard let sealed else { throw StateDamaged(place: place) }
        let bytes = try seal.open(sealed, place, number: number, last: number == last)
        let expected = number == last ? size - Int64(last) * Int64(StateSeal.piece) : Int64(StateSeal.piece)
        guard Int64(bytes.count) == expected else { throw StateDamaged(place: place) }
        return bytes
    }

    /// A whole small content inside a transaction.
    static func whole(_ row: StateVersionRow, _ seal: StateSeal, _ database: Database) throws -> [UInt8] {
        guard row.sealedBy == seal.id else { throw StateDamaged(place: row.place, otherKey: true) }
        var bytes: [UInt8] = []
        for number in 0...Int(max(0, row.size - 1) / Int64(StateSeal.piece)) {
            bytes += try piece(number, of: row.place, size: row.size, seal, database)
        }
        return bytes
    }

    /// Gives a range of a content piece by piece.
    func read(
        _ row: StateVersionRow, _ range: Range<Int64>, _ give: (ArraySlice<UInt8>) async throws -> Void
    ) async throws {
        guard row.sealedBy == seal.id else { throw StateDamaged(place: row.place, otherKey: true) }
        let length = Int64(StateSeal.piece)
        var place = range.lowerBound
        repeat {
            let number = Int(place / length)
            let bytes = try await piece(number, of: row.place, size: row.size)
            let start = Int64(number) * length
            let part = Int(place - start)..<Int(min(range.upperBound - start, Int64(bytes.count)))
            if !part.isEmpty { try await give(bytes[part]) }
            place = start + length
        } while place < range.upperBound
    }
}
