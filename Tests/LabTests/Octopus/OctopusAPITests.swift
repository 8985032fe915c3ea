import Core
import Foundation
import NIOCore
import Testing

@testable import Lab

@Suite("Octopus: interface")
struct OctopusAPITests {
    @Test func rootsAndWhoIsAllowed() async throws {
        try await OctopusRig.with { rig in
            let root = try await rig.call(.get, "/api", key: nil)
            #expect(root.status == 200)
            #expect(root.body.at("ApiVersion").string == "3.0.0")
            #expect(try await rig.get("/api/").at("Application").string == "Octopus Deploy")
            #expect(try await rig.get("/api/Spaces-1").at("Id").string == "Spaces-1")
            for key in [nil, "API-WRONG"] {
                let refused = try await rig.call(.get, "/api/users/me", key: key)
                #expect(refused.status == 401)
                #expect(refused.body.at("ErrorMessage").string?.contains("must be logged in") == true)
            }
            let byQuery = try await rig.call(.get, "/api/octopusservernodes?apikey=\(OctopusRig.key)", key: nil)
            #expect(byQuery.status == 200)
            #expect(try await rig.get("/api/users/me").at("Username").string == "nante")
            _ = try await rig.get("/api/serverstatus")
            _ = try await rig.get("/api/serverstatus/health")
            _ = try await rig.get("/api/Spaces-1/interruptions?pendingOnly=true")
            let unserved = try await rig.call(.get, "/api/Spaces-1/runbooks")
            #expect(unserved.status == 501)
            #expect(unserved.body.at("ErrorMessage").string == "The lab does not serve GET /api/Spaces-1/runbooks.")
            #expect(try await rig.call(.delete, "/api/Spaces-1/dashboard").status == 405)
            #expect(try await rig.call(.get, "/api/Spaces-9/projects").status == 404)
        }
    }

    @Test func resourcesAreMadeFoundChangedAndRemoved() async throws {
        try await OctopusRig.with { rig in
            let made = try await rig.make("environments", ["name": "dev", "DESCRIPTION": "first"])
            #expect(made.at("Id").string == "Environments-1")
            #expect(made.at("Slug").string == "dev")
            let again = try await rig.call(.post, "/api/environments", ["Name": "DEV"])
            #expect(again.status == 400)
            #expect(again.errors.contains("already exists"))
            let bad = try await rig.call(.post, "/api/environments", ["Name": "  ", "SortOrder": "x"])
            #expect(bad.status == 400)
            #expect(bad.body.at("Errors").array?.count == 2)
            _ = try await rig.make("environments", ["Name": "prod"])
            let page = try await rig.get("/api/Spaces-1/environments?skip=0&take=1")
            #expect(page.at("TotalResults").int == 2)
            #expect(page.at("Items").array?.count == 1)
            #expect(page.at("Links").at("Page.Next").string == "/api/Spaces-1/environments?skip=1&take=1")
            #expect(try await rig.get("/api/environments?take=2147483647").at("Items").array?.count == 2)
            #expect(try await rig.get("/API/spaces-1/Environments/all").array?.count == 2)
            #expect(
                try await rig.get("/api/spaces/Spaces-1/environments/v2?partialName=PRO").at("TotalResults").int == 1)
            #expect(try await rig.get("/api/Spaces-1/environments/environments-1").at("Name").string == "dev")
            #expect(try await rig.get("/api/Spaces-1/environments/prod").at("Id").string == "Environments-2")
            var changed = made
            changed.set("Description", "second")
            let put = try await rig.call(.put, "/api/Spaces-1/environments/Environments-1", changed)
            #expect(put.body.at("Description").string == "second")
            #expect(try await rig.call(.get, "/api/Spaces-1/environments?take=-1").status == 400)
            #expect(try await rig.call(.delete, "/api/Spaces-1/environments/Environments-1").status == 200)
            let gone = try await rig.call(.get, "/api/Spaces-1/environments/Environments-1")
            #expect(gone.status == 404)
            #expect(gone.body.at("ErrorMessage").string == "The resource you requested was not found.")
            #expect(try await rig.get("/api/Spaces-1/events").at("TotalResults").int == 4)
        }
    }

    @Test func otherKindsHaveTheirForms() async throws {
        try await OctopusRig.with { rig in
            for folder in [
                "spaces", "lifecycles", "projectgroups", "projects", "channels", "machines", "machinepolicies",
                "accounts", "feeds", "releases", "deployments", "tasks", "events", "tenants", "libraryvariablesets",
                "build-information", "deploymentprocesses", "packages",
            ] {
                _ = try await rig.get(folder == "spaces" ? "/api/spaces" : "/api/Spaces-1/\(folder)?take=5")
            }
            for folder in ["lifecycles", "projectgroups", "machinepolicies", "feeds", "machines", "machineroles"] {
                _ = try await rig.get("/api/Spaces-1/\(folder)/all")
            }
            _ = try await rig.get("/api/Spaces-1/lifecycles/Lifecycles-1")
            _ = try await rig.get("/api/Spaces-1/machinepolicies/MachinePolicies-1")
            _ = try await rig.get("/api/Spaces-1/feeds/feeds-builtin")
            _ = try await rig.get("/api/Spaces-1/dashboard")
            let group = try await rig.make("projectgroups", ["Name": "Apps"])
            #expect(group.at("Id").string == "ProjectGroups-2")
            _ = try await rig.make("tenants", ["Name": "home"])
            let set = try await rig.make("libraryvariablesets", ["Name": "Shared"])
            _ = try await rig.get("/api/Spaces-1/variables/\(set.at("VariableSetId").string ?? "")")
            let space = try await rig.call(
                .post, "/api/spaces", ["Name": "Other", "SpaceManagersTeamMembers": ["Users-1"]])
            #expect(space.status == 201)
            #expect(try await rig.get("/api/Spaces-2/lifecycles").at("TotalResults").int == 1)
            #expect(try await rig.get("/api/Spaces-2/projectgroups?partialName=Apps").at("TotalResults").int == 0)
            let build: JSONValue = [
                "PackageId": "app", "Version": "1.0",
                "Branch": "main", "Commits": [["Id": "abc", "Comment": "c"]],
            ]
            #expect(try await rig.call(.post, "/api/Spaces-1/build-information", build).status == 200)
            #expect(try await rig.call(.post, "/api/Spaces-1/build-information", build).status == 409)
        }
    }

    @Test func aProjectComesWithProcessVariablesAndChannel() async throws {
        try await OctopusRig.with { rig in
            let project = try await rig.make(
                "projects", ["Name": "My App", "ProjectGroupId": "ProjectGroups-1", "LifecycleId": "Lifecycles-1"])
            #expect(project.at("Slug").string == "my-app")
            #expect(try await rig.get("/api/Spaces-1/projects/my-app").at("Id").string == "Projects-1")
            let channels = try await rig.get("/api/Spaces-1/projects/Projects-1/channels")
            #expect(channels.at("Items")[0]?.at("Name").string == "Default")
            let process = try await rig.get("/api/Spaces-1/projects/Projects-1/deploymentprocesses")
            #expect(process.at("Id").string == "deploymentprocess-Projects-1")
            let set = try await rig.get("/api/Spaces-1/projects/Projects-1/variables")
            #expect(set.at("Id").string == "variableset-Projects-1")
            _ = try await rig.get("/api/Spaces-1/progression/Projects-1")
            _ = try await rig.get("/api/Spaces-1/projectgroups/ProjectGroups-1/projects")
            #expect(try await rig.call(.delete, "/api/Spaces-1/projects/Projects-1").status == 200)
            #expect(try await rig.call(.get, "/api/Spaces-1/channels/Channels-1").status == 404)
            let bad = try await rig.call(.post, "/api/projects", ["Name": "x", "LifecycleId": "Lifecycles-9"])
            #expect(bad.errors == "There is no lifecycle 'Lifecycles-9'.")
        }
    }

    @Test func secretsAreNeverGivenBack() async throws {
        try await OctopusRig.with { rig in
            _ = try await rig.make(
                "projects", ["Name": "app", "ProjectGroupId": "ProjectGroups-1", "LifecycleId": "Lifecycles-1"])
            let path = "/api/Spaces-1/variables/variableset-Projects-1"
            let variables: JSONValue = [
                ["Name": "Password", "Value": "hunter2!", "Type": "Sensitive", "IsSensitive": true],
                ["Name": "Port", "Value": "80", "Type": "String", "Scope": ["Role": ["web"]]],
            ]
            let saved = try await rig.call(.put, path, ["Version": 0, "Variables": variables])
            #expect(saved.status == 200)
            #expect(saved.body.at("Version").int == 1)
            #expect(!saved.body.text().contains("hunter2!"))
            let stale = try await rig.call(.put, path, ["Version": 0, "Variables": []])
            #expect(stale.status == 409)
            #expect(stale.errors.contains("their version is 1"))
            // What is read and put back keeps the secret.
            let kept = try await rig.call(.put, path, saved.body)
            #expect(kept.status == 200)
            let values = try await rig.server.database.read {
                try VariableSets.read($0, "variableset-Projects-1", isLibrary: false).map(\.value)
            }
            #expect(values == ["hunter2!", "80"])
            let key = Data("-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----".utf8)
            let account = try await rig.make(
                "accounts",
                [
                    "AccountType": "SshKeyPair", "Name": "key", "Username": "deploy",
                    "PrivateKeyFile": ["HasValue": true, "NewValue": .string(key.base64EncodedString())],
                ])
            #expect(account.at("PrivateKeyFile").at("HasValue").bool == true)
            #expect(account.at("PrivateKeyFile").at("NewValue") == .null)
            let bad = try await rig.call(
                .post, "/api/accounts",
                ["AccountType": "SshKeyPair", "Name": "k2", "Username": "u", "PrivateKeyFile": ["NewValue": "eA=="]])
            #expect(bad.errors.contains("must be the base64 of a private key"))
        }
    }

    @Test func targetsAreCheckedAndSelected() async throws {
        try await OctopusRig.with { rig in
            _ = try await rig.project(machines: ["one", "two"], step: OctopusRig.scriptStep("s", "true"))
            let found = try await rig.get("/api/Spaces-1/machines?roles=WEB&environmentIds=Environments-1&name=two")
            #expect(found.at("Items").array?.count == 1)
            #expect(try await rig.get("/api/Spaces-1/machines?roles=db").at("TotalResults").int == 0)
            #expect(try await rig.get("/api/Spaces-1/environments/Environments-1/machines").at("TotalResults").int == 2)
            _ = try await rig.get("/api/Spaces-1/machines/Machines-1/connection")
            _ = try await rig.get("/api/Spaces-1/machines/Machines-1/tasks")
            let shown = try await rig.get("/api/Spaces-1/machines/discover?host=127.0.0.1&port=22&type=Ssh")
            #expect(shown.at("Endpoint").at("Fingerprint").string?.hasPrefix("SHA256:") == true)
            #expect(try await rig.call(.get, "/api/Spaces-1/machines/discover?host=unreachable&type=Ssh").status == 400)
            for host in ["-oProxyCommand=x", "a b", "$(id)", ""] {
                let bad = try await rig.call(
                    .post, "/api/machines",
                    [
                        "Name": "bad", "EnvironmentIds": ["Environments-1"], "Roles": ["web"],
                        "Endpoint": ["CommunicationStyle": "Ssh", "AccountId": "Accounts-1", "Host": .string(host)],
                    ])
                #expect(bad.status == 400, "\(host)")
            }
            let bare = try await rig.call(.post, "/api/machines", ["Name": "bare"])
            #expect(bare.body.at("Errors").array?.count == 3)
            #expect(try await rig.call(.delete, "/api/Spaces-1/environments/Environments-1").status == 400)
        }
    }

    @Test func aNewTargetIsCheckedAtOnce() async throws {
        try await OctopusRig.with { rig in
            _ = try await rig.project(machines: ["one"], step: OctopusRig.scriptStep("s", "true"))
            let task = try await rig.call(
                .post, "/api/Spaces-1/tasks",
                ["Name": "Health", "Description": "Check one", "Arguments": ["MachineIds": ["Machines-1"]]])
            #expect(task.status == 201)
            let over = try await rig.wait(task.body.at("Id").string ?? "")
            let log = try await rig.log(over)
            #expect(over.at("State").string == "Success", "\(log)")
            let machine = try await rig.get("/api/Spaces-1/machines/Machines-1")
            #expect(machine.at("HealthStatus").string == "Healthy")
            #expect(machine.at("Status").string == "Online")
            rig.local?.broken.withLock { _ = $0.insert("one") }
            let second = try await rig.call(
                .post, "/api/tasks", ["Name": "Health", "Description": "x", "Arguments": [:]])
            #expect(try await rig.wait(second.body.at("Id").string ?? "").at("State").string == "Failed")
            #expect(try await rig.get("/api/machines/Machines-1").at("HealthStatus").string == "Unavailable")
        }
    }

    // MARK: Packages

    @Test func packagesAreStoredByContent() async throws {
        try await OctopusRig.with { rig in
            let bytes = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            let made = try await rig.upload("go-app.1.2.6-main.7+g1a.tar.gz", bytes)
            #expect(made.status == 201)
            #expect(made.body.at("PackageId").string == "go-app")
            #expect(made.body.at("Version").string == "1.2.6-main.7+g1a")
            #expect(made.body.at("PackageSizeBytes").int == 300_000)
            let id = made.body.at("Id").string ?? ""
            #expect(try await rig.upload("go-app.1.2.6-main.7+g1a.tar.gz", bytes).status == 409)
            #expect(
                try await rig.upload("go-app.1.2.6-main.7+g1a.tar.gz", bytes, query: "?overwriteMode=IgnoreIfExists")
                    .status == 200)
            let other = try await rig.upload("go-app.1.2.6-main.7+g1a.tar.gz", Data("x".utf8), query: "?replace=true")
            #expect(other.status == 201)
            let path = "/api/Spaces-1/packages/\(id.replacing("+", with: "%2B"))"
            #expect(try await rig.get(path).at("PackageSizeBytes").int == 1)
            #expect(String(buffer: try await rig.call(.get, path + "/raw").bytes) == "x")
            _ = try await rig.upload("go-app.1.2.5.tar.gz", Data("y".utf8))
            let versions = try await rig.get(
                "/api/Spaces-1/feeds/feeds-builtin/packages/versions?packageId=go-app&take=1")
            #expect(versions.at("Items")[0]?.at("Version").string == "1.2.6-main.7+g1a")
            #expect(try await rig.get("/api/feeds/feeds-builtin/packages/search?term=GO").at("TotalResults").int == 1)
            #expect(try await rig.get("/api/packages?nuGetPackageId=go-app").at("TotalResults").int == 2)
            #expect(try await rig.call(.delete, path).status == 200)
            #expect(try await rig.call(.get, path).status == 404)
        }
    }

    @Test func aCutUploadLeavesNothing() async throws {
        try await OctopusRig.with { rig in
            let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"app.1.0.zip\"\r\n\r\n"
            for body in ["\(head)half", "\(head)whole\r\n--b", "--b\r\nContent-Dis", ""] {
                let answer = try await rig.send(Data(body.utf8), type: "multipart/form-data; boundary=b")
                #expect(answer.status == 400, "\(body)")
            }
            #expect(try await rig.send(Data("x".utf8), type: "application/zip").status == 400)
            for name in ["app.zip", "a;id.1.0.zip", "$(id).1.0.zip", "..%2f.1.zip"] {
                #expect(try await rig.upload(name, Data("x".utf8)).status == 400, "\(name)")
            }
            #expect(try await rig.get("/api/packages").at("TotalResults").int == 0)
            let incoming = rig.folder.appending(path: "octopus/packages/incoming")
            #expect(try rig.context.files.list(incoming).isEmpty)
        }
    }

    // MARK: Releases

    @Test func releasesAreMadeOfWhatIsThere() async throws {
        try await OctopusRig.with { rig in
            let project = try await rig.project(machines: ["one"], step: OctopusRig.packageStep())
            let missing = try await rig.call(
                .post, "/api/Spaces-1/releases/create/v1",
                ["projectName": "app", "releaseVersion": "1.0", "packageVersion": "1.0"])
            #expect(missing.status == 400)
            #expect(missing.errors.contains("is not in the built-in feed"))
            try await rig.package("1.0.0", ["a": "b"])
            try await rig.package("1.1.0", ["a": "c"])
            let template = try await rig.get(
                "/api/Spaces-1/deploymentprocesses/deploymentprocess-Projects-1/template?channel=")
            #expect(template.at("NextVersionIncrement").string == "0.0.1")
            #expect(template.at("Packages")[0]?.at("PackageId").string == "app")
            let id = try await rig.release("1.0.0", packages: "1.0.0")
            let release = try await rig.get("/api/Spaces-1/releases/\(id)")
            #expect(release.at("SelectedPackages")[0]?.at("Version").string == "1.0.0")
            let newest = try await rig.call(
                .post, "/api/Spaces-1/releases/create/v1", ["SPACEID": "Spaces-1", "PROJECTNAME": "APP"])
            #expect(newest.body.at("ReleaseVersion").string == "1.0.1")
            let again: JSONValue = ["spaceId": "Spaces-1", "projectName": "Projects-1", "releaseVersion": "1.0.0"]
            #expect(try await rig.call(.post, "/api/Spaces-1/releases/create/v1", again).status == 400)
            let known = try await rig.call(
                .post, "/api/Spaces-1/releases/create/v1", again.with([("ignoreIfAlreadyExists", true)]))
            #expect(known.body.at("ReleaseId").string == id)
            let classic: JSONValue = [
                "ProjectId": project.at("Id"), "Version": "2.0.0-rc.1",
                "SelectedPackages": [["ActionName": "Deploy app", "PackageReferenceName": "", "Version": "1.1.0"]],
            ]
            #expect(try await rig.make("releases", classic).at("ChannelId").string == "Channels-1")
            let list = try await rig.get("/api/Spaces-1/projects/Projects-1/releases")
            #expect(list.at("Items").array?.map { $0.at("Version").string } == ["2.0.0-rc.1", "1.0.1", "1.0.0"])
            #expect(try await rig.get("/api/projects/Projects-1/releases/1.0.0").at("Id").string == id)
            for version in ["one", "1.0;id", "$(id)", "1 0"] {
                let bad = try await rig.call(
                    .post, "/api/Spaces-1/releases/create/v1",
                    ["spaceId": "Spaces-1", "projectName": "app", "releaseVersion": .string(version)])
                #expect(bad.status == 400)
            }
            _ = try await rig.get("/api/Spaces-1/releases/\(id)/deployments/template")
            _ = try await rig.get("/api/Spaces-1/releases/\(id)/deployments/preview/Environments-1")
            _ = try await rig.get("/api/Spaces-1/releases/\(id)/progression")
            _ = try await rig.get("/api/Spaces-1/releases/\(id)/deployments")
        }
    }

    @Test func lifecyclesAreKept() async throws {
        try await OctopusRig.with { rig in
            _ = try await rig.project(machines: ["one"], step: OctopusRig.scriptStep("s", "true"))
            _ = try await rig.make("environments", ["Name": "prod"])
            _ = try await rig.make("environments", ["Name": "other"])
            let lifecycle = try await rig.get("/api/Spaces-1/lifecycles/Lifecycles-1")
            let phases: JSONValue = [
                ["Name": "Dev", "OptionalDeploymentTargets": ["Environments-1"]],
                ["Name": "Prod", "OptionalDeploymentTargets": ["Environments-2"]],
            ]
            let put = try await rig.call(
                .put, "/api/Spaces-1/lifecycles/Lifecycles-1", lifecycle.with([("Phases", phases)]))
            #expect(put.status == 200, "\(put.body.text())")
            let id = try await rig.release("1.0")
            func attempt(_ environment: String) async throws -> OctopusRig.Answer {
                try await rig.call(
                    .post, "/api/Spaces-1/deployments",
                    ["ReleaseId": .string(id), "EnvironmentId": .string(environment)])
            }
            #expect(try await attempt("Environments-2").errors.contains("the phase 'Dev'"))
            #expect(try await attempt("Environments-3").errors.contains("does not allow"))
            let first = try await attempt("Environments-1")
            #expect(first.status == 201)
            #expect(try await rig.wait(first.body.at("TaskId").string ?? "").at("State").string == "Success")
            _ = try await rig.get("/api/Spaces-1/progression/Projects-1")
            _ = try await rig.get("/api/Spaces-1/dashboard")
            _ = try await rig.get("/api/Spaces-1/deployments/\(first.body.at("Id").string ?? "")")
            // No machine of prod: the deployment is taken, and fails since nothing can be deployed to.
            let second = try await attempt("Environments-2")
            let over = try await rig.wait(second.body.at("TaskId").string ?? "")
            #expect(
                over.at("ErrorMessage").string == "There are no enabled deployment targets in prod with the roles web.")
            let progression = try await rig.get("/api/Spaces-1/releases/\(id)/progression")
            #expect(progression.at("Phases").array?.map { $0.at("Progress").string } == ["Complete", "Current"])
        }
    }
}
