import Core
import Foundation

/// An answer of Proxmox VE that says no.
struct ProxmoxRefusal: Error {
    let status: Int
    /// What it says, on one line; empty where it says nothing.
    let message: String
    /// What is wrong with each parameter.
    let errors: [(name: String, message: String)]
    let isHTML: Bool
    let text: String

    init(_ answer: HTTPAnswer) {
        status = answer.status
        let body = try? JSONValue.parse(answer.body)
        message = (body?["message"]?.string ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        errors = (body?["errors"]?.object ?? [:]).map {
            ($0.key, ($0.value.string ?? $0.value.text()).trimmingCharacters(in: .whitespacesAndNewlines))
        }
        isHTML = answer.isHTML
        text = body == nil ? answer.text : ""
    }

    /// A guest, node or path that is not there; Proxmox VE says it with 500 as well as with 404.
    var isAbsent: Bool {
        let words = message.lowercased()
        return status == 404 || (status == 500 && (words.contains("does not exist") || words.contains("no such ")))
    }

    /// The right that it names as missing, from "Permission check failed (/vms/100, VM.Audit)".
    var missing: [ProxmoxRight] {
        guard let match = message.firstMatch(of: /\((\/[^,)]*), ?([A-Za-z.|]+)\)/) else { return [] }
        return match.2.split(separator: "|").map { ProxmoxRight(String($0), on: String(match.1)) }
    }
}

extension HTTPAnswer {
    /// The body is a page for people, as of a proxy.
    var isHTML: Bool {
        let type = (header("Content-Type") ?? "").lowercased()
        return !body.isEmpty && (type.hasPrefix("text/html") || text.drop { $0.isWhitespace }.hasPrefix("<"))
    }
}

/// Turns what goes wrong between the client and the server into failures.
struct ProxmoxTrouble {
    let endpoint: ProxmoxEndpoint

    /// No answer.
    func failure(_ fault: HTTPFault, _ call: ProxmoxCall) -> Failure {
        let place = "\(call.method) \(endpoint.url)\(call.path)"
        switch fault.kind {
        case .unreachable:
            return Failure(
                .missing, "Proxmox can't be reached", where: endpoint.url,
                why: "\(fault.message), trying to \(call.doing)",
                next: ["check PROXMOX_API_URL, and that pveproxy runs", "nante doctor"])
        case .untrusted: return distrust(fault)
        case .unknownOutcome:
            let unsure = call.method == "GET" ? "" : "; whether it was done is not known, look before repeating"
            return Failure(
                .missing, "the answer of Proxmox did not come", where: place,
                why: "\(fault.message), trying to \(call.doing)\(unsure)", next: ["nante doctor"])
        case .badAnswer:
            return Failure(
                .missing, "what answers at this address is not Proxmox", where: endpoint.url, why: fault.message,
                next: ["check PROXMOX_API_URL: it is https://, mostly with port 8006"])
        case .badRequest:
            return Failure(
                .usage, "the request to Proxmox can't be sent", where: place, why: fault.message,
                next: ["check PROXMOX_API_URL"])
        }
    }

    private func distrust(_ fault: HTTPFault) -> Failure {
        let isExpired = fault.message.contains("expired")
        let name = URL(string: endpoint.url)?.host() ?? "the node"
        let fix =
            isExpired
            ? "on the node: pvenode acme cert order --force, or pvecm updatecerts --force for its own"
            : fault.message.contains(" is for ")
                ? "use a name in PROXMOX_API_URL that the certificate has"
                : "scp root@\(name):/etc/pve/pve-root-ca.pem . && export PROXMOX_CA_FILE=$PWD/pve-root-ca.pem"
        return Failure(
            .missing, "Proxmox' certificate can't be trusted", where: endpoint.url,
            why: fault.message + (endpoint.caFile.map { " (authorities: \($0))" } ?? ""), next: [fix])
    }

    /// An answer that says no.
    func failure(_ refusal: ProxmoxRefusal, _ call: ProxmoxCall) -> Failure {
        let place = "\(call.method) \(endpoint.url)\(call.path)"
        let evidence = refusal.errors.map { "\($0.name): \($0.message)" }
        let said = refusal.message.isEmpty ? "it answered \(refusal.status)" : refusal.message
        if refusal.isHTML, refusal.status != 401, refusal.status != 403 {
            return notProxmox(place, "status \(refusal.status) with a web page", refusal.text)
        }
        switch refusal.status {
        case 401:
            return Failure(
                .missing, "Proxmox does not accept the token \(endpoint.tokenID)", where: endpoint.url, why: said,
                next: ["check PROXMOX_TOKEN_ID and PROXMOX_TOKEN_SECRET", "on the node: \(tokenList)"])
        case 403:
            let rights = refusal.missing.isEmpty ? call.needs : refusal.missing
            let why = rights.isEmpty ? said : "it lacks \(rights.map(\.description).joined(separator: ", "))"
            return Failure(
                .refused, "the token \(endpoint.tokenID) may not \(call.doing)", where: place, why: why,
                evidence: rights.isEmpty || refusal.message.isEmpty ? [] : [refusal.message],
                next: ProxmoxGrant.commands(rights, token: endpoint.tokenID) + ["nante doctor"])
        case 400:
            return Failure(
                .usage, "Proxmox refuses to \(call.doing)", where: place, why: said, evidence: evidence)
        case 501:
            return Failure(.missing, "this server can't \(call.doing)", where: place, why: said)
        case 595...599:
            return Failure(
                .missing, "the node can't be reached from Proxmox", where: place,
                why: refusal.message.isEmpty
                    ? "it answered \(refusal.status), as for a node that does not answer it" : said,
                evidence: evidence, next: ["nante proxmox nodes", "check PROXMOX_NODE, and that the node is up"])
        case _ where refusal.isAbsent:
            return Failure(.failed, "Proxmox has nothing there to \(call.doing)", where: place, why: said)
        default:
            let text = refusal.text.split(whereSeparator: \.isNewline).prefix(3).map { String($0.prefix(160)) }
            return Failure(
                .missing, "Proxmox could not \(call.doing)", where: place, why: said, evidence: evidence + text,
                next: ["try again, or look at the log of pveproxy and pvedaemon on the node"])
        }
    }

    /// An answer that no Proxmox gives.
    func notProxmox(_ place: String, _ why: String, _ text: String) -> Failure {
        Failure(
            .missing, "what answers at this address is not Proxmox", where: place, why: why,
            evidence: text.split(whereSeparator: \.isNewline).prefix(3).map { String($0.prefix(160)) },
            next: ["check PROXMOX_API_URL: a proxy or another program answers there"])
    }

    private var tokenList: String {
        "pveum user token list \(endpoint.tokenID.split(separator: "!").first ?? "")"
    }
}

extension ProxmoxClient {
    /// What it means that a server gave no answer to a call without a login.
    public static func failure(_ fault: HTTPFault, at endpoint: ProxmoxEndpoint) -> Failure {
        ProxmoxTrouble(endpoint: endpoint).failure(
            fault, ProxmoxCall("GET", ["version"], doing: "ask whether it is there"))
    }
}
