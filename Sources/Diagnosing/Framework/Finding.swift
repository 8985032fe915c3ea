import Core

/// What a check found.
public struct Finding: Sendable, Hashable {
    /// How it is.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// As it should be.
        case ok
        /// It works, but something is better known.
        case warning
        /// It is there, and wrong.
        case failed
        /// It is not there, or can't be reached.
        case missing
        /// It was not looked at.
        case skipped
    }

    /// The check, such as "proxmox.token"; the same in every release.
    public var id: String
    /// What it belongs to, such as "Proxmox".
    public var group: String
    /// What was looked at, such as "token".
    public var title: String
    /// How it is.
    public var status: Status
    /// What was found, one sentence.
    public var what: String
    /// Lines under it: the reason, or each part of it.
    public var details: [String]
    /// Commands that mend it.
    public var fix: [String]
    /// How long the check took.
    public var took: Duration

    /// The finding as data, members in a fixed order.
    public var json: JSONValue {
        [
            "id": .string(id), "group": .string(group), "title": .string(title), "status": .string(status.rawValue),
            "what": .string(what), "details": .array(details.map { .string($0) }),
            "fix": .array(fix.map { .string($0) }),
        ]
    }
}

/// What the work of a check comes to.
public struct CheckOutcome: Sendable, Hashable {
    /// How it is.
    public var status: Finding.Status
    /// What was found, one sentence.
    public var what: String
    /// Lines under it.
    public var details: [String]
    /// Commands that mend it.
    public var fix: [String]

    /// An outcome.
    public init(_ status: Finding.Status, _ what: String, details: [String] = [], fix: [String] = []) {
        self.status = status
        self.what = what
        self.details = details
        self.fix = fix
    }

    /// As it should be.
    public static func ok(_ what: String, details: [String] = []) -> CheckOutcome {
        CheckOutcome(.ok, what, details: details)
    }

    /// What an error means for a check.
    public init(_ error: any Error) {
        switch error {
        case let failure as Failure:
            let isAway: Bool =
                switch failure.exit {
                case .missing, .deadline, .held, .interrupted: true
                default: false
                }
            self.init(
                isAway ? .missing : .failed, failure.what,
                details: failure.details.map { $0.label == "why" ? $0.text : "\($0.label): \($0.text)" }
                    + failure.evidence, fix: failure.next.filter { $0 != "nante doctor" })
        case is CancellationError: self.init(.skipped, "interrupted")
        default: self.init(.failed, "\(error)")
        }
    }
}
