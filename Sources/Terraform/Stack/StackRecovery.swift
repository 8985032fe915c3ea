import Core
import Foundation

extension TerraformStack {
    /// Does a step between its lines in the journal.
    func journaled(
        _ step: String, details: JSONValue = .null, _ work: () async throws -> TerraformRun
    ) async throws -> TerraformRun {
        try journal.note("begin", step, details: details)
        do {
            let run = try await work()
            if case .signaled = run.result.ending {
                try journal.note("killed", step)
            } else {
                let isDone = run.result.succeeded || run.result.ending == .exited(2)
                try journal.note(isDone ? "done" : run.leavesDoubt ? "in-doubt" : "failed", step)
            }
            return run
        } catch {
            // Terraform was asked to stop and came to its end, or never began: nothing is cut off.
            try? journal.note("failed", step)
            throw error
        }
    }

    /// Takes up what a run that was killed left: its plan, a state that could not be stored, machines that it made.
    func takeUp() async throws {
        try await hold()
        try await waitForOrphan()
        try await pushErrored()
        guard let cut = try journal.cutOff() else { return }
        report(.said("taking up \(cut.step) of \(name), which was cut off at \(cut.began.iso8601)"))
        try journal.note("killed", cut.step)
        try context.files.remove(path(TerraformCLI.planFile))
        if !cut.machines.isEmpty { try await takeOver(cut) }
        try? context.files.remove(path("apply.jsonl"))
        try journal.note("taken-up", cut.step)
    }

    /// A terraform that outlived the nante which started it goes on to its end.
    private func waitForOrphan() async throws {
        guard let pid = orphan else { return }
        report(.said("terraform (pid \(pid)) of a nante that is gone still works on \(name): waiting for its end"))
        do {
            let _: Bool = try await Wait.until(
                "terraform (pid \(pid)) to end", within: cli.lockTimeout, context: context
            ) { orphan == nil ? true : nil }
        } catch let failure as Failure where failure.exit == .deadline {
            throw Failure(
                .held, "terraform (pid \(pid)) still works on \(name)", where: folder,
                why: "the nante that started it is gone, it goes on to its end by itself",
                next: ["run the same command again", "or stop it: kill -INT \(pid)"])
        }
    }

    /// Who works in the folder of a workspace now; nil for nobody.
    public static func worker(_ name: String, repository: String, context: Context) -> String? {
        let folder = folder(name, repository: repository)
        if let holder = FileLock.holder(folder.appending(path: "lock")) { return holder }
        return orphan(folder, context).map { "terraform (pid \($0))" }
    }

    private var orphan: Int32? { TerraformStack.orphan(folder, context) }

    private static func orphan(_ folder: String, _ context: Context) -> Int32? {
        guard let text = try? context.files.readText(folder.appending(path: "terraform.pid")),
            let pid = Int32(text.trimmed), pid > 1, kill(pid, 0) == 0
        else { return nil }
        // The number may belong to another program by now.
        guard let line = try? context.files.readText("/proc/\(pid)/cmdline") else {
            return context.files.exists("/proc/self") ? nil : pid
        }
        return line.contains("terraform") ? pid : nil
    }

    /// Stores a state that terraform could not store when its run ended.
    func pushErrored() async throws {
        let file = "errored.tfstate"
        guard context.files.exists(path(file)) else { return }
        let result = try await context.processes.run(cli.statePush(file))
        guard result.succeeded else {
            throw trouble(result, "the state that the last run of \(name) could not store can't be stored yet").adding(
                "file", path(file))
        }
        let kept = "errored-\(context.time.now().iso8601.replacing(":", with: "")).tfstate"
        try context.files.move(path(file), to: path(kept))
        report(.said("stored the state that the last run of \(name) could not store (kept as \(kept))"))
    }

    /// Machines that the cut-off run had made, but not written down, are taken into the state.
    private func takeOver(_ cut: StackJournal.CutOff) async throws {
        let known = Set(try await state().addresses)
        let log = (try? context.files.readText(path("apply.jsonl"))) ?? ""
        var begun: Set<String> = []
        for line in log.split(separator: "\n") {
            guard let event = TerraformEvent(line: String(line)) else { continue }
            if case .started(let address, .create, _) = event { begun.insert(address) }
        }
        for machine in cut.machines where begun.contains(machine.address) && !known.contains(machine.address) {
            try await takeOver(machine)
        }
    }

    private func takeOver(_ machine: StackJournal.Machine) async throws {
        let run = try await locked(cli.importObject(address: machine.address, id: machine.importID)) {
            try await plain($0)
        }
        guard run.result.succeeded else {
            let text = run.diagnostics.map(\.text).joined(separator: " ").lowercased()
            let isGone = ["does not exist", "not found", "non-existent", "no such", "cannot import"].contains {
                text.contains($0)
            }
            guard isGone else { throw trouble(run, "\(machine.name) of the cut-off run can't be taken over") }
            return report(.said("\(machine.name) (\(machine.importID)) was not made before the cut"))
        }
        let resource = try await state().resources.first { $0.address == machine.address }
        guard let found = resource.flatMap({ TerraformChange.name(of: $0.values) }), found != machine.name else {
            return report(.said("took over \(machine.name) (\(machine.importID)), which the cut-off run had made"))
        }
        // The id was given to a machine of somebody else in the meantime.
        _ = try await context.processes.run(cli.stateRemove([machine.address]))
        report(.said("\(machine.importID) is \(found), not \(machine.name): it is left alone"))
    }

    /// Releases a lock that a dead run of this folder left.
    ///
    /// - Returns: it was released; false where it belongs to another, or to a run that may live.
    func release(_ lock: LockInfo) async throws -> Bool {
        guard lock.who == LockOwner.me, orphan == nil, let cut = try journal.lastCut(),
            let date = lock.date, date >= cut.began.addingTimeInterval(-2)
        else { return false }
        let result = try await context.processes.run(cli.forceUnlock(lock.id))
        guard result.succeeded else { throw trouble(result, "the lock of a dead run can't be released") }
        report(.said("released the lock that the dead \(lock.work) of \(lock.created) left (\(lock.who), \(lock.id))"))
        return true
    }

    /// Takes an object that exists into the state.
    public func importObject(address: String, id: String) async throws {
        try await prepare(create: false)
        try await takeUp()
        let run = try await journaled("import") {
            try await locked(cli.importObject(address: address, id: id)) { try await plain($0) }
        }
        guard run.result.succeeded else { throw trouble(run, "\(id) can't be imported as \(address)") }
    }

    /// Stores a whole state from a file of the folder.
    func push(_ file: String) async throws {
        let run = try await journaled("push") { try await locked(cli.statePush(file)) { try await plain($0) } }
        guard run.result.succeeded else { throw trouble(run, "the state of \(name) can't be stored") }
    }

    /// Runs a command that prints for people.
    private func plain(_ command: Command) async throws -> TerraformRun {
        let result = try await context.processes.run(command)
        return TerraformRun(
            result: result, events: PlainText.diagnostics(result.stderr).map { TerraformEvent.diagnostic($0) })
    }
}

/// The name that terraform writes into its locks.
enum LockOwner {
    /// `user@host` of this process.
    static var me: String {
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, 255)
        let host = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(NSUserName())@\(host)"
    }
}
