import Core

/// What happens to a resource.
public enum TerraformAction: String, Sendable, Hashable, Codable, CaseIterable {
    /// It is made.
    case create
    /// It is changed in place.
    case update
    /// It is destroyed and made anew, in either order.
    case replace
    /// It is destroyed.
    case delete
    /// It is only read.
    case read
    /// The state forgets it; it stays.
    case forget
    /// It stays as it is.
    case noop = "no-op"

    /// Reads the word of the machine-readable interface; nil for an unknown one.
    init?(word: String) {
        switch word {
        case "noop": self = .noop
        case "remove": self = .forget
        case "move", "import": self = .noop
        default: self.init(rawValue: word)
        }
    }

    /// Reads the `actions` of a plan; nil for unknown ones.
    init?(actions: [String]) {
        switch Set(actions) {
        case ["delete", "create"], ["forget", "create"]: self = .replace
        case let one where one.count == 1: self.init(word: actions[0])
        default: return nil
        }
    }

    /// Something that exists is taken away.
    public var isDestructive: Bool { self == .replace || self == .delete }
}
