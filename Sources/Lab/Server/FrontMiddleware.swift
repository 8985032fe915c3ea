import Core
import Foundation
import Hummingbird
import NIOCore

/// The outermost middleware of every service: unserved calls, limits, and errors in the service's own form.
struct FrontMiddleware: RouterMiddleware {
    let service: any LabService
    let unserved: UnservedCalls
    let context: Core.Context

    /// The longest request target in bytes.
    static let longestTarget = 8192

    func handle(
        _ request: Request, context requestContext: LabRequestContext,
        next: (Request, LabRequestContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            let target = request.head.path ?? ""
            if target.utf8.count > FrontMiddleware.longestTarget { throw HTTPError(.uriTooLong) }
            response = try await next(request, requestContext)
        } catch let error as HTTPError where requestContext.coreContext.endpointPath.value == "NotFound" {
            let call = "\(request.method.rawValue) \(request.uri.path)"
            response = error.status == .notFound ? notServed(call) : answer(to: error, request)
        } catch let error as NotServed {
            response = notServed(error.call)
        } catch {
            response = answer(to: error, request)
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func notServed(_ call: String) -> Response {
        unserved.add(call, service: type(of: service).name)
        let (body, type) = service.unserved(call)
        return Response(
            status: .notImplemented, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: body)))
    }

    private func answer(to error: any Error, _ request: Request) -> Response {
        if let response = service.answer(to: error) { return response }
        switch error {
        case let error as HTTPError: return text(error.status, error.body ?? "", error.headers)
        case let failure as Failure where failure.exit == .usage: return text(.badRequest, failure.what)
        case let failure as Failure where failure.exit == .refused: return text(.forbidden, failure.what)
        case let error as BlobError: return text(error.status, error.message)
        case is NIOTooManyBytesError: return text(.contentTooLarge, "the body is too large")
        default:
            context.terminal.say("\(request.method.rawValue) \(request.uri.path): \(error)")
            return text(.internalServerError, "the lab failed to answer; see nante lab logs")
        }
    }

    private func text(_ status: HTTPResponse.Status, _ message: String, _ fields: HTTPFields = [:]) -> Response {
        var headers = fields
        if !message.isEmpty { headers[.contentType] = "text/plain; charset=utf-8" }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: message)))
    }
}
