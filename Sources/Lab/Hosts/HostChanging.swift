import Core

extension Hosts {
    /// Gives a host that is there other limits, or another address, which counts from its next start on.
    ///
    /// - Parameter address: nil leaves the address as it is.
    /// - Throws: a failure with exit `refused` when another host has the address.
    public func change(_ name: String, to spec: HostSpec, address: String?) async throws {
        let lock = try await store.lock(name)
        defer { withExtendedLifetime(lock) {} }
        let found = try find(name)
        var record = found
        record.spec = spec
        do {
            let all = try await store.lockAll()
            defer { withExtendedLifetime(all) {} }
            if let address, address != record.address {
                if let holder = try store.records().first(where: { $0.address == address && $0.name != name }) {
                    throw Failure(.refused, "host \(name) can't have \(address)", why: "\(holder.name) has it")
                }
                record.address = address
            }
            if record == found { return }
            try store.save(record)
        }
        try await driver(record.kind).resize(record)
        if record.address != found.address { try await refreshKnownHosts() }
    }
}
