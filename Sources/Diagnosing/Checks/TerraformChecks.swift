import Core
import Terraform

extension Doctor {
    /// terraform, and where its provider comes from.
    var terraform: [Check] {
        let (context, platform, standIn) = (context, platform, standIn)
        return [
            Check("terraform.program", "Terraform", "terraform") { try await Doctor.program(context) },
            Check("terraform.provider", "Terraform", "provider") {
                guard let version = TerraformProgram.embedded.providerVersion else {
                    return .ok("none is needed")
                }
                let answer = await ProviderCheck(context).answer(version: version)
                if answer.isReachable { return .ok(answer.text) }
                if platform.isLab, let standIn {
                    return .ok(
                        "the stand-in takes the place of bpg/proxmox \(version)", details: [answer.text, standIn])
                }
                let ways = ["make registry.terraform.io reachable, or name a mirror in ~/.terraformrc"]
                let what = "provider bpg/proxmox \(version) can't be had"
                guard platform.isLab else {
                    return CheckOutcome(.missing, what, details: [answer.text], fix: ways)
                }
                // The lab itself is well without it: hosts, services and workflows need no terraform.
                return CheckOutcome(
                    .warning, what,
                    details: [answer.text, "machines by Terraform can't be made; the rest of the lab works without"],
                    fix: ["swift build --package-path StandIns/TerraformProvider, or install it beside nante"] + ways)
            },
        ]
    }

    /// The lowest version that the configuration takes, such as [1, 11, 0].
    static let lowestTerraform: [Int] = {
        for file in TerraformProgram.embedded.files {
            guard let found = file.text.firstMatch(of: /required_version\s*=\s*">=\s*([0-9.]+)/) else { continue }
            return found.1.split(separator: ".").compactMap { Int($0) }
        }
        return [1, 11, 0]
    }()

    private static func program(_ context: Context) async throws -> CheckOutcome {
        let lowest = lowestTerraform.map { "\($0)" }.joined(separator: ".")
        let fix = ["scripts/bootstrap demo", "https://developer.hashicorp.com/terraform/install (at least \(lowest))"]
        guard let path = context.processes.find("terraform") else {
            return CheckOutcome(.missing, "terraform is not installed", fix: fix)
        }
        let answer = try await context.processes.run(
            Command(
                path, ["version", "-json"], environment: .inherit(["CHECKPOINT_DISABLE": "1", "TF_LOG": nil]),
                workingDirectory: "/", deadline: .seconds(15)))
        guard answer.succeeded, let version = (try? JSONValue.parse(answer.stdout))?["terraform_version"]?.string else {
            return CheckOutcome(
                .failed, "\(path) does not tell its version",
                details: answer.stderr.split(whereSeparator: \.isNewline).prefix(3).map(String.init), fix: fix)
        }
        let numbers = version.split(separator: "-")[0].split(separator: ".").compactMap { Int($0) }
        guard !numbers.lexicographicallyPrecedes(lowestTerraform) else {
            return CheckOutcome(
                .failed, "terraform \(version) is too old", details: ["the configuration needs \(lowest)"], fix: fix)
        }
        return .ok("terraform \(version), \(path)")
    }
}
