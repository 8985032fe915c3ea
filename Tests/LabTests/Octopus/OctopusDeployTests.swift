import Core
import Foundation
import Synchronization
import Testing

@testable import Lab

@Suite("Octopus: deployments")
struct OctopusDeployTests {
    /// A package whose scripts tell what happened, in order.
    static let files = [
        "PreDeploy.sh": "echo pre $PWD\nset_octopusvariable Color blue\n",
        "Deploy.sh": """
        echo deploy $(get_octopusvariable Octopus.Action.Output.Color) $(get_octopusvariable Octopus.Machine.Name)
        echo "secret is $(get_octopusvariable Password)"
        cat settings.txt
        set_octopusvariable Where "$PWD"
        """,
        "PostDeploy.sh": "echo post\n", "DeployFailed.sh": "echo sorry\n",
        "settings.txt": "port=#{Port} none=#{Nothing} raw=##{x}\n", "bin/app": "binary",
    ]
    static let variables: [JSONValue] = [
        ["Name": "Port", "Value": "1#{Tail}"], ["Name": "Tail", "Value": "80"],
        ["Name": "Tail", "Value": "81", "Scope": ["Machine": ["Machines-2"]]],
        ["Name": "Password", "Value": "hunter2!", "IsSensitive": true],
    ]
    static let substitution = [
        "Octopus.Action.EnabledFeatures": "Octopus.Features.SubstituteInFiles",
        "Octopus.Action.SubstituteInFiles.TargetFiles": "*.txt\nmissing/**/*.json",
    ]

    @Test func aPackageGoesItsWholeWay() async throws {
        try await OctopusRig.with { rig in
            _ = try await rig.project(
                machines: ["one", "two"], step: OctopusRig.packageStep(window: 1, properties: Self.substitution),
                variables: Self.variables)
            try await rig.package("1.2.3", Self.files)
            try await rig.release("1.2.3")
            let task = try await rig.deployed("1.2.3")
            let log = try await rig.log(task)
            #expect(task.at("State").string == "Success", "\(log)")
            #expect(task.at("HasWarningsOrErrors").bool == true, "a pattern matched no file")
            let home = try #require(rig.local?.home("one"))
            let place = home + "/.octopus/Applications/OctopusServer/dev/app/1.2.3"
            for line in [
                "pre \(place)", "deploy blue one", "deploy blue two", "secret is *****",
                "port=180 none=#{Nothing} raw=#{x}", "port=181 none=", "post",
            ] {
                #expect(log.contains(line), "\(line) is not in \(log)")
            }
            #expect(!log.contains("hunter2!"))
            #expect(!log.contains("sorry"))
            #expect(try rig.context.files.list(place) == ["DeployFailed.sh", "bin", "settings.txt"])
            let journal = try rig.context.files.readText(home + "/.octopus/OctopusServer/DeploymentJournal.xml")
            #expect(journal.contains("WasSuccessful=\"True\"") && journal.hasSuffix("</Deployments>\n"))
            #expect(try rig.context.files.list(home + "/.octopus/OctopusServer/Files").count == 1)

            // Again: a folder of its own, and the package is not sent twice.
            let second = try await rig.log(try await rig.deployed("1.2.3"))
            #expect(second.contains("pre \(place)_1"))
            #expect(!second.contains("Uploading"))
            _ = try await rig.get("/api/Spaces-1/tasks/\(task.at("Id").string ?? "")/details?verbose=true&tail=20")
            _ = try await rig.get("/api/Spaces-1/tasks?states=Success&take=1")
            _ = try await rig.get("/api/Spaces-1/dashboard")
            _ = try await rig.get("/api/Spaces-1/progression/Projects-1")
        }
    }

    @Test func aFailureStopsMachinesThatHaveNotStarted() async throws {
        try await OctopusRig.with { rig in
            let project = try await rig.project(machines: ["a", "b", "c"], step: OctopusRig.packageStep(window: 1))
            try await rig.process(
                project,
                [
                    OctopusRig.packageStep(window: 1), OctopusRig.scriptStep("next", "echo next"),
                    OctopusRig.scriptStep(
                        "always", "echo always $(get_octopusvariable Octopus.Deployment.Error)", condition: "Always"),
                    OctopusRig.scriptStep("on failure", "echo rescue", condition: "Failure"),
                    OctopusRig.scriptStep(
                        "if", "echo conditional", condition: "Variable",
                        expression: "#{if Octopus.Machine.Name == \"b\"}True#{/if}"),
                ])
            try await rig.package(
                "1.0",
                ["Deploy.sh": "echo run\nfail_step 'the app did not start'\n", "DeployFailed.sh": "echo sorry\n"])
            try await rig.release("1.0")
            let task = try await rig.deployed("1.0")
            let log = try await rig.log(task)
            #expect(task.at("State").string == "Failed")
            #expect(task.at("ErrorMessage").string == DeploymentRun.failed)
            #expect(log.contains("Activity Deploy app on a failed with error 'the app did not start'."))
            #expect(
                log.components(separatedBy: "| ").filter { $0.trimmingSpace == "run" || $0.contains("  run\n") }.count
                    <= 1)
            #expect(log.contains("sorry"))
            #expect(log.contains("== Skipped: b =="))
            #expect(log.contains("Skipped, since a step before it failed."))
            #expect(log.contains("always Activity Deploy app on a failed"))
            #expect(log.contains("rescue"))
            #expect(log.components(separatedBy: "conditional").count == 2)
            let shown = try await rig.get("/api/Spaces-1/deployments/Deployments-1")
            #expect(shown.at("FailureEncountered").bool == true)
        }
    }

    @Test func theSecondDeploymentWaitsAndSaysForWhom() async throws {
        try await OctopusRig.with { rig in
            let gate = rig.folder + "/gate"
            _ = try await rig.project(
                machines: ["one"], step: OctopusRig.scriptStep("wait", "until [ -e \(gate) ]; do sleep 0.05; done"))
            try await rig.release("1.0")
            let first = try await rig.deploy("1.0")
            let second = try await rig.deploy("1.0")
            #expect(try await rig.get("/api/tasks/\(first)").at("State").string == "Executing")
            let waiting = try await rig.get("/api/tasks/\(second)/details")
            #expect(waiting.at("Task").at("State").string == "Queued")
            #expect(waiting.text().contains("Waiting behind \(first) (Deploy app release 1.0 to dev)"))
            let ahead = try await rig.get("/api/tasks/\(second)/queued-behind")
            #expect(ahead.at("Items")[0]?.at("Id").string == first)
            try rig.context.files.write("", to: gate)
            #expect(try await rig.wait(first).at("State").string == "Success")
            #expect(try await rig.wait(second).at("State").string == "Success")
        }
    }

    @Test func cancelEndsTheScriptAndALaterDeploymentGoesOn() async throws {
        try await OctopusRig.with { rig in
            let mark = rig.folder + "/pid"
            _ = try await rig.project(
                machines: ["one"],
                step: OctopusRig.scriptStep("long", "echo $$ > \(mark).new; mv \(mark).new \(mark); sleep 600"))
            try await rig.release("1.0")
            let task = try await rig.deploy("1.0")
            let queued = try await rig.deploy("1.0")
            _ = try await Wait.until("the script", within: .seconds(30), context: rig.context) {
                rig.context.files.exists(mark) ? true : nil
            }
            #expect(try await rig.call(.post, "/api/tasks/\(queued)/cancel").body.at("State").string == "Canceled")
            #expect(try await rig.call(.post, "/api/tasks/\(task)/cancel").body.at("State").string == "Cancelling")
            #expect(try await rig.wait(task).at("State").string == "Canceled")
            let pid = try rig.context.files.readText(mark).trimmingSpace
            #expect(!rig.context.files.exists("/proc/\(pid)/cmdline") || isZombie(pid))
            #expect(try await rig.call(.post, "/api/tasks/\(task)/cancel").status == 400)
        }
    }

    private func isZombie(_ pid: String) -> Bool {
        (try? DiskFileSystem().readText("/proc/\(pid)/stat"))?.contains(") Z ") ?? true
    }

    @Test func promptedValuesAndOutputsReachLaterSteps() async throws {
        try await OctopusRig.with { rig in
            let prompt: JSONValue = ["Label": "Bake", "Required": true]
            let project = try await rig.project(
                machines: ["one"], step: OctopusRig.scriptStep("first", "set_octopusvariable Out \"v 1\""),
                variables: [["Name": "Nante.Bake", "Value": "30", "Prompt": prompt]])
            try await rig.process(
                project,
                [
                    OctopusRig.scriptStep(
                        "first", "set_octopusvariable Out \"v 1\"; set_octopusvariable Key geheim1 -sensitive"),
                    OctopusRig.scriptStep(
                        "second",
                        """
                        echo "#{Octopus.Action[first].Output.Out} $(get_octopusvariable Nante.Bake)"
                        echo 'key #{Octopus.Action[first].Output.Key}'
                        """
                    ),
                ])
            try await rig.release("1.0")
            #expect(try await rig.log(try await rig.deployed("1.0")).contains("v 1 30"))
            let log = try await rig.log(try await rig.deployed("1.0", [("variables", ["Nante.Bake": "0"])]))
            #expect(log.contains("v 1 0"))
            #expect(log.contains("key *****"))
            let blank: JSONValue = [
                "projectName": "app", "releaseVersion": "1.0", "environmentNames": ["dev"],
                "variables": ["Nante.Bake": ""],
            ]
            let refused = try await rig.call(.post, "/api/Spaces-1/deployments/create/untenanted/v1", blank)
            #expect(refused.errors == "The variable 'Bake' needs a value.")
        }
    }

    @Test func namesOfAnyKindAreHarmless() async throws {
        try await OctopusRig.with { rig in
            let project = try await rig.project(
                machines: ["one"], step: OctopusRig.scriptStep("x", "true"),
                variables: [["Name": "a'$(touch /tmp/nante-pwned2)\"", "Value": "`touch /tmp/nante-pwned2`"]])
            try await rig.process(
                project,
                [
                    OctopusRig.scriptStep(
                        "$(touch /tmp/nante-pwned2); 'x'",
                        "echo \"$(get_octopusvariable \"a'\\$(touch /tmp/nante-pwned2)\\\"\")\""),
                    OctopusRig.packageStep(),
                ])
            var environment = try await rig.get("/api/Spaces-1/environments/Environments-1")
            environment.set("Name", "dev '; touch /tmp/nante-pwned2; $(x)")
            #expect(try await rig.call(.put, "/api/Spaces-1/environments/Environments-1", environment).status == 200)
            try await rig.package("1.0", ["Deploy.sh": "pwd\n"])
            try await rig.release("1.0")
            let deployed = try await rig.call(
                .post, "/api/Spaces-1/deployments", ["ReleaseId": "Releases-1", "EnvironmentId": "Environments-1"])
            let task = try await rig.wait(deployed.body.at("TaskId").string ?? "")
            let log = try await rig.log(task)
            #expect(task.at("State").string == "Success", "\(log)")
            #expect(log.contains("`touch /tmp/nante-pwned2`"))
            #expect(log.contains("/dev '; touch _tmp_nante-pwned2; $(x)/app/1.0"))
            #expect(!rig.context.files.exists("/tmp/nante-pwned2"))
        }
    }

    @Test func whatIsInstalledIsNotInstalledAgainWhenAskedFor() async throws {
        try await OctopusRig.with { rig in
            _ = try await rig.project(
                machines: ["one"],
                step: OctopusRig.packageStep(properties: ["Octopus.Action.Package.SkipIfAlreadyInstalled": "True"]))
            try await rig.package("1.0", ["Deploy.sh": "echo ran\n"])
            try await rig.release("1.0")
            #expect(try await rig.log(try await rig.deployed("1.0")).contains("ran"))
            let second = try await rig.log(try await rig.deployed("1.0"))
            #expect(second.contains("is installed already") && !second.contains("  ran"))
            let forced = try await rig.log(try await rig.deployed("1.0", [("forcePackageRedeployment", true)]))
            #expect(forced.contains("  ran"))
        }
    }

    // MARK: Kill and restart

    /// The lab is killed at a random moment of two deployments; after the restart nothing hangs and nothing is lost.
    @Test(arguments: 1...8) func aKillAtAnyMomentIsMended(seed: Int) async throws {
        let folder = "/tmp/nante-oct-" + SystemRandom().hex(bytes: 6)
        defer { try? DiskFileSystem().remove(folder) }
        let started = Mutex<[String]>([])
        try await OctopusRig.with(folder: folder) { rig in
            _ = try await rig.project(
                machines: ["one", "two"], step: OctopusRig.scriptStep("work", "sleep 0.1; echo done", window: 1))
            try await rig.release("1.0")
            for _ in 1...2 {
                let task = try await rig.deploy("1.0")
                started.withLock { $0.append(task) }
            }
            var generator = SplitMix(seed: UInt64(seed))
            try await rig.context.time.sleep(for: .milliseconds(Int(generator.next() % 700)))
        }
        try await OctopusRig.with(folder: folder) { rig in
            var states: [String] = []
            for task in started.withLock({ $0 }) {
                let over = try await rig.wait(task)
                let state = over.at("State").string ?? ""
                states.append(state)
                if state == "Failed" {
                    #expect(over.at("ErrorMessage").string == TaskState.interrupted)
                    #expect(try await rig.log(over).contains("The lab was stopped while this task was running"))
                    let details = try await rig.get("/api/tasks/\(task)/details").text()
                    #expect(!details.contains("\"Status\":\"Running\""))
                }
            }
            #expect(states.allSatisfy { $0 == "Success" || $0 == "Failed" }, "seed \(seed): \(states)")
            #expect(states.filter { $0 == "Failed" }.count <= 1, "at most the running one is lost")
            #expect(try await rig.deployed("1.0").at("State").string == "Success")
        }
    }
}

/// A small generator whose numbers follow from its seed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
