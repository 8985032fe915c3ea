import ArgumentParser
import Console
import Core
import StateStore
import Terraform

/// `nante terraform workspaces`.
struct TerraformWorkspacesCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspaces", abstract: "List the workspaces in the store of states: one an application.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions

    func run(_ context: Context) async throws {
        let tools = try await TerraformTools(global, context)
        let entries = try await tools.store().list(prefix: "env:/")
        let locked = Set(entries.map(\.key).filter { $0.hasSuffix(".tflock") })
        var rows: [JSONValue] = []
        for entry in entries {
            guard let name = StateKey.workspace(object: entry.key) else { continue }
            rows.append(try await row(name, entry, isLocked: locked.contains(entry.key + ".tflock"), tools))
        }
        try Output.render(.array(rows), as: format.output, to: context.terminal) {
            Table(
                ["NAME", "MACHINES", "SERIAL", "MADE BY", "LOCKED", "CHANGED"],
                rows: rows.map { row in
                    ["name", "machines", "serial", "made_by", "locked", "changed"].map { name in
                        row[name].map { $0.string ?? $0.text() } ?? ""
                    }
                }, right: [1, 2])
        }
    }

    private func row(
        _ name: String, _ entry: S3Entry, isLocked: Bool, _ tools: TerraformTools
    ) async throws -> JSONValue {
        var machines = 0
        var serial = 0
        var maker = "nante"
        do {
            let state = try await tools.storedState(name)
            let types = state?.resources.map(\.type) ?? []
            let old = types.filter { $0 == "proxmox_vm_qemu" || $0 == "proxmox_lxc" }.count
            machines = old + types.filter { TerraformResources.machineTypes.contains($0) }.count
            serial = state?.serial ?? 0
            if old > 0 { maker = "today's library" }
        } catch let failure as Failure {
            maker = failure.what
        }
        return [
            "name": .string(name), "machines": .number(Double(machines)), "serial": .number(Double(serial)),
            "made_by": .string(maker), "locked": .bool(isLocked), "changed": .string(entry.modified),
        ]
    }
}
