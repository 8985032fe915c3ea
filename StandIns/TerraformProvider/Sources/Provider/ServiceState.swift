import GRPCCore
import Guests
import Planning
import Values
import Wire

/// Calls that read and move state.
extension Service {
    package func upgradeResourceState(
        request: Tfplugin6_UpgradeRequest, context: ServerContext
    ) async throws -> Tfplugin6_UpgradeResponse {
        do {
            let schema = try catalogue.resources.named(request.typeName)
            guard request.version <= schema.version else {
                throw Problem("State of a newer provider", "Its schema version is \(request.version).")
            }
            guard !request.rawState.json.isEmpty else { throw Problem("State without JSON") }
            let value = try Value(json: JSON(parsing: request.rawState.json), type: schema.block.type)
            return try .with { $0.upgradedState = try .init(value, schema.block.type) }
        } catch {
            return .with { $0.diagnostics = [.init(Problem(failure: error))] }
        }
    }

    package func readResource(
        request: Tfplugin6_ReadRequest, context: ServerContext
    ) async throws -> Tfplugin6_ReadResponse {
        do {
            let (schema, driver) = try driven(request.typeName)
            let state = try request.currentState.value(schema.block.type)
            var note = Array(request.private)
            let server = try await session.server()
            let now = try await session.run { [note] in
                var noted = note
                let now = try await driver.read(state, note: &noted, on: server)
                return (now, noted)
            }
            note = now.1
            return try .with {
                $0.newState = try .init(now.0 ?? .null, schema.block.type)
                $0.private = .init(note)
            }
        } catch {
            return .with {
                $0.newState = request.currentState
                $0.private = request.private
                $0.diagnostics = [.init(Problem(failure: error))]
            }
        }
    }

    package func importResourceState(
        request: Tfplugin6_ImportRequest, context: ServerContext
    ) async throws -> Tfplugin6_ImportResponse {
        do {
            let (schema, driver) = try driven(request.typeName)
            var state = Value.object(
                schema.block.attributes.mapValues { _ in .null }.merging(
                    schema.block.blocks.mapValues { $0.nesting == .list ? .list([]) : .null }
                ) { first, _ in first })
            for (name, value) in try driver.imported(request.id) { state[name] = value }
            let type = schema.block.type
            return try .with {
                $0.importedResources = [
                    try .with {
                        $0.typeName = request.typeName
                        $0.state = try .init(state, type)
                    }
                ]
            }
        } catch {
            return .with { $0.diagnostics = [.init(Problem(failure: error))] }
        }
    }

    package func readDataSource(
        request: Tfplugin6_DataRequest, context: ServerContext
    ) async throws -> Tfplugin6_DataResponse {
        do {
            let schema = try catalogue.dataSources.named(request.typeName)
            guard let reader = Drivers.data(schema.canonical) else { throw Problem.unserved(request.typeName) }
            let config = try request.config.value(schema.block.type)
            let server = try await session.server()
            let value = try await session.run { try await reader.read(config, on: server) }
            return try .with { $0.state = try .init(value, schema.block.type) }
        } catch {
            return .with { $0.diagnostics = [.init(Problem(failure: error))] }
        }
    }

    /// Schema and code of a resource.
    func driven(_ name: String) throws -> (Schema, any Driver) {
        let schema = try catalogue.resources.named(name)
        guard let driver = Drivers.resource(schema.canonical) else { throw Problem.unserved(name) }
        return (schema, driver)
    }
}
