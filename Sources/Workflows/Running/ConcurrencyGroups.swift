/// Jobs that share a concurrency group: one runs, at most one waits, a newer one takes the waiting one's place.
actor ConcurrencyGroups {
    private struct Group {
        var running: Cancellation
        var waiting: (cancellation: Cancellation, wake: CheckedContinuation<Bool, Never>)?
    }

    private var groups: [String: Group] = [:]

    /// Waits for the group's turn; false when the wish to end came first.
    func enter(_ name: String, cancelsRunning: Bool, as cancellation: Cancellation) async -> Bool {
        let key = name.lowercased()
        guard var group = groups[key] else {
            groups[key] = Group(running: cancellation)
            return !cancellation.isCancelled
        }
        if let waiting = group.waiting {
            waiting.cancellation.cancel(.superseded(name))
            waiting.wake.resume(returning: false)
            group.waiting = nil
            groups[key] = group
        }
        if cancelsRunning { group.running.cancel(.superseded(name)) }
        let place = cancellation.onCancel { [weak self] _ in
            Task.detached { await self?.drop(key, cancellation) }
        }
        defer { cancellation.forget(place) }
        return await withCheckedContinuation { wake in
            if cancellation.isCancelled {
                wake.resume(returning: false)
            } else {
                groups[key]?.waiting = (cancellation, wake)
            }
        }
    }

    /// Gives the group to the one that waits.
    func leave(_ name: String) {
        let key = name.lowercased()
        guard let group = groups[key] else { return }
        if let waiting = group.waiting {
            groups[key] = Group(running: waiting.cancellation)
            waiting.wake.resume(returning: true)
        } else {
            groups[key] = nil
        }
    }

    /// Somebody waits for the group.
    func isWaited(_ name: String) -> Bool { groups[name.lowercased()]?.waiting != nil }

    private func drop(_ key: String, _ cancellation: Cancellation) {
        guard let waiting = groups[key]?.waiting, waiting.cancellation === cancellation else { return }
        groups[key]?.waiting = nil
        waiting.wake.resume(returning: false)
    }
}
