import Core
import Foundation

/// Deploys a package on a machine: transfer, extraction, then Octopus' conventions in their order.
struct PackageDeployment: Sendable {
    let action: ActionRun

    /// The stages of scripts in a package.
    enum Stage: String, CaseIterable, Sendable {
        case preDeploy = "PreDeploy"
        case deploy = "Deploy"
        case postDeploy = "PostDeploy"
        case deployFailed = "DeployFailed"
    }

    private var node: LogNode { action.node }
    private var plan: DeploymentPlan { action.run.plan }

    /// Runs all of it.
    func run() async throws {
        try checkFeatures()
        let package = try self.package
        let remote = RemotePackage(package: package, environment: plan.environment.name)
        if isSkippedWhenInstalled, let known = try await installed(package) {
            node.write(.info, "The package is installed already at \(known); nothing is done.")
            setDirectory(known)
            return
        }
        let extracted = try await place(remote, into: nil)
        var entry = JournalEntry(plan: plan, step: action.step, action: action.action, package: package)
        entry.machine = action.machine.id
        entry.extractedTo = extracted.directory
        rememberPrevious(extracted.journal, entry)
        setDirectory(extracted.directory)
        node.write(.info, "Extracted \(extracted.count) entries to \(extracted.directory)")
        action.variables.set("Package.ExtractedFileCount", "\(extracted.count)")
        do {
            try await conventions(extracted, &entry)
            entry.isSuccessful = true
            try await record(entry)
        } catch let fault as ActionFault {
            try await afterFailure(extracted, entry)
            throw fault
        }
    }

    /// Extracts the action's package into a folder, for a script that comes from it.
    ///
    /// - Returns: the absolute path of the folder.
    func extract(into folder: String) async throws -> String {
        let remote = RemotePackage(package: try package, environment: plan.environment.name)
        return try await place(remote, into: folder).directory
    }

    private var package: StoredPackage {
        get throws {
            let name = action.action.packages.first { $0.name.isEmpty }?.package ?? "?"
            guard let package = plan.packages[DeploymentPlan.packageKey(action.action.name, "")] else {
                throw ActionFault(message: "The release selects no version of the package \(name).")
            }
            return package
        }
    }

    private func checkFeatures() throws {
        let served = ["Octopus.Features.CustomScripts", "Octopus.Features.SubstituteInFiles", customDirectory]
        for feature in ProcessModel.list(action.action.property("Octopus.Action.EnabledFeatures"))
        where !served.contains(where: { $0.sameText(feature) }) {
            // Both are on in most projects made by Octopus' own pages, and do nothing without .config files.
            if feature.sameText("Octopus.Features.ConfigurationTransforms")
                || feature.sameText("Octopus.Features.ConfigurationVariables")
            {
                node.write(.verbose, "\(feature) is not served by the lab")
                continue
            }
            throw ActionFault(message: "The lab does not serve the package feature \(feature).")
        }
    }

    private var customDirectory: String { "Octopus.Features.CustomDirectory" }

    private func hasFeature(_ name: String) -> Bool {
        ProcessModel.list(action.action.property("Octopus.Action.EnabledFeatures")).contains { $0.sameText(name) }
    }

    private func setDirectory(_ path: String) {
        for name in ["Octopus.Action.Package.InstallationDirectoryPath", "Package.InstallationDirectoryPath"] {
            action.variables.set(name, path)
        }
        action.take([.init(name: "Package.InstallationDirectoryPath", value: path, isSensitive: false)])
    }

    // MARK: Transfer

    private func place(_ remote: RemotePackage, into folder: String?) async throws -> RemotePackage.Extracted {
        let first = try await remoteRun(remote.extractScript(into: folder), within: .seconds(300))
        if let extracted = try RemotePackage.read(first) { return extracted }
        let size = remote.package.size
        node.write(.info, "Uploading \(remote.package.fileName) (\(size) bytes)")
        let start = action.run.context.time.elapsed()
        try await action.shell.send(
            action.run.packages.path(remote.package), to: remote.receiveLine, deadline: .seconds(900))
        node.write(.verbose, "Uploaded in \((action.run.context.time.elapsed() - start).short)")
        let second = try await remoteRun(remote.extractScript(into: folder), within: .seconds(300))
        guard let extracted = try RemotePackage.read(second) else {
            throw ActionFault(message: "The package \(remote.package.fileName) did not arrive on the target.")
        }
        return extracted
    }

    /// Runs a script of the lab's own.
    ///
    /// - Returns: the lines of its output.
    private func remoteRun(_ script: String, within limit: Duration) async throws -> [String] {
        let lines = LineCollector()
        let ending = try await action.shell.run(script, deadline: limit) { lines.take($0) }
        switch ending {
        case .exited(0): return lines.out
        case .exited(let code):
            for line in lines.err { node.write(.error, line) }
            throw ActionFault(message: lines.err.last ?? "A command on the target failed with exit code \(code)")
        case .deadline: throw ActionFault(message: "A command on the target took longer than \(limit.short).")
        }
    }

    // MARK: Conventions

    private func conventions(_ extracted: RemotePackage.Extracted, _ entry: inout JournalEntry) async throws {
        var directory = extracted.directory
        try await configured(.preDeploy, directory)
        if isSkipping { return }
        try await packaged(.preDeploy, extracted, directory)
        if isSkipping { return }
        if hasFeature("Octopus.Features.SubstituteInFiles") { try await substitute(directory) }
        if let custom = try await copyToCustomDirectory(directory) {
            directory = custom
            entry.customDirectory = custom
            setDirectory(custom)
        }
        for stage in [Stage.deploy, .postDeploy] {
            try await packaged(stage, extracted, directory)
            if isSkipping { return }
            try await configured(stage, directory)
            if isSkipping { return }
        }
    }

    private var isSkipping: Bool {
        let now = action.variables.now
        return now.flag("Octopus.Action.SkipRemainingConventions")
            || now.flag("Octopus.Action.Output.Octopus.Action.SkipRemainingConventions")
    }

    private func configured(_ stage: Stage, _ directory: String) async throws {
        guard hasFeature("Octopus.Features.CustomScripts") else { return }
        let name = "Octopus.Action.CustomScripts.\(stage.rawValue).sh"
        let body = action.action.property(name)
        guard !body.isEmpty else { return }
        let (text, faults) = action.variables.now.expand(body)
        if let fault = faults.first { throw ActionFault(message: "The script \(stage.rawValue): \(fault)") }
        node.write(.verbose, "Running the configured script \(stage.rawValue).sh")
        let id = action.run.context.random.hex(bytes: 6)
        try await action.runScript(
            BashScript(
                id: id, directory: RemotePaths.quote(directory), name: "Configured.\(id).\(stage.rawValue).sh",
                content: text, variables: action.variables.now.evaluated, modules: action.modules))
    }

    private func packaged(
        _ stage: Stage, _ extracted: RemotePackage.Extracted, _ directory: String
    ) async throws {
        let runs = action.action.property("Octopus.Action.Package.RunScripts")
        if runs.sameText("False"), stage != .deployFailed { return }
        guard let file = extracted.scripts.first(where: { $0.sameText("\(stage.rawValue).sh") }) else { return }
        node.write(.verbose, "Running \(file) of the package")
        let keeps = action.variables.now.value("OctopusDeleteScriptsOnCleanup")?.sameText("False") == true
        try await action.runScript(
            BashScript(
                id: action.run.context.random.hex(bytes: 6), directory: RemotePaths.quote(directory), name: file,
                content: nil, variables: action.variables.now.evaluated, modules: action.modules,
                isRemovedAfter: !keeps))
    }

    private func substitute(_ directory: String) async throws {
        let globs = action.variables.now.value("Octopus.Action.SubstituteInFiles.TargetFiles") ?? ""
        let patterns = globs.split(whereSeparator: \.isNewline).map { String($0).trimmingSpace }.filter { !$0.isEmpty }
        for pattern in patterns {
            let lines = try await remoteRun(RemoteFiles.fetch(pattern, in: directory), within: .seconds(60))
            let files = RemoteFiles.read(lines)
            if files.isEmpty { node.write(.warning, "No file matches '\(pattern)' in \(directory)") }
            for file in files { try await substitute(file, directory) }
        }
    }

    private func substitute(_ file: RemoteFiles.File, _ directory: String) async throws {
        guard let text = String(data: file.content, encoding: .utf8) else {
            return node.write(.warning, "\(file.path) is not UTF-8 text and is left as it is")
        }
        let (changed, faults) = action.variables.now.expand(text, isLenient: true)
        for fault in faults { node.write(.verbose, "\(file.path): \(fault)") }
        if !faults.isEmpty, action.variables.now.flag("OctopusShouldFailDeploymentOnSubstitutionFails") {
            throw ActionFault(message: "Not all variables in \(file.path) could be substituted.")
        }
        guard changed != text else { return }
        _ = try await remoteRun(RemoteFiles.store(changed, at: file.path, in: directory), within: .seconds(60))
        node.write(.info, "Substituted variables in \(file.path)")
    }

    private func copyToCustomDirectory(_ directory: String) async throws -> String? {
        let name = "Octopus.Action.Package.CustomInstallationDirectory"
        guard let custom = action.variables.now.value(name), !custom.isEmpty else { return nil }
        guard custom.hasPrefix("/"), RemotePaths.isBelow(String(custom.dropFirst())) else {
            throw ActionFault(message: "The custom installation directory '\(custom)' must be an absolute path.")
        }
        guard !(custom + "/").hasPrefix(directory + "/") else {
            throw ActionFault(message: "The custom installation directory lies inside of the extracted package.")
        }
        let purge = action.action.flag(name + "ShouldBePurgedBeforeDeployment")
        let lines = try await remoteRun(
            RemoteFiles.copy(directory, to: custom, purge: purge), within: .seconds(300))
        node.write(.info, "Copied \(lines.first ?? "?") files to \(custom)")
        action.variables.set("Package.CopiedFileCount", lines.first ?? "")
        return custom
    }

    // MARK: Afterwards

    private func afterFailure(_ extracted: RemotePackage.Extracted, _ entry: JournalEntry) async throws {
        do { try await packaged(.deployFailed, extracted, entry.customDirectory ?? extracted.directory) } catch let
            fault as ActionFault
        { node.write(.error, "DeployFailed: \(fault.message)") }
        try await record(entry)
    }

    private func record(_ entry: JournalEntry) async throws {
        var entry = entry
        entry.id = action.run.context.random.hex(bytes: 16)
        entry.installed = action.run.context.time.now()
        _ = try await remoteRun(entry.appendScript, within: .seconds(60))
    }

    private var isSkippedWhenInstalled: Bool {
        let always = plan.deployment.flag("ForcePackageRedeployment")
        let own = action.action.property("Octopus.Action.Package.SkipIfAlreadyInstalled")
        if always || own.sameText("False") { return false }
        return own.sameText("True") || plan.project.flag("DefaultToSkipIfAlreadyInstalled")
    }

    private func installed(_ package: StoredPackage) async throws -> String? {
        let text = try await remoteRun(Journal.readScript, within: .seconds(60)).joined(separator: "\n")
        let set = JournalEntry(plan: plan, step: action.step, action: action.action, package: package, action.machine)
        let last = Journal.entries(text).last { $0["RetentionPolicySet"] == set.retentionSet }
        guard let last, last["PackageId"]?.sameText(package.package) == true,
            last["PackageVersion"]?.sameText(package.version) == true, last["WasSuccessful"] == "True"
        else { return nil }
        return last["CustomInstallationDirectory"].flatMap { $0.isEmpty ? nil : $0 } ?? last["ExtractedTo"]
    }

    private func rememberPrevious(_ journal: String, _ entry: JournalEntry) {
        let all = Journal.entries(journal).filter { $0["RetentionPolicySet"] == entry.retentionSet }
        let stems = [
            ("PreviousInstallation", all.last),
            ("PreviousSuccessfulInstallation", all.last { $0["WasSuccessful"] == "True" }),
        ]
        for (stem, found) in stems {
            let name = "Octopus.Tentacle.\(stem)"
            action.variables.set("\(name).PackageVersion", found?["PackageVersion"] ?? "")
            action.variables.set("\(name).PackageFilePath", found?["PackageFilePath"] ?? "")
            action.variables.set("\(name).OriginalInstalledPath", found?["ExtractedTo"] ?? "")
            action.variables.set(
                "\(name).CustomInstallationDirectory", found?["CustomInstallationDirectory"] ?? "")
        }
    }
}
