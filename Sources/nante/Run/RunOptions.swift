import Core
import Foundation
import OrderedCollections
import Workflows

/// Turns the options of `nante run` into a request.
struct RunOptions {
    let command: RunCommand

    func request(_ given: Context) async throws -> RunRequest {
        var request = RunRequest(workflow: "")
        request.workflow = if let name = command.workflow { name } else { try await WorkflowFiles.only(given) }
        request.event = command.event
        request.payload = try command.eventPath.map { try payload($0, given) }
        request.inputs = pairs(command.input)
        request.jobs = command.job
        request.workspace = command.dirty ? .dirty : command.workspace
        request.keepsWorkspaces = command.keep
        request.passed = Set(command.env)
        request.binary = Bundle.main.executablePath?.parentPath
        request.library = try library(given)
        request.usesLab = command.global.lab
        for setting in SettingName.all {
            guard !command.global.lab, let value = given.environment[setting.rawValue], !value.isEmpty else { continue }
            // So that a caller's `secrets.NEXUS_PASSWORD` and `vars.NEXUS_URL` mean here what they mean on GitHub.
            request.secrets[setting.rawValue] = value
            if setting.isSecret { continue }
            request.openSecrets.insert(setting.rawValue)
            request.variables[setting.rawValue] = value
        }
        for name in command.secret {
            guard let value = given.environment[name] else {
                throw Failure(
                    .usage, "there is no environment variable \(JSONValue.string(name).text())",
                    why: "--secret takes its value from there, never from the command line")
            }
            request.secrets[name] = value
        }
        for (name, value) in pairs(command.variable) { request.variables[name] = value }
        return request
    }

    private func payload(_ path: String, _ context: Context) throws -> JSONValue {
        do {
            let value = try JSONValue.parse(try context.files.readText(context.path(path)))
            guard value.object != nil else { throw Failure(.usage, "the payload in \(path) is not an object") }
            return value
        } catch let fault as JSONSyntaxError {
            throw Failure(.usage, "\(path) is not JSON", why: "\(fault)")
        }
    }

    private func library(_ context: Context) throws -> [String: String] {
        var all: [String: String] = [:]
        if let manifest = try command.global.manifestIfAny(context) {
            let base = context.path(manifest.file).parentPath
            for (name, folder) in manifest.library { all[name] = base.appending(path: folder) }
        }
        for (name, folder) in pairs(command.library) { all[name] = context.path(folder) }
        return all
    }

    private func pairs(_ texts: [String]) -> OrderedDictionary<String, String> {
        var all: OrderedDictionary<String, String> = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            all[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        return all
    }
}
