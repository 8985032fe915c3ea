/// Finds the files of called workflows.
public protocol WorkflowSource: Sendable {
    /// The file that a call means; nil where it is not at hand.
    ///
    /// - Parameters:
    ///   - reference: where the workflow is.
    ///   - caller: the name of the file that the call stands in, as this source or the check's caller named it.
    func workflow(_ reference: WorkflowReference, calledFrom caller: String) throws -> CalledFile?
}

/// The file of a called workflow.
public struct CalledFile: Sendable, Hashable {
    /// A name that is the same for every call of the same file.
    public var name: String
    /// The file's text.
    public var text: String

    /// A file.
    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}
