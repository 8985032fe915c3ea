import Core
import Foundation
import Testing

extension DeployingOnHosts {
    /// What the deploy user may try with the one program that it can run as root.
    @Suite struct SlotHostilityTests {
        @Test func hostileArgumentsAreRefusedAndDoNothing() async throws {
            try await SlotHost.with("slot-hostile") { host in
                #expect(try await host.release("1.000.000").code == 0)
                let words = [
                    "deploy '../demo' 1.0.0 /home/deploy/pkg/1.000.000",
                    "deploy 'demo;id' 1.0.0 /home/deploy/pkg/1.000.000",
                    "deploy demo '../../etc' /home/deploy/pkg/1.000.000",
                    "deploy demo '1..0' /home/deploy/pkg/1.000.000",
                    "deploy demo '$(touch /tmp/x)' /home/deploy/pkg/1.000.000",
                    "deploy demo -- /home/deploy/pkg/1.000.000",
                    "deploy demo 1.0.0 pkg/1.000.000", "deploy demo 1.0.0 /home/deploy/../deploy/pkg",
                    "deploy demo 1.0.0 '/home/deploy/$(id)'", "deploy demo 1.0.0 /etc", "deploy demo 1.0.0 /nowhere",
                    "deploy demo 1.0.0 /home/deploy/pkg/1.000.000 --bake '1;id'",
                    "deploy demo 1.0.0 /home/deploy/pkg/1.000.000 --bake -1", "deploy demo 1.0.0",
                    "deploy other 1.0.0 /tmp",
                    "status '../x'", "log demo ../../etc/shadow 5", "log demo blue '5 --file=/etc/shadow'",
                    "reconcile demo '1;2'", "reconcile demo", "points; id", "",
                ]
                for line in words {
                    let result = try await host.slot(line)
                    #expect(result.code == 2 || line.hasPrefix("points"), "\(line): \(result.code) \(result.stdout)")
                    #expect(!result.stdout.contains("uid=0"), "\(line)")
                }
                #expect(try await host.root("ls /tmp/x /opt/demo/etc 2>/dev/null").stdout.isEmpty)
                #expect(try await host.served() == "1.000.000")
                #expect(try await host.root("ls /opt/demo/releases").lines == ["1.000.000"])
            }
        }

        @Test func aPackageOfTricksIsNotTaken() async throws {
            try await SlotHost.with("slot-tricks") { host in
                #expect(try await host.release("1.000.000").code == 0)
                let tricks = [
                    "ln -s /etc/shadow app.data", "mkfifo pipe", "ln bin/demo twin",
                    "rm bin/demo; ln -s /bin/sh bin/demo",
                    "rm bin/demo", "chmod 644 bin/demo", "mkdir -p deep/er; ln -s ../../../../../etc deep/er/out",
                    "python3 -c 0 2>/dev/null; mkdir locked; chmod 0 locked",
                ]
                for (number, trick) in tricks.enumerated() {
                    let version = "2.000.00\(number)"
                    try await host.package(version)
                    try await host.deploy("cd /home/deploy/pkg/\(version) && { \(trick); }")
                    let result = try await host.slot("deploy demo \(version) /home/deploy/pkg/\(version)")
                    #expect(result.code == 2, "\(trick): \(result.stdout)")
                    #expect(result.stdout.contains("bad package"), "\(trick): \(result.stdout)")
                }
                #expect(try await host.root("ls -A /opt/demo/releases").lines == ["1.000.000"])
                #expect(try await host.served() == "1.000.000")
            }
        }

        @Test func whatIsKeptBelongsToRootAndRunsAsNobodyElse() async throws {
            try await SlotHost.with("slot-owner") { host in
                try await host.package("1.000.000")
                try await host.deploy("cd /home/deploy/pkg/1.000.000 && chmod 4777 bin/demo && chmod 666 nante.json")
                #expect(try await host.slot("deploy demo 1.000.000 /home/deploy/pkg/1.000.000").code == 0)
                let facts = try await host.root("cd /opt/demo/releases/1.000.000; stat -c '%n %U %a' bin bin/demo *")
                    .lines
                #expect(facts.contains("bin/demo root 755") && facts.contains("nante.json root 644"), "\(facts)")
                #expect(facts.contains("app.env root 640"))
                // Scripts of the package stay behind: they ran, or run, as the deploy user.
                #expect(!facts.contains { $0.hasPrefix("Deploy.sh") })
                #expect(try await host.root("ps -o user= -C demo").lines.map { $0.trimmingPrefix(" ") } == ["demo"])
            }
        }

        @Test func killsForTestsAreNotForTheDeployUser() async throws {
            try await SlotHost.with("slot-hook") { host in
                try await host.package("1.000.000")
                let command = "sudo -n NANTE_SLOT_KILL_AT=locked /usr/local/sbin/nante-slot deploy demo 1.000.000 "
                #expect(try await host.deploy(command + "/home/deploy/pkg/1.000.000").code != 137)
                let other = "NANTE_SLOT_KILL_AT=locked BASH_ENV=/home/deploy/evil sudo -n /usr/local/sbin/nante-slot "
                let result = try await host.deploy(other + "deploy demo 1.000.000 /home/deploy/pkg/1.000.000")
                #expect(result.code == 0, "\(result.stdout)")
            }
        }

        @Test func aConfigurationThatOthersMayWriteIsRefused() async throws {
            try await SlotHost.with("slot-conf") { host in
                try await host.package("1.000.000")
                for change in ["chmod 666 /etc/nante/apps/demo.conf", "chown deploy /etc/nante/apps/demo.conf"] {
                    try await host.root("cd /etc/nante/apps; chmod 644 demo.conf; chown root demo.conf; \(change)")
                    let result = try await host.slot("deploy demo 1.000.000 /home/deploy/pkg/1.000.000")
                    #expect(result.code == 2, "\(change): \(result.stdout)")
                }
                try await host.root("cd /etc/nante/apps; chown root demo.conf; echo 'HEALTH_PATH=/$(id)' >demo.conf")
                #expect(try await host.slot("deploy demo 1.000.000 /home/deploy/pkg/1.000.000").code == 2)
            }
        }

        @Test func twoAtOnceAreNotBothAtWork() async throws {
            try await SlotHost.with("slot-busy") { host in
                #expect(try await host.release("1.000.000").code == 0)
                try await host.package("1.000.001")
                let command = "deploy demo 1.000.001 /home/deploy/pkg/1.000.001"
                async let first = host.slot(command + " --bake 4")
                _ = try await Wait.until("the first to watch", within: .seconds(20), context: host.context) {
                    try await host.root("readlink /opt/demo/sock/previous").succeeded ? true : nil
                }
                let second = try await host.slot(command)
                #expect(second.code == 75)
                #expect(second.stdout.contains("deploys 1.000.001"))
                #expect(try await first.code == 0)
            }
        }

        @Test func aLostConnectionDoesNotLeaveHalfASwitch() async throws {
            try await SlotHost.with("slot-lost") { host in
                #expect(try await host.release("1.000.000").code == 0)
                try await host.package("1.000.001")
                // The reader goes after the first line, and a hangup comes.
                try await host.deploy(
                    """
                    sudo -n /usr/local/sbin/nante-slot deploy demo 1.000.001 /home/deploy/pkg/1.000.001 | head -1
                    """)
                _ = try await Wait.until("the switch to end", within: .seconds(20), context: host.context) {
                    let status = try await host.status()
                    return status["version"]?.string == "1.000.001" && status["notes"]?.array?.isEmpty == true
                        ? true : nil
                }
                #expect(try await host.served() == "1.000.001")
            }
        }

        @Test func aCancelledWatchGoesBack() async throws {
            try await SlotHost.with("slot-cancel") { host in
                #expect(try await host.release("1.000.000").code == 0)
                try await host.package("1.000.001")
                let result = try await host.deploy(
                    """
                    sudo -n /usr/local/sbin/nante-slot deploy demo 1.000.001 /home/deploy/pkg/1.000.001 --bake 20 &
                    for i in $(seq 200); do
                        readlink /opt/demo/sock/previous >/dev/null && break; sleep 0.05
                    done
                    sleep 0.3; kill -TERM $!; wait $!
                    """)
                #expect(result.code == 4, "\(result.stdout)")
                #expect(result.stdout.contains("cancelled by TERM"))
                #expect(try await host.served() == "1.000.000")
            }
        }
    }
}
