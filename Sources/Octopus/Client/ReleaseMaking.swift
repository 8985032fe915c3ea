import Core

/// The version of a package for a release: `ID:VERSION`, `STEP:ID:VERSION`, or `*:VERSION` for every package.
public struct PackageChoice: Sendable, Hashable {
    /// The step or action; nil for every one.
    public let step: String?
    /// The package; `*` for every one.
    public let id: String
    /// The version.
    public let version: String

    /// Reads a choice; nil where it is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0).trimmed }
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        step = parts.count == 3 ? parts[0] : nil
        id = parts[parts.count - 2]
        version = parts[parts.count - 1]
    }

    func fits(_ package: ReleaseTemplatePackage) -> Bool {
        let fitsStep = step.map { [package.actionName, package.stepName].contains($0) } ?? true
        return fitsStep && (id == "*" || id.lowercased() == package.packageId.lowercased())
    }
}

/// A release that is wanted.
public struct ReleaseRequest: Sendable {
    /// The project's name, id or slug.
    public var project: String
    /// The version; nil is the one that the project's rule gives next.
    public var version: String?
    /// Versions of packages; a package that is not named takes the release's version, else the newest.
    public var packages: [PackageChoice]
    /// The channel's name; nil is the default one.
    public var channel: String?
    /// For people; nil leaves those of an existing release alone.
    public var notes: String?

    /// A release.
    public init(
        project: String, version: String? = nil, packages: [PackageChoice] = [], channel: String? = nil,
        notes: String? = nil
    ) {
        self.project = project
        self.version = version
        self.packages = packages
        self.channel = channel
        self.notes = notes
    }
}

extension OctopusClient {
    /// Makes a release; one of the same version with the same packages is left alone.
    ///
    /// - Throws: a failure with exit `refused` where the version exists with other packages, channel or notes.
    public func ensureRelease(_ request: ReleaseRequest) async throws -> (release: Release, change: ResourceChange) {
        let project = try await require(
            Project.self, request.project, next: ["nante octopus project apply octopus.yml"])
        let channel = try await self.channel(request.channel, of: project)
        let template = try await releaseTemplate(of: project, channel: channel)
        guard let version = request.version ?? template.nextVersionIncrement, !version.isEmpty else {
            throw Failure(.usage, "the release needs a version", next: ["--version 1.0.0"])
        }
        guard OctopusVersion(version) != nil, version.count <= 349 else {
            throw Failure(.usage, "\"\(version)\" can't be the version of a release")
        }
        let selected = try await select(request.packages, version: version, template: template)
        let wanted = Release.make {
            $0.projectId = project.id
            $0.channelId = channel.id
            $0.version = version
            $0.releaseNotes = request.notes
            $0.selectedPackages = selected
        }
        if let old = try await release(version, of: project) {
            return (try ReleaseClash.check(old, against: wanted, of: project), .unchanged)
        }
        do { return (try await create(wanted), .created) } catch let failure as Failure where failure.exit == .usage {
            // Another run may have made it in between.
            guard let old = try await release(version, of: project) else { throw failure }
            return (try ReleaseClash.check(old, against: wanted, of: project), .unchanged)
        }
    }

    private func channel(_ name: String?, of project: Project) async throws -> Channel {
        let all = try await channels(of: project)
        if let name { return try all.requireNamed(name) }
        guard let channel = all.first(where: \.isDefault) ?? all.first else {
            throw Failure(.usage, "the project \(project.name) has no channel")
        }
        return channel
    }

    private func select(
        _ choices: [PackageChoice], version: String, template: ReleaseTemplate
    ) async throws -> [SelectedPackage] {
        for choice in choices where choice.id != "*" && !template.packages.contains(where: choice.fits) {
            let known = Set(template.packages.map(\.packageId)).sorted().joined(separator: ", ")
            throw Failure(
                .usage, "no step uses the package \(choice.step.map { "\($0):" } ?? "")\(choice.id)",
                why: known.isEmpty ? "the project uses no package" : "the project uses: \(known)")
        }
        var selected: [SelectedPackage] = []
        for package in template.packages {
            let choice = choices.last { $0.id != "*" && $0.fits(package) } ?? choices.last { $0.fits(package) }
            let found = try await self.version(of: package, choice?.version, release: version)
            selected.append(
                .make {
                    $0.actionName = package.actionName
                    $0.packageReferenceName = package.packageReferenceName ?? ""
                    $0.version = found
                })
        }
        return selected
    }

    private func version(
        of package: ReleaseTemplatePackage, _ wanted: String?, release: String
    ) async throws -> String {
        guard package.isResolvable else {
            guard let wanted else {
                throw Failure(
                    .usage, "the version of \(package.packageId) can't be found out",
                    why: "its id or feed holds a variable", next: ["--package '\(package.packageId):VERSION'"])
            }
            return wanted
        }
        let all = try await versions(of: package.packageId, feed: package.feedId, limit: .max).map(\.version)
        if let wanted {
            guard all.contains(wanted) else { throw missing(package, wanted, all) }
            return wanted
        }
        guard let version = all.first(where: { $0 == release }) ?? all.first else {
            throw missing(package, release, all)
        }
        return version
    }

    private func missing(_ package: ReleaseTemplatePackage, _ version: String, _ all: [String]) -> Failure {
        let newest = all.prefix(3).joined(separator: ", ")
        return Failure(
            .usage, "the feed has no package \(package.packageId) \(version)",
            where: "feed \(package.feedName ?? package.feedId)",
            why: all.isEmpty ? "it has no version of it" : "its newest versions: \(newest)",
            next: ["nante octopus package upload \(package.packageId).\(version).tar.gz"])
    }
}

/// Whether a release that is there is the one that is wanted.
enum ReleaseClash {
    static func check(_ old: Release, against wanted: Release, of project: Project) throws -> Release {
        func packages(_ release: Release) -> Set<[String]> {
            Set(release.selectedPackages.map { [$0.actionName, $0.packageReferenceName ?? "", $0.version] })
        }
        var differs = packages(wanted).subtracting(packages(old)).sorted { $0[0] < $1[0] }.map { package in
            let has = old.selectedPackages.first {
                $0.actionName == package[0] && $0.packageReferenceName ?? "" == package[1]
            }
            return "\(package[0]): it has \(has?.version ?? "none"), wanted is \(package[2])"
        }
        if let notes = wanted.releaseNotes, notes != old.releaseNotes ?? "" { differs.append("the release notes") }
        if let channel = old.channelId, channel != wanted.channelId { differs.append("the channel") }
        if differs.isEmpty { return old }
        throw Failure(
            .refused, "the release \(project.name) \(wanted.version) exists and is another one",
            why: "a release is never changed", evidence: differs, next: ["take another version"])
    }
}
