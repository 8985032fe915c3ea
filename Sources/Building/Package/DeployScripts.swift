import Foundation

/// The scripts that a package brings for Octopus, written in shell in `Scripts/` and built into the program.
public enum DeployScripts {
    /// A script with its name in the package.
    public struct Script: Sendable, Hashable {
        /// Such as `Deploy.sh`.
        public var name: String
        /// Its bytes.
        public var data: Data
    }

    /// The scripts in the order in which Octopus runs them.
    public static let all: [Script] = [
        Script(name: "PreDeploy.sh", data: Data(PackageResources.PreDeploy_sh)),
        Script(name: "Deploy.sh", data: Data(PackageResources.Deploy_sh)),
        Script(name: "PostDeploy.sh", data: Data(PackageResources.PostDeploy_sh)),
        Script(name: "DeployFailed.sh", data: Data(PackageResources.DeployFailed_sh)),
    ]

    /// SHA-256 over all of them: other scripts make another package.
    public static let digest = Digest.sha256(all.reduce(Data()) { $0 + Data($1.name.utf8) + $1.data })
}
