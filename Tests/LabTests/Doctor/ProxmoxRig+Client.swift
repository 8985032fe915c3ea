import Core
import Foundation
import Proxmox
import Synchronization

extension ProxmoxRig {
    /// The lab's Proxmox as settings name it.
    func platform(token: String? = nil, secret: String? = nil) -> Platform {
        let settings = Settings().adding(
            "test",
            [
                "PROXMOX_API_URL": lab.url("proxmox"), "PROXMOX_TOKEN_ID": token ?? "nante@pve!lab",
                "PROXMOX_TOKEN_SECRET": secret ?? lab.keys.proxmoxSecret ?? "",
                "PROXMOX_CA_FILE": lab.home.authority,
            ])
        return Platform(settings: settings, context: lab.context)
    }

    /// nante's own client; its exchanges are held against the vendor's schema like the others.
    func client() throws -> ProxmoxClient {
        ProxmoxClient(try platform().proxmox(), context: lab.context) { exchange in
            exchanges.notes.withLock { $0 += exchange.notes }
            exchanges.all.withLock { $0.append(ProxmoxRig.har(exchange)) }
        }
    }

    private static func har(_ exchange: ProxmoxExchange) -> JSONValue {
        func object(_ pairs: [(name: String, value: String)]) -> JSONValue {
            .object(.init(pairs.map { ($0.name, JSONValue.string($0.value)) }) { $1 })
        }
        return [
            "method": .string(exchange.method), "path": .string("/api2/json" + exchange.path),
            "query": object(exchange.query), "request": exchange.form.isEmpty ? nil : object(exchange.form),
            "status": .number(Double(exchange.status)), "response": (try? JSONValue.parse(exchange.body)) ?? nil,
        ]
    }
}
