import Core
import Foundation

extension Doctor {
    /// What this machine itself must have.
    var machine: [Check] {
        let context = context
        return [
            program("git", ["--version"], required: true, package: "git"),
            program("ssh", ["-V"], required: true, package: "openssh-client"),
            program("ansible", ["--version"], required: false, package: "ansible"),
            Check("machine.key", "This machine", "ssh key") { [platform] in
                try await Doctor.key(platform, context)
            },
        ]
    }

    private func program(_ name: String, _ arguments: [String], required: Bool, package: String) -> Check {
        let context = context
        return Check("machine.\(name)", "This machine", name) {
            let fix = ["apt-get install \(package)"]
            guard let path = context.processes.find(name) else {
                return required
                    ? CheckOutcome(.missing, "\(name) is not installed", fix: fix)
                    : CheckOutcome(.skipped, "\(name) is not installed; only `nante ansible` needs it")
            }
            let answer = try await context.processes.run(Command(path, arguments, deadline: .seconds(15)))
            let said = (answer.stdout + answer.stderr).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            guard answer.succeeded else {
                return CheckOutcome(.failed, "\(name) does not run", details: [said], fix: fix)
            }
            return .ok(said)
        }
    }

    private static func key(_ platform: Platform, _ context: Context) async throws -> CheckOutcome {
        let access = try platform.ssh()
        guard context.files.exists(access.keyFile) else {
            return CheckOutcome(
                .missing, "\(access.keyFile) does not exist",
                fix: platform.isLab
                    ? ["nante lab host create NAME makes it"]
                    : ["ssh-keygen -t ed25519 -f \(access.keyFile)", "or set SSH_PRIVATE_KEY_FILE"])
        }
        let mode = try context.files.mode(access.keyFile) & 0o777
        guard mode & 0o077 == 0 else {
            return CheckOutcome(
                .failed, "\(access.keyFile) can be read by others, so ssh refuses it",
                details: ["its mode is 0\(String(mode, radix: 8))"], fix: ["chmod 600 \(access.keyFile)"])
        }
        let answer = try await context.processes.run(
            Command("ssh-keygen", ["-y", "-P", "", "-f", access.keyFile], deadline: .seconds(10)))
        guard answer.succeeded else {
            let isLocked = answer.stderr.contains("passphrase")
            return CheckOutcome(
                isLocked ? .warning : .failed,
                isLocked ? "the key has a passphrase: an agent must hold it" : "\(access.keyFile) is no private key",
                details: answer.stderr.split(whereSeparator: \.isNewline).prefix(2).map(String.init),
                fix: isLocked ? ["ssh-add \(access.keyFile)"] : ["ssh-keygen -t ed25519 -f FILE"])
        }
        let own = answer.stdout.split(separator: " ").prefix(2).joined(separator: " ")
        let wanted = platform.settings[.sshPublicKey]?.split(whereSeparator: \.isNewline).map {
            $0.split(separator: " ").prefix(2).joined(separator: " ")
        }
        if let wanted, !wanted.contains(own.trimmingCharacters(in: .whitespacesAndNewlines)) {
            return CheckOutcome(
                .warning, "ANS_SSH_PUBLIC_KEY is not the public half of \(access.keyFile)",
                details: ["machines would be made for another key than the one that they are logged into with"],
                fix: ["export ANS_SSH_PUBLIC_KEY=\"$(ssh-keygen -y -f \(access.keyFile))\""])
        }
        return .ok("\(own.split(separator: " ").first ?? "a key") for the user \(access.user), \(access.keyFile)")
    }
}
