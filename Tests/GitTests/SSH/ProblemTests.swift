import Core
import Testing

@testable import SSH

@Suite struct ProblemTests {
    func problem(_ code: Int32, _ text: String, _ program: String = "ssh") -> SSHProblem? {
        SSHProblem.of(CommandResult(.exited(code), stderr: text), program: program)
    }

    @Test(arguments: [
        "ssh: connect to host 10.0.0.9 port 22: Connection refused",
        "ssh: connect to host 10.0.0.9 port 22: No route to host",
        "ssh: connect to host 10.0.0.9 port 22: Connection timed out",
        "ssh: Could not resolve hostname nowhere: Name or service not known",
        "kex_exchange_identification: read: Connection reset by peer",
        "Connection closed by 10.0.0.9 port 22",
        "client_loop: send disconnect: Broken pipe",
        "Timeout, server 10.0.0.9 not responding.",
    ])
    func unreachable(_ text: String) {
        #expect(problem(255, text) == .unreachable(text))
    }

    @Test func otherErrorsOfSsh() {
        let denied = "root@10.0.0.9: Permission denied (publickey)."
        #expect(problem(255, denied) == .denied(denied))
        let unknown = "No ED25519 host key is known for 10.0.0.9 and you have requested strict checking."
        #expect(problem(255, unknown + "\nHost key verification failed.") == .hostKey(unknown))
        let changed = "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed."
        #expect(problem(255, changed) == .hostKey("Host key verification failed."))
    }

    @Test func theRemoteProgramsOwnExitIsNoProblem() {
        #expect(problem(1, "Connection refused") == nil)
        #expect(problem(0, "") == nil)
        #expect(problem(255, "database: no") == nil)
        #expect(problem(1, "Connection refused", "sftp") != nil)
        #expect(SSHProblem.of(CommandResult(.deadline, stderr: "Broken pipe")) == nil)
    }

    @Test func failuresSayWhatToDo() throws {
        let target = try SSHTarget(host: "app-1", port: 2222, user: "root")
        #expect(SSHProblem.unreachable("x").failure(target).exit == .missing)
        let failure = SSHProblem.hostKey("x").failure(target)
        #expect(failure.exit == .refused)
        #expect(failure.next.first?.hasPrefix("ssh-keygen -R '[app-1]:2222'") == true)
    }

    @Test func fingerprints() {
        let line = "256 SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDvxh6Vt1KiAgo8p5E app-1 (ED25519)"
        let sha = Fingerprint.parse(line, .sha256)
        #expect(sha == "SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDvxh6Vt1KiAgo8p5E")
        let md5 = Fingerprint.parse("256 MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48 app-1 (ED25519)", .md5)
        #expect(md5 == "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48")
        #expect(Fingerprint.parse("(stdin) is not a public key file.", .sha256) == nil)
        let both = Fingerprint(sha256: sha ?? "", md5: md5 ?? "")
        #expect(both.matches("uNiVztksCsDhcc0u9e8BrrJXVGDvxh6Vt1KiAgo8p5E="))
        #expect(both.matches("MD5:16:27:AC:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48"))
        #expect(!both.matches("SHA256:x"))
    }
}
