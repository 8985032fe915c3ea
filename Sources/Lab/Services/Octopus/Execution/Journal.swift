import Core
import Foundation
import SSH

/// The journal of deployments on a target: an XML file with one element for each, in Calamari's form.
enum Journal {
    /// Prints the journal; nothing where there is none.
    static let readScript = "cat -- \(RemotePaths.journal) 2>/dev/null || true\n"

    /// The attributes of each deployment, oldest first; those of its package have the prefix "Package" as in Calamari.
    static func entries(_ text: String) -> [[String: String]] {
        text.split(separator: "\n").compactMap { line in
            let bare = line.drop { $0 == " " }
            guard bare.hasPrefix("<Deployment ") else { return nil }
            return attributes(bare)
        }
    }

    private static func attributes(_ line: Substring) -> [String: String] {
        var out: [String: String] = [:]
        for match in line.matches(of: #/([A-Za-z]+)="([^"]*)"/#) { out[String(match.1)] = unescape(String(match.2)) }
        return out
    }

    private static func unescape(_ text: String) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'").replacing("&#10;", with: "\n").replacing("&amp;", with: "&")
    }
}

/// One deployment of a package on a machine.
struct JournalEntry: Sendable, Hashable {
    var id = ""
    var environment: String
    var tenant: String?
    var project: String
    var step: String
    var machine = ""
    var package: String
    var version: String
    var file: String
    var installed = Date.distantPast
    var extractedTo = ""
    var customDirectory: String?
    var isSuccessful = false

    init(
        plan: DeploymentPlan, step: ProcessStep, action: ProcessAction, package: StoredPackage,
        _ machine: DeploymentMachine? = nil
    ) {
        environment = plan.environment.id
        tenant = plan.tenant?.id
        project = plan.project.id
        self.step = action.name
        self.machine = machine?.id ?? ""
        self.package = package.package
        version = package.version
        file = RemotePackage(package: package, environment: plan.environment.name).cacheName
    }

    /// What deployments are counted together for retention.
    var retentionSet: String { "\(environment)/\(project)/Step-\(step)/\(machine)/<default>" }

    /// The element, on one line.
    var element: String {
        let pairs = [
            ("Id", id), ("EnvironmentId", environment), ("TenantId", tenant ?? ""), ("ProjectId", project),
            ("PackageId", package), ("PackageVersion", version), ("PackageFilePath", file),
            ("InstalledOn", installed.iso8601), ("RetentionPolicySet", retentionSet), ("ExtractedFrom", file),
            ("ExtractedTo", extractedTo), ("CustomInstallationDirectory", customDirectory ?? ""),
            ("WasSuccessful", isSuccessful ? "True" : "False"),
        ]
        let text = pairs.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: " ")
        return """
            <Deployment \(text)><Package PackageId="\(escaped(package))" PackageVersion="\(escaped(version))" \
            DeployedFrom="\(escaped(file))" /></Deployment>
            """
    }

    private func escaped(_ text: String) -> String { text.htmlEscaped.replacing("\n", with: "&#10;") }

    /// Adds the element to the journal, under a lock and in one step.
    var appendScript: String {
        """
        umask 077
        j=\(RemotePaths.journal)
        mkdir -p -- "$(dirname -- "$j")" || exit 1
        exec 8>"$j.lock"
        flock -w 30 8 || { echo "the deployment journal is locked" >&2; exit 1; }
        {
            if [ -s "$j" ]; then grep -v '^</Deployments>$' "$j"; else
                printf '%s\\n' '<?xml version="1.0" encoding="utf-8"?>' '<Deployments>'
            fi
            printf '%s\\n' \(ShellQuoting.quote(element)) '</Deployments>'
        } > "$j.new" && mv -f -- "$j.new" "$j"

        """
    }
}
