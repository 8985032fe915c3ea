import Core
import Foundation

/// A Terraform configuration: its files by their paths below the root module.
public struct TerraformProgram: Sendable, Hashable {
    /// A file.
    public struct File: Sendable, Hashable {
        /// Path below the root module, such as `modules/vm/main.tf`.
        public var path: String
        /// Its text.
        public var text: String
        /// A file.
        public init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }
    /// The files in the order of their paths.
    public var files: [File]

    /// A configuration.
    public init(files: [File]) { self.files = files.sorted { $0.path < $1.path } }

    /// The configuration of `terraform/` of this repository, carried in the binary.
    public static let embedded = TerraformProgram(
        files: EmbeddedHCL.files.map {
            // A literal of several lines ends before its last line break.
            File(path: $0.path, text: $0.text)
        })

    /// SHA-256 over paths and texts.
    public var digest: String {
        var bytes = Data()
        for file in files { bytes.append(Data("\(file.path)\0\(file.text.utf8.count)\0\(file.text)".utf8)) }
        return Checksums.of(bytes).sha256
    }

    /// The configuration with a file added or replaced.
    public func adding(_ path: String, _ text: String) -> TerraformProgram {
        TerraformProgram(files: files.filter { $0.path != path } + [File(path: path, text: text)])
    }

    /// The default of a variable of the root module that is a text; nil where it has none.
    public func textDefault(of variable: String) -> String? {
        for file in files where !file.path.contains("/") {
            guard let start = file.text.range(of: "\nvariable \"\(variable)\" {") else { continue }
            let body = file.text[start.upperBound...].prefix(2_000)
            let block = body.range(of: "\n}").map { body[..<$0.lowerBound] } ?? body
            return block.firstMatch(of: /\n\s*default\s*=\s*"([^"]*)"/).map { String($0.1) }
        }
        return nil
    }

    /// The exact version of the bpg provider that it is pinned to; nil where it needs none.
    public var providerVersion: String? {
        for file in files {
            guard let source = file.text.range(of: "\"bpg/proxmox\"") else { continue }
            let after = file.text[source.upperBound...].prefix(200)
            let before = file.text[..<source.lowerBound].suffix(200)
            for part in [after, before] {
                if let found = part.firstMatch(of: /version\s*=\s*"\s*=?\s*([0-9][0-9A-Za-z.\-]*)"/) {
                    return String(found.1)
                }
            }
        }
        return nil
    }
}
