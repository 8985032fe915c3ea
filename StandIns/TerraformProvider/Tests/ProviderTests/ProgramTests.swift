import Foundation
import Testing
import Values

/// The program as others start it.
@Suite struct ProgramTests {
    private static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "nante-terraform-provider")

    private func started(_ socket: String) throws -> (process: Process, input: Pipe, line: JSON) {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = ["--socket", socket]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8) { line += byte }
        return (process, input, try JSON(parsing: line))
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: program.path)), arguments: [true, false])
    func saysWhereItListensAndEndsWithItsInputOrBySignal(_ byInput: Bool) throws {
        let socket = FileManager.default.temporaryDirectory.appending(path: "p-\(UUID().uuidString.prefix(8))").path
        let (process, input, line) = try started(socket)
        #expect(line["Protocol"] == "grpc")
        #expect(line["ProtocolVersion"] == .int(6))
        #expect(line["Pid"] == .int(Int(process.processIdentifier)))
        #expect(line["Test"] == .bool(true))
        #expect(line["Addr"] == .object(["Network": "unix", "String": .string(socket)]))
        let permissions = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions] as? Int
        #expect(permissions.map { $0 & 0o077 } == 0)
        if byInput { try input.fileHandleForWriting.close() } else { process.terminate() }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: program.path)))
    func wrongArgumentsAreAnError() throws {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = ["--port", "1"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
    }
}
