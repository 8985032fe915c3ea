import Core

extension WireShape {
    /// Members of a document that the shape has not, and of the shape that the document has not.
    ///
    /// Both are allowed, since servers of ten years differ; they are what a look at a live server is for.
    public func notes(of json: JSONValue, at place: String) -> Set<String> {
        switch (self, json) {
        case (.list(let shape), .array(let items)):
            return items.reduce(into: []) { $0.formUnion(shape.notes(of: $1, at: place)) }
        case (.map(let shape), .object(let members)):
            return members.reduce(into: []) { $0.formUnion(shape.notes(of: $1.value, at: "\(place).*")) }
        case (.object(let known, _), .object(let members)):
            let shapes = Dictionary(known().map { ($0.key.lowercased(), $0.value) }) { $1 }
            var found: Set<String> = []
            for (name, member) in members {
                guard let shape = shapes[name.lowercased()] else {
                    found.insert("\(place).\(name) is not known")
                    continue
                }
                found.formUnion(shape.notes(of: member, at: "\(place).\(name)"))
            }
            let there = Set(members.keys.map { $0.lowercased() })
            for name in known().keys where !there.contains(name.lowercased()) {
                found.insert("\(place).\(name) is missing")
            }
            return found
        default: return []
        }
    }
}
