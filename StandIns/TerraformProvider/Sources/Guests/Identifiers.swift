import Planning

/// Free identifiers of guests, none given twice.
///
/// The server names the same free one to all that ask before a guest is made, and Terraform makes many at once.
package actor Identifiers {
    private var given: Set<Int> = []

    package init() {}

    /// A free identifier that nobody else has got from here.
    func next(on server: Server) async throws -> Int {
        let answer = try await server.get("cluster/nextid")
        guard let first = answer.int else { throw Problem("No free identifier", "cluster/nextid gave \(answer).") }
        var id = reserved(from: first)
        // One that the server did not name itself may be taken; a thousand in a row are not.
        for _ in 0..<1000 where id != first {
            do {
                _ = try await server.get("cluster/nextid", ["vmid": String(id)])
                return id
            } catch let trouble as ServerTrouble where trouble.status != nil {
                id = reserved(from: id + 1)
            }
        }
        return id
    }

    private func reserved(from first: Int) -> Int {
        var id = first
        while given.contains(id) { id += 1 }
        given.insert(id)
        return id
    }
}
