import Core

extension ProxmoxClient {
    /// How a task goes.
    public func status(of task: TaskID) async throws -> ProxmoxTaskStatus {
        let call = ProxmoxCall(
            "GET", ["nodes", task.node, "tasks", task.text, "status"], doing: "follow the task \(task.type)")
        return try await ask(call) { reader throws(ProxmoxFault) in try reader.whole(ProxmoxTaskStatus.self) }
    }

    /// The first lines of a task's log.
    public func log(of task: TaskID, limit: Int = 500) async throws -> [String] {
        try await list(
            ProxmoxLogLine.self, ["nodes", task.node, "tasks", task.text, "log"], [("limit", "\(limit)")],
            doing: "read the log of the task \(task.type)"
        ).sorted { $0.number < $1.number }.map(\.text)
    }

    /// Waits until a task has ended well; nil is a task that had ended with the call.
    ///
    /// - Throws: a failure with the end of the task's log where it ended badly; exit `deadline` where it runs on.
    public func wait(for task: TaskID?, within limit: Duration = .seconds(120)) async throws {
        guard let task else { return }
        let ended = try await Wait.until(
            "the task \(task.type) \(task.subject) of Proxmox on \(task.node)", within: limit,
            every: .milliseconds(250),
            context: context
        ) {
            let status = try await status(of: task)
            return status.isRunning ? nil : status
        }
        guard !ended.isGood else { return }
        let log = (try? await log(of: task)) ?? []
        throw Failure(
            .failed, "Proxmox' task \(task.type) \(task.subject) failed on \(task.node)", where: endpoint.url,
            why: ended.ending ?? "it does not say", evidence: log.suffix(8).map { $0 })
    }

    /// Sends a call that starts a task.
    func task(_ call: ProxmoxCall) async throws -> TaskID? { try await ask(call, read: ProxmoxClient.taskID) }

    static func taskID(_ reader: inout ProxmoxReader) throws(ProxmoxFault) -> TaskID? {
        switch reader.raw {
        case .null: return nil
        case .string(let text):
            guard let id = TaskID(text) else {
                throw ProxmoxFault(path: reader.path, message: "expected the id of a task (UPID:…)")
            }
            return id
        default: throw ProxmoxFault(path: reader.path, message: "expected the id of a task (UPID:…)")
        }
    }
}
