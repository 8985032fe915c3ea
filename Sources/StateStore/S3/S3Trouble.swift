import Core
import Foundation

/// What the store's errors mean, in sentences with the next command.
extension S3Client {
    /// What the store said of an error: its code and its sentence.
    struct Trouble {
        var code: String
        var message: String

        init(_ answer: HTTPAnswer) {
            let tree = try? S3XML.parse(answer.body)
            code = tree?["Code"]?.text ?? ""
            message = tree?["Message"]?.text ?? ""
        }
    }

    func checked(_ answer: HTTPAnswer, doing: String) throws -> HTTPAnswer {
        if [401, 403].contains(answer.status) { throw denied(answer, doing) }
        if [301, 307, 308].contains(answer.status) || answer.status == 400 || answer.status >= 500
            || answer.status == 422
        {
            if answer.status != 501 { throw failure(answer, doing: doing) }
        }
        return answer
    }

    private func denied(_ answer: HTTPAnswer, _ doing: String) -> Failure {
        let trouble = Trouble(answer)
        switch trouble.code {
        case "RequestTimeTooSkewed":
            return Failure(
                .missing, "the clocks of this machine and of the state store differ by more than 15 minutes",
                where: endpoint.url, why: "here it is \(context.time.now().iso8601)",
                evidence: answer.header("Date").map { ["the store says \($0)"] } ?? [], next: ["timedatectl status"])
        case "InvalidAccessKeyId":
            return Failure(
                .missing, "the state store does not know the access key", where: endpoint.url,
                why: "it has no key \(endpoint.accessKey)", next: ["check MINIO_ROOT_USER"])
        case "SignatureDoesNotMatch":
            return Failure(
                .missing, "the state store does not accept the secret key", where: endpoint.url,
                why: "the signature of the request to \(doing) is not what its own key gives",
                next: ["check MINIO_ROOT_PASSWORD"])
        default:
            if isWebPage(answer) { return webPage(answer, doing) }
            return Failure(
                .refused, "the state store does not let \(endpoint.accessKey) \(doing)", where: endpoint.url,
                why: trouble.code.isEmpty ? "it answered \(answer.status)" : trouble.code, evidence: evidence(answer),
                next: ["check MINIO_ROOT_USER and MINIO_ROOT_PASSWORD, and the key's rights on \(endpoint.bucket)"])
        }
    }

    /// Throws where the answer says that the bucket is missing.
    func noBucket(_ answer: HTTPAnswer) throws {
        guard answer.status == 404, Trouble(answer).code == "NoSuchBucket" else { return }
        throw Failure(
            .missing, "the state store has no bucket \(endpoint.bucket)", where: endpoint.url,
            next: ["aws --endpoint-url \(endpoint.url) s3 mb s3://\(endpoint.bucket)"])
    }

    func failure(_ answer: HTTPAnswer, doing: String) -> Failure {
        if isWebPage(answer) { return webPage(answer, doing) }
        let trouble = Trouble(answer)
        if trouble.code == StateDamage.code {
            return Failure(
                .failed, "what the state store holds is damaged", where: endpoint.url,
                why: trouble.message, next: ["nante terraform state versions", "nante terraform state restore"])
        }
        let why = trouble.code.isEmpty ? "it answered \(answer.status)" : "\(trouble.code): \(trouble.message)"
        return Failure(
            answer.status == 400 || answer.status == 412 || answer.status == 409 ? .refused : .missing,
            "the state store could not \(doing)", where: endpoint.url, why: why,
            evidence: trouble.code.isEmpty ? evidence(answer) : [],
            next: answer.status >= 500 ? ["check that the store is well, then run the same command again"] : [])
    }

    func failure(_ fault: HTTPFault, doing: String) -> Failure {
        switch fault.kind {
        case .unreachable:
            Failure(
                .missing, "the state store can't be reached", where: endpoint.url,
                why: "\(fault.message), trying to \(doing)", next: ["check MINIO_ENDPOINT, and that the store runs"])
        case .untrusted:
            Failure(
                .missing, "the state store's certificate can't be trusted", where: endpoint.url, why: fault.message,
                next: ["add its authority to the certificates of this machine", "check MINIO_ENDPOINT"])
        case .unknownOutcome:
            Failure(
                .missing, "the connection to the state store broke while trying to \(doing)", where: endpoint.url,
                why: fault.message, next: ["run the same command again"])
        case .badAnswer, .badRequest:
            Failure(
                .missing, "what answers at this address is no state store", where: endpoint.url, why: fault.message,
                next: ["check MINIO_ENDPOINT"])
        }
    }

    private func webPage(_ answer: HTTPAnswer, _ doing: String) -> Failure {
        Failure(
            .missing, "what answers at this address is no state store", where: endpoint.url,
            why: "it answered \(answer.status) with a web page to the request to \(doing)",
            next: ["check MINIO_ENDPOINT: the console of a store has another port than the store itself"])
    }

    func isWebPage(_ answer: HTTPAnswer) -> Bool {
        (answer.header("Content-Type") ?? "").lowercased().hasPrefix("text/html") && !answer.body.isEmpty
    }

    private func evidence(_ answer: HTTPAnswer) -> [String] {
        answer.text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }.prefix(3).map { String($0.prefix(160)) }
    }
}

/// How a store says that a content is not what was written.
public enum StateDamage {
    /// The code of the error.
    public static let code = "ObjectDamaged"
}
