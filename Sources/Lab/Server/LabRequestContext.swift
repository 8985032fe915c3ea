import Hummingbird
import NIOCore

/// What is known of a request beside itself.
public struct LabRequestContext: RequestContext {
    /// Hummingbird's part.
    public var coreContext: CoreRequestContextStorage
    /// The address of the caller, such as "10.87.0.11"; nil where there is none.
    public let remoteAddress: String?
    /// Who calls, once a service's own middleware found out.
    public var user: String?

    /// The context of a new request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }

    /// The largest body that is read as a whole, in bytes; uploads are streamed and have limits of their own.
    public var maxUploadSize: Int { 8 << 20 }
}
