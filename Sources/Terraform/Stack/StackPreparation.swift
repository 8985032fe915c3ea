import Core
import Foundation

extension TerraformStack {
    /// Lays the configuration out and prepares terraform; does nothing where nothing changed since the last time.
    ///
    /// - Parameter create: a workspace that is not there yet is made; else that is a failure.
    public func prepare(create: Bool = true) async throws {
        try await checkOrigin()
        let wanted = stamp
        let stampFile = path("prepared.json")
        let known = (try? context.files.readText(stampFile)).flatMap { try? JSONValue.parse($0) }
        let selected = (try? context.files.readText(path(".terraform/environment")))?.trimmed
        let isPrepared = known?["key"]?.string == wanted && selected == name && filesAreThere(known)
        if isPrepared {
            try checkFiles()
            // What another plans with now is not changed below it.
            if variables != .null { try await hold() }
            try writeVariables()
            return
        }
        try checkFiles(old: known?["files"]?.array?.compactMap(\.string) ?? [])
        guard context.processes.find(cli.program) != nil else {
            throw Failure(
                .missing, "terraform is not installed", why: "no such program in PATH",
                next: ["scripts/bootstrap demo", "or https://developer.hashicorp.com/terraform/install"])
        }
        try await hold()
        chmod(folder, 0o700)
        try await probeState()
        try layOut(replacing: known)
        try writeVariables()
        try await initialize(create: create)
        let paths = program.files.map { JSONValue.string($0.path) }
        let stamp: JSONValue = ["version": 1, "key": .string(wanted), "files": .array(paths)]
        try context.files.write(stamp.text(indent: 2) + "\n", to: stampFile, mode: 0o600)
    }

    /// Takes the folder's lock, if this value does not have it yet.
    func hold() async throws {
        if held.withLock({ $0 != nil }) { return }
        let file = path("lock")
        do {
            let lock = try await FileLock.acquire(
                file, holder: "nante (pid \(getpid()))", within: cli.lockTimeout, context: context
            ) { [report, name] holder in report(.said("waiting for \(holder), which works on \(name)")) }
            held.withLock { $0 = lock }
        } catch let failure as Failure where failure.exit == .held {
            throw Failure(
                .held, "another nante works on \(name)", where: folder,
                why: "it is held by \(FileLock.holder(file) ?? "a process that has just gone")",
                next: ["wait for it, then run the same command again"])
        }
    }

    /// Lets the folder's lock go before the value does.
    public func letGo() { held.withLock { $0 = nil } }

    /// Everything that makes another `init` necessary.
    private var stamp: String {
        let parts = [
            program.digest, providers.word, endpoints.state?.url ?? "local", endpoints.state?.bucket ?? "",
            endpoints.proxmox?.caFile ?? "",
        ]
        return Checksums.of(Data(parts.joined(separator: "\n").utf8)).sha256
    }

    private func filesAreThere(_ known: JSONValue?) -> Bool {
        let paths = program.files.map(\.path) + (endpoints.proxmox?.caFile == nil ? [] : [TerraformStack.trustFile])
        return paths.allSatisfy { context.files.exists(path($0)) } && isTrustCurrent
    }

    private func layOut(replacing known: JSONValue?) throws {
        let paths = Set(program.files.map(\.path))
        for old in known?["files"]?.array?.compactMap(\.string) ?? [] where !paths.contains(old) {
            // The record is a file of this folder; a path out of it is nobody's.
            if !old.contains("..") { try context.files.remove(path(old)) }
        }
        for file in program.files where (try? context.files.readText(path(file.path))) != file.text {
            try context.files.write(file.text, to: path(file.path), mode: 0o600)
        }
        if let bundle = try trustBundle() {
            try context.files.write(bundle, to: path(TerraformStack.trustFile), mode: 0o600)
        }
    }

    private func writeVariables() throws {
        guard variables != .null else { return }
        let text = variables.text(indent: 2) + "\n"
        let file = path(TerraformStack.variablesFile)
        if (try? context.files.readText(file)) != text { try context.files.write(text, to: file, mode: 0o600) }
    }

    /// What a plan failed with is not what the next one begins with.
    func restoreVariables(_ earlier: String?) throws {
        guard variables != .null else { return }
        let file = path(TerraformStack.variablesFile)
        guard let earlier else { return try context.files.remove(file) }
        try context.files.write(earlier, to: file, mode: 0o600)
    }

    /// The variables that the last plan of this folder was made with; nil where there was none.
    public func lastVariables() -> JSONValue? {
        let last = TerraformStack.lastVariables(folder, context)
        return last == .null ? nil : last
    }

    /// The variables of a folder's last plan; null where there was none.
    static func lastVariables(_ folder: String, _ context: Context) -> JSONValue {
        let text = try? context.files.readText(folder.appending(path: variablesFile))
        return text.flatMap { try? JSONValue.parse($0) } ?? .null
    }

    /// The authority of the servers together with those of the system: terraform reads one file only.
    private func trustBundle() throws -> String? {
        guard let own = endpoints.proxmox?.caFile else { return nil }
        guard let text = try? context.files.readText(own), text.contains("BEGIN CERTIFICATE") else {
            throw Failure(
                .missing, "\(own) can't be read as certificates", why: "PROXMOX_CA_FILE names it; PEM is expected")
        }
        let places = [
            context.environment["SSL_CERT_FILE"] ?? "", "/etc/ssl/certs/ca-certificates.crt",
            "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
        ]
        let system = places.filter { !$0.isEmpty }.compactMap { try? context.files.readText($0) }.first ?? ""
        return text + "\n" + system
    }

    private var isTrustCurrent: Bool {
        guard endpoints.proxmox?.caFile != nil else { return true }
        return (try? trustBundle()) == (try? context.files.readText(path(TerraformStack.trustFile)))
    }

    /// Asks the store of states for anything at all: terraform itself would try for minutes.
    private func probeState() async throws {
        guard let state = endpoints.state else { return }
        do {
            _ = try await context.http.send(
                HTTPCall("GET", state.url + "/", timeout: .seconds(5), trust: endpoints.proxmox?.caFile))
        } catch let fault as HTTPFault where fault.kind == .unreachable {
            throw Failure(
                .missing, "the store of Terraform states can't be reached", where: state.url, why: fault.message,
                next: ["check MINIO_ENDPOINT", "nante doctor"])
        } catch is HTTPFault {
            // It answered, or it is slow: terraform will tell.
        }
    }

    private func initialize(create: Bool) async throws {
        let bucket = endpoints.state?.bucket ?? StateEndpoint.usualBucket
        let backend: KeyValuePairs<String, String> = bucket == StateEndpoint.usualBucket ? [:] : ["bucket": bucket]
        let run = try await piped(cli.initialize(backend: backend))
        guard run.result.succeeded else { throw trouble(run, "terraform can't be prepared for \(name)") }
        let result = try await context.processes.run(cli.selectWorkspace(name, create: create))
        if result.succeeded { return }
        if !create, result.stderr.contains("doesn't exist") {
            throw Failure(
                .failed, "there is no workspace \(name)", where: endpoints.state?.url,
                next: ["nante terraform workspaces", "nante terraform plan --app \(name) …"])
        }
        throw trouble(result, "the workspace \(name) can't be selected")
    }
}
