import Foundation
import SystemPackage

/// Standard input of a program as an open file without a name.
///
/// A pipe would need a writer beside the program, and swift-subprocess 1.0.2 ends the whole process ("was not closed")
/// when the program goes before it has read everything. A file can be left unread.
final class InputFile: Sendable {
    let descriptor: FileDescriptor

    /// A file that holds the text, open at its start; only this process and the program can reach it.
    init(_ text: String) throws {
        let (raw, failure) = InputFile.open()
        guard raw >= 0 else { throw Failure(.missing, "can't make a temporary file", why: failure) }
        descriptor = FileDescriptor(rawValue: raw)
        do {
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty { bytes = bytes.dropFirst(try bytes.withUnsafeBytes { try descriptor.write($0) }) }
            try descriptor.seek(offset: 0, from: .start)
        } catch {
            throw Failure(.missing, "can't write a temporary file", why: "\(error)")
        }
    }

    private static func open() -> (descriptor: Int32, failure: String) {
        var template = Array("/tmp/nante-input-XXXXXX".utf8CString)
        let raw = mkstemp(&template)
        let failure = raw < 0 ? String(cString: strerror(errno)) : ""
        if raw >= 0 {
            unlink(template)
            _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
        }
        return (raw, failure)
    }

    deinit { try? descriptor.close() }
}
