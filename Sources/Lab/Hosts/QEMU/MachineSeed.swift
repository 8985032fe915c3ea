import Core
import Crypto
import Foundation

/// What a machine is told when it starts the first time: the files of cloud-init's data source NoCloud.
///
/// They are written as JSON, which is YAML too, so that no value can be taken for anything else.
enum MachineSeed {
    /// Keys that come with the machine.
    struct Keys: Sendable, Hashable {
        var hostPrivate: String
        var hostPublic: String
        /// The lab's own line of authorized_keys.
        var lab: String
    }

    /// The files, as a pure function of what is known of the machine.
    ///
    /// cloud-init does its work once for each instance id, so another seed has another one.
    ///
    /// - Parameter resolver: the text of this machine's resolv.conf.
    static func files(_ record: HostRecord, keys: Keys, network: LabNetwork, resolver: String) -> [SeedFile] {
        let user = "#cloud-config\n" + userData(record, keys: keys, resolver: resolver).text() + "\n"
        let net = networkConfig(record, network: network, resolver: resolver).text() + "\n"
        let digest = SHA256.hash(data: Data((record.name + "\n" + user + net).utf8)).prefix(6).hex
        let meta: JSONValue = [
            "instance-id": .string("\(record.name)-\(digest)"), "local-hostname": .string(record.name),
        ]
        return [
            SeedFile(path: "meta-data", text: meta.text() + "\n", mode: 0o600),
            SeedFile(path: "user-data", text: user, mode: 0o600),
            SeedFile(path: "network-config", text: net, mode: 0o600),
        ]
    }

    private static func userData(_ record: HostRecord, keys: Keys, resolver: String) -> JSONValue {
        let lab = keys.lab.trimmingCharacters(in: .whitespacesAndNewlines)
        let main = record.spec.user ?? "deploy"
        let users = ["root", "deploy"] + (["root", "deploy"].contains(main) ? [] : [main])
        return [
            "hostname": .string(record.name),
            "users": .array(
                users.map { user in
                    let lines = [lab] + (user == main ? record.spec.authorizedKeys : [])
                    let opened: JSONValue = .array(lines.map { .string($0) })
                    if user == "root" { return ["name": "root", "ssh_authorized_keys": opened] }
                    return [
                        "name": .string(user), "shell": "/bin/bash", "lock_passwd": true,
                        "sudo": ["ALL=(ALL) NOPASSWD:ALL"], "ssh_authorized_keys": opened,
                    ]
                }),
            // Nothing in the machine makes this file from what its network is told.
            "write_files": [
                [
                    "path": "/etc/resolv.conf",
                    "content": .string(HostSeed.resolverText(record.spec, machine: resolver)),
                ]
            ],
            "disable_root": false, "ssh_deletekeys": false,
            "ssh_keys": [
                "ed25519_private": .string(keys.hostPrivate), "ed25519_public": .string(keys.hostPublic),
            ],
        ]
    }

    /// Version 1 of the format: version 2 was rendered wrongly by older releases of cloud-init.
    private static func networkConfig(_ record: HostRecord, network: LabNetwork, resolver: String) -> JSONValue {
        let lines = HostSeed.resolverText(record.spec, machine: resolver).split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        let servers = lines.filter { $0[0] == "nameserver" }.compactMap(\.last)
        let domains = lines.filter { ["search", "domain"].contains($0[0]) }.flatMap { $0.dropFirst() }
        return [
            "version": 1,
            "config": [
                [
                    "type": "physical", "name": "eth0", "mac_address": .string(record.hardwareAddress),
                    "subnets": [
                        [
                            "type": "static", "address": .string(record.address + "/24"),
                            "gateway": .string(record.spec.gateway ?? network.gateway),
                            "dns_nameservers": .array(servers.map { .string($0) }),
                            "dns_search": .array(domains.map { .string($0) }),
                        ]
                    ],
                ]
            ],
        ]
    }
}
