import Core
import Foundation

extension S3Client {
    /// Sends a signed call, again where that is safe, and turns what means the same for every call into failures.
    ///
    /// - Parameter repeats: a call whose outcome is unknown may be sent again.
    func call(
        _ method: String, key: String, query: S3Query = S3Query(), headers: [(name: String, value: String)] = [],
        body: Data? = nil, repeats: Bool = true, _ doing: String
    ) async throws -> HTTPAnswer {
        do {
            let answer = try await retry(
                context: context,
                mayRepeat: { error in
                    guard let fault = error as? HTTPFault else { return error is Busy }
                    return fault.kind == .unreachable || (fault.kind == .unknownOutcome && repeats)
                },
                call: {
                    // Signed anew each time: a signature holds for fifteen minutes of the server's clock.
                    let call = try request(method, key: key, query: query, headers: headers, body: body)
                    let answer = try await context.http.send(call)
                    if answer.status == 503 || (repeats && [500, 502, 504].contains(answer.status)) {
                        throw Busy(answer: answer)
                    }
                    return answer
                })
            return try checked(answer, doing: doing)
        } catch let busy as Busy {
            throw failure(busy.answer, doing: doing)
        } catch let fault as HTTPFault {
            throw failure(fault, doing: doing)
        }
    }

    func call(
        _ method: String, key: String, query: S3Query = S3Query(), doing: String
    ) async throws -> HTTPAnswer {
        try await call(method, key: key, query: query, headers: [], body: nil, repeats: true, doing)
    }

    /// An answer that asks to come again.
    private struct Busy: Error { let answer: HTTPAnswer }

    /// The call with its signature in the header fields.
    func request(
        _ method: String, key: String, query: S3Query, headers: [(name: String, value: String)], body: Data?
    ) throws -> HTTPCall {
        guard let parts = URLComponents(string: endpoint.url), let host = parts.host, let scheme = parts.scheme else {
            throw Failure(.usage, "the address of the state store is no address", why: "it is \"\(endpoint.url)\"")
        }
        let usual = scheme == "https" ? 443 : 80
        let authority = parts.port.flatMap { $0 == usual ? nil : "\(host):\($0)" } ?? host
        let path = parts.percentEncodedPath + S3Path.of(bucket: endpoint.bucket, key: key)
        let date = S3Signature.date(context.time.now())
        let scope = S3Signature.Scope(day: String(date.prefix(8)), region: region)
        let payload = body.map(S3Signature.hash) ?? S3Signature.emptyHash
        var signed = headers.filter { $0.name.lowercased() != "content-type" }
        signed += [("host", authority), ("x-amz-content-sha256", payload), ("x-amz-date", date)]
        let canonical = S3Signature.Canonical(
            method: method, path: path, query: query, headers: signed, payload: payload)
        let signature = S3Signature.sign(
            canonical.toSign(date: date, scope: scope),
            key: S3Signature.key(secret: endpoint.secretKey, scope: scope))
        let credential = "\(endpoint.accessKey)/\(scope.text)"
        var sent = headers
        sent += [("x-amz-content-sha256", payload), ("x-amz-date", date)]
        let proof = "SignedHeaders=\(canonical.signed),Signature=\(signature)"
        sent.append(("Authorization", "\(S3Signature.algorithm) Credential=\(credential),\(proof)"))
        let tail = query.items.isEmpty ? "" : "?" + query.canonical
        let port = parts.port.map { ":\($0)" } ?? ""
        return HTTPCall(
            method, "\(scheme)://\(host)\(port)\(path)\(tail)", headers: sent, body: body.map { .data($0) } ?? .none,
            timeout: timeout)
    }
}
