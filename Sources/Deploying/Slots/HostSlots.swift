import Core
import SSH

/// A host that applications are deployed to.
public struct TargetHost: Sendable, Hashable {
    /// Its name in Octopus.
    public var name: String
    /// Its address.
    public var address: String
    /// Its SSH port.
    public var port: Int
    /// A host.
    public init(name: String, address: String, port: Int = 22) {
        self.name = name
        self.address = address
        self.port = port
    }
    /// Name and address for people.
    public var text: String { name == address ? name : "\(name) \(address)" }
}

/// Asks hosts which releases they run.
public protocol HostSlots: Sendable {
    /// What a host says now.
    func report(of host: TargetHost) async throws -> SlotReport
    /// The last lines of a slot's log.
    func log(of app: String, slot: String, on host: TargetHost, lines: Int) async throws -> [String]
}

/// Asks hosts over SSH as the deploy user, who may run nothing but the slot script.
public struct SSHSlots: HostSlots {
    private let access: SSHAccess
    private let options: SSHOptions
    private let context: Context

    /// Hosts that are logged into as given; connections are kept open while they are asked again and again.
    public init(_ access: SSHAccess, context: Context, controlFolder: String? = nil) {
        self.access = access
        self.context = context
        options = SSHOptions(
            identityFile: access.keyFile, knownHostsFile: access.knownHostsFile, connectTimeout: .seconds(5),
            controlFolder: controlFolder, controlPersist: .seconds(30))
    }

    /// The command that is run on a host.
    public static func command(_ words: [String]) -> [String] { ["sudo", "-n", SlotScript.path] + words }

    private func run(_ words: [String], on host: TargetHost) async throws -> CommandResult {
        let target = try SSHTarget(host: host.address, port: host.port, user: access.user)
        let client = SSHClient(target, options, context: context)
        return try await client.run(SSHSlots.command(words), deadline: .seconds(10))
    }

    /// The last lines of a slot's log.
    public func log(of app: String, slot: String, on host: TargetHost, lines: Int) async throws -> [String] {
        try await run(["log", app, slot, "\(lines)"], on: host).lines
    }

    /// What a host says now.
    public func report(of host: TargetHost) async throws -> SlotReport {
        let result = try await run(["status"], on: host)
        guard result.succeeded || !result.stdout.isEmpty else {
            throw Failure(
                .missing, "\(host.name) does not say which releases it runs", where: host.address,
                why: "nante-slot \(result.ending.words)",
                evidence: result.stderr.split(separator: "\n").suffix(3).map(String.init),
                next: ["nante apply --environment …"])
        }
        return try SlotReport(parsing: result.stdout, from: host.name)
    }
}

/// What was learnt of one host.
public struct HostState: Sendable {
    /// The host.
    public var host: TargetHost
    /// Its report, or why there is none.
    public var answer: Result<SlotReport, Failure>
    /// A state.
    public init(host: TargetHost, answer: Result<SlotReport, Failure>) {
        self.host = host
        self.answer = answer
    }

    /// What it says of an application; nil where it knows none of that name or gave no report.
    public func app(_ name: String) -> SlotReport.App? { try? answer.get().app(name) }
    /// Why there is no report.
    public var fault: Failure? { if case .failure(let fault) = answer { fault } else { nil } }
}

extension HostSlots {
    /// Asks all hosts at once; a host that can't be asked is told of in its state.
    public func states(of hosts: [TargetHost]) async throws -> [HostState] {
        try await withThrowingTaskGroup(of: (Int, HostState).self) { group in
            for (place, host) in hosts.enumerated() {
                group.addTask {
                    do {
                        return (place, HostState(host: host, answer: .success(try await report(of: host))))
                    } catch let error as CancellationError {
                        throw error
                    } catch {
                        let fault = error as? Failure ?? Failure(.missing, "\(host.name) can't be asked: \(error)")
                        return (place, HostState(host: host, answer: .failure(fault)))
                    }
                }
            }
            var all: [(Int, HostState)] = []
            for try await state in group { all.append(state) }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
