/// Thrown by a handler that was reached by a call of a kind that the lab does not serve: answered 501 and counted.
public struct NotServed: Error, Sendable, Hashable {
    /// The call, such as "GET /service/rest/v1/search with docker.imageName".
    public let call: String

    /// A call that is not served.
    public init(_ call: String) { self.call = call }
}
