import Core

/// A file that provisioning puts on a host, owned by root.
public struct HostFile: Sendable, Hashable {
    /// What has to be told when it changes.
    public enum Kind: String, Sendable, Hashable { case plain, nginx, unit, tmpfiles, sudoers }
    /// Absolute path.
    public var path: String
    /// Permission bits.
    public var mode: UInt16
    /// What has to be told when it changes.
    public var kind: Kind
    /// Its text, ending with a line end.
    public var text: String

    /// A file.
    public init(_ path: String, mode: UInt16 = 0o644, kind: Kind, text: String) {
        self.path = path
        self.mode = mode
        self.kind = kind
        self.text = text.hasSuffix("\n") ? text : text + "\n"
    }
}

/// The script that switches slots on a host, handed in from where it is made.
public struct SlotProgram: Sendable, Hashable {
    /// Where it is installed.
    public var path: String
    /// Its text.
    public var text: String

    /// A script.
    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}
