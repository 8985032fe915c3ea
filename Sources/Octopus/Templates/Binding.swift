/// The variables as a tree: `Octopus.Action[Package A].Name` is a child of a child of a child.
final class Binding {
    /// The raw value, a template.
    var value: String?
    private(set) var children: [String: Binding] = [:]
    /// Children by index, in the order in which they came.
    private(set) var indexed: [(index: String, binding: Binding)] = []
    private var places: [String: Int] = [:]

    init(_ value: String? = nil) { self.value = value }

    /// The child of a name, in any case.
    func child(_ name: String) -> Binding? { children[name.lowercased()] }

    /// The child of an index, in any case; `*` is the first one.
    func child(at index: String) -> Binding? {
        if index == "*", let first = indexed.first { return first.binding }
        return places[index.lowercased()].map { indexed[$0].binding }
    }

    /// Sets or replaces the child of a name.
    func set(_ name: String, _ binding: Binding) { children[name.lowercased()] = binding }

    /// Sets the value at a path, making what is missing on the way; an indexed child's own value is its index.
    func set(_ value: String, at path: SymbolPath) {
        var binding = self
        for step in path.steps {
            switch step {
            case .name(let name): binding = binding.madeChild(name)
            case .index(let index): binding = binding.madeChild(at: index)
            case .lookup(let path): binding = binding.madeChild(at: "#{\(path.text)}")
            }
        }
        binding.value = value
    }

    private func madeChild(_ name: String) -> Binding {
        if let child = child(name) { return child }
        let made = Binding()
        children[name.lowercased()] = made
        return made
    }

    private func madeChild(at index: String) -> Binding {
        if let place = places[index.lowercased()] { return indexed[place].binding }
        let made = Binding(index)
        places[index.lowercased()] = indexed.count
        indexed.append((index, made))
        return made
    }
}
