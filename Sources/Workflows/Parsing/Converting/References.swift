extension ActionReference {
    /// Reads `uses` of a step; nil where it has none of the forms.
    public init?(_ text: String) {
        if text.hasPrefix("docker://") {
            self = .docker(image: String(text.dropFirst("docker://".count)))
        } else if text.hasPrefix("./") || text.hasPrefix(".\\") {
            self = .workspace(path: String(text.dropFirst(2)))
        } else if text.hasPrefix("$/") {
            let path = text.dropFirst(2)
            guard !path.isEmpty, !path.contains("@") else { return nil }
            self = .own(path: String(path))
        } else {
            let halves = text.split(separator: "@", omittingEmptySubsequences: false)
            let path = halves[0].split(whereSeparator: { $0 == "/" || $0 == "\\" }).map(String.init)
            guard halves.count == 2, path.count >= 2, !halves[1].isEmpty else { return nil }
            self = .repository(
                owner: path[0], name: path[1], path: path.dropFirst(2).joined(separator: "/"),
                ref: String(halves[1]))
        }
    }
}

extension WorkflowReference {
    /// Reads `uses` of a job; nil where it has none of the forms.
    public init?(_ text: String) {
        if text.hasPrefix("./") || text.hasPrefix("$/") {
            let path = text.dropFirst(2)
            guard !path.isEmpty, !path.contains("@"), !path.split(separator: "/").contains("..") else { return nil }
            self = .local(path: String(path))
            return
        }
        let halves = text.split(separator: "@", omittingEmptySubsequences: false)
        let path = halves[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard halves.count == 2, path.count >= 3, !halves[1].isEmpty,
            path.allSatisfy({ !$0.isEmpty && $0 != ".." })
        else { return nil }
        self = .remote(
            owner: path[0], repository: path[1], path: path.dropFirst(2).joined(separator: "/"),
            ref: String(halves[1]))
    }
}
