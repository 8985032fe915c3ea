import Core
import Foundation
import Testing

@testable import Lab

/// Where the program is, and how it is started.
enum OctopusPythonClient {
    static var python: String? {
        let given = ProcessInfo.processInfo.environment["NANTE_VENV"]
        let near = FileManager.default.currentDirectoryPath + "/.venv"
        return [given, near].compactMap { $0.map { $0 + "/bin/python" } }.first { python in
            let lib = python.parentPath.parentPath + "/lib"
            let found = (try? FileManager.default.contentsOfDirectory(atPath: lib)) ?? []
            return found.contains {
                FileManager.default.fileExists(atPath: "\(lib)/\($0)/site-packages/octopus_python_client")
            }
        }
    }

    /// It asks the package index for its own newest version when it starts, without which it would not start here.
    static let start = """
        import octopus_python_client.utilities.get_pypi_version as version
        version.get_version = lambda *a, **k: "unknown"
        from octopus_python_client.main import main
        main()
        """
}

/// The program octopus-python-client (PyPI), which we did not write, works on the lab as it is.
///
/// It is looked for in the environment that NANTE_VENV names, else in `.venv`.
@Suite("Octopus: octopus-python-client", .enabled(if: OctopusPythonClient.python != nil))
struct OctopusClientTests {
    @Test func itReadsMakesReleasesAndDeploys() async throws {
        let python = try #require(OctopusPythonClient.python)
        try await OctopusRig.with { rig in
            _ = try await rig.project(machines: ["one"], step: OctopusRig.packageStep())
            try await rig.package("1.0", ["Deploy.sh": "echo deployed\n"])
            _ = try await rig.make("tenants", ["Name": "home"])
            let port = try #require(rig.client.port)
            let work = rig.folder.appending(path: "client")
            try rig.context.files.write(OctopusPythonClient.start, to: work.appending(path: "run.py"))
            for (action, more) in [
                ("get_types", []), ("create_release", ["-pj", "app", "-rv", "1.0"]),
                ("create_deployment", ["-pj", "app", "-en", "dev", "-tn", "home"]),
                ("create_release_deployment", ["-pj", "app", "-rv", "1.1", "-en", "dev", "-tn", "home"]),
                ("wait_task", ["-id", "ServerTasks-2", "-tl", "60"]), ("get", ["-tp", "projects", "-nm", "app"]),
                ("clone", ["-tp", "environments", "-nm", "prod", "-bn", "dev"]),
                ("delete", ["-tp", "environments", "-nm", "prod"]), ("get_project", ["-pj", "app"]),
            ] {
                // Where it has to wait, this version of the client compares a number with a text and ends.
                if action == "wait_task" { _ = try await rig.wait("ServerTasks-2") }
                let result = try await rig.context.processes.run(
                    Command(
                        python,
                        [
                            "run.py", "-o", "http://127.0.0.1:\(port)/api/", "-k", OctopusRig.key, "-s", "Default",
                            "-d", work.appending(path: "data"), "-ow", "-ns", "-a", action,
                        ] + more, workingDirectory: work, deadline: .seconds(120)))
                #expect(result.succeeded, "\(action): \(result.stderr.suffix(2000))")
            }
            for task in ["ServerTasks-1", "ServerTasks-2"] {
                let over = try await rig.wait(task)
                let log = try await rig.log(over)
                #expect(over.at("State").string == "Success", "\(log)")
            }
            #expect(try await rig.get("/api/environments").at("TotalResults").int == 1)
        }
    }
}
