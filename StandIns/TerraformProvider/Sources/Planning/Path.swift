/// A place within a value.
package struct Path: Sendable, Hashable, CustomStringConvertible {
    /// One step into a value.
    package enum Step: Sendable, Hashable {
        case member(String)
        case element(Int)
    }

    package var steps: [Step] = []

    package init(_ steps: [Step] = []) { self.steps = steps }

    package static func + (path: Path, name: String) -> Path { Path(path.steps + [.member(name)]) }
    package static func + (path: Path, index: Int) -> Path { Path(path.steps + [.element(index)]) }

    package var description: String {
        steps.reduce("") { text, step in
            switch step {
            case .member(let name): text.isEmpty ? name : "\(text).\(name)"
            case .element(let index): "\(text)[\(index)]"
            }
        }
    }
}

/// Something to tell the user about a place of the configuration.
package struct Problem: Error, Sendable, Hashable {
    package var summary: String
    package var detail: String
    package var path: Path?
    package var isWarning = false

    package init(_ summary: String, _ detail: String = "", path: Path? = nil, isWarning: Bool = false) {
        self.summary = summary
        self.detail = detail
        self.path = path
        self.isWarning = isWarning
    }
}
